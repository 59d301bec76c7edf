/**
 * Broken input is a list of problems, never an exception: each says where, what is wrong, why, and how to mend it.
 */

/** One mistake in a text that somebody wrote. Lines and columns count from 1, as editors do. */
export interface Problem {
  /** Stable name of the kind of mistake, for tests and translations. */
  readonly code: string;
  readonly line: number;
  readonly column: number;
  /** What is wrong, in one sentence. */
  readonly text: string;
  /** What was expected, and why. */
  readonly why?: string;
  /** What to type instead. */
  readonly fix?: string;
}

/** A value, or the reasons why there is none. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problems: readonly Problem[] };
