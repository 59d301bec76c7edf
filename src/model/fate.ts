/** What became of one piece of data, on separate axes: a stolen key is intact and leaked. */
import type { Reason } from './verdict.ts';

/** Kinds of data that people care about, and the order in which a table lists them. */
export const dataKinds = [
  'boot-loader',
  'operating-system',
  'applications',
  'package-database',
  'default-config',
  'edited-config',
  'service-data',
  'document',
  'secret',
  'app-settings',
  'older-version',
] as const;

/** One kind of data. */
export type DataKind = (typeof dataKinds)[number];

/** What the bytes are now, against what they were before the disaster. */
export type ContentFate = 'intact' | 'updated' | 'reverted' | 'mixed' | 'torn' | 'lost';

/** Whether its owner can get at it without a rescue medium. */
export type ReachFate = 'open' | 'locked away';

/** Whether someone else has read it. */
export type SecrecyFate = 'safe' | 'leaked';

/** Whether it is still only its owner's work. */
export type AuthorFate = 'owner' | 'tampered';

/** The axes and their values. */
export interface Fates {
  readonly content: ContentFate;
  readonly reach: ReachFate;
  readonly secrecy: SecrecyFate;
  readonly author: AuthorFate;
}

/** A datum whose fate is followed: something a scenario wrote, or a kind of data that every system has. */
export interface Datum {
  readonly id: string;
  readonly kind: DataKind;
  readonly label: string;
  /** Where it is, as its user names it; several for a kind with many files. */
  readonly paths: readonly string[];
}

/** Fate of one datum, with its chain of reasons. Never without one. */
export interface DatumFate {
  readonly datum: string;
  readonly fates: Fates;
  /** Set where the machine never had such data: content then says that nothing changed, and no share counts it. */
  readonly none?: true;
  /** The operations and rules behind it, oldest first; there where somebody wrote and it is not as before. */
  readonly chain?: readonly Reason[];
  /** For a kind of many files: how many are in which condition. */
  readonly counts?: { readonly [content in ContentFate]?: number };
  readonly why: readonly Reason[];
}
