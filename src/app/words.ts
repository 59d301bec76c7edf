/** The page's words and marks: every colour has a shape, every shape a word. */
import type { ContentFate } from '../model/fate.ts';
import type { SearchPolicy } from '../model/scenario.ts';
import type { OutcomeClass, PlainVerdict, WayBack } from '../model/verdict.ts';

/** The marks that the page draws; the first seven carry the colours of data, the last two are neutral. */
export type Mark =
  'intact' | 'updated' | 'reverted' | 'mixed' | 'torn' | 'lost' | 'locked' | 'stop' | 'unknown';

/** What an outcome class means to a user. `broken-mixed` starts in some machines: a screen knows better. */
export const plainOfClass: { readonly [outcome in OutcomeClass]: PlainVerdict } = {
  new: 'starts, new version',
  old: 'starts, old version',
  'mixed-ok': 'starts, half updated',
  'degraded-torn': 'starts, damaged',
  'broken-mixed': 'does not start',
  'broken-torn': 'does not start',
  'broken-noboot': 'does not start',
  unmountable: 'does not start',
};

/** Plain verdicts from good to bad; old and new are equally good. */
export const severity: { readonly [verdict in PlainVerdict]: number } = {
  'starts, old version': 0,
  'starts, new version': 0,
  'starts, half updated': 1,
  'starts, damaged': 2,
  'starts, nobody can log in': 3,
  'does not start': 3,
};

/** The mark of a verdict. */
export const markOfVerdict: { readonly [verdict in PlainVerdict]: Mark } = {
  'starts, old version': 'intact',
  'starts, new version': 'updated',
  'starts, half updated': 'mixed',
  'starts, damaged': 'torn',
  'starts, nobody can log in': 'locked',
  'does not start': 'stop',
};

/** What each outcome class is called in the table of shares, beside its recorded name. */
export const wordsOfClass: { readonly [outcome in OutcomeClass]: string } = {
  new: 'whole, new version',
  old: 'whole, old version',
  'mixed-ok': 'files of both versions, no pair that must match is split',
  'degraded-torn': 'a system file is torn that the start does not need',
  'broken-mixed': 'files that must match are of two versions',
  'broken-torn': 'a file that the start needs is missing, empty, torn or wrong',
  'broken-noboot': 'no usable menu entry or kernel',
  unmountable: 'the file system refuses to mount',
};

/** Fate of content in words. */
export const wordsOfContent: { readonly [fate in ContentFate]: string } = {
  intact: 'as before',
  updated: 'updated',
  reverted: 'back to older',
  mixed: 'half old, half new',
  torn: 'torn',
  lost: 'lost',
};

/** Mark and words of a way back. */
export const wordsOfWayBack: { readonly [kind in WayBack['kind']]: readonly [Mark, string] } = {
  'not needed': ['intact', 'not needed'],
  automatic: ['intact', 'by itself'],
  menu: ['intact', 'in the boot menu'],
  command: ['intact', 'one command'],
  'rescue medium': ['locked', 'rescue medium'],
  none: ['lost', 'none'],
};

/** Search policies, as the options explain them. */
export const wordsOfPolicy: { readonly [policy in SearchPolicy]: string } = {
  instant: 'one instant',
  'every-op': 'after every operation',
  reordered: 'operations reordered',
  exhaustive: 'every combination',
  'lying-drive': 'a drive that ignores flushes',
};

/** A sentence begins with a capital letter. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}

/** An instant as a clock shows it: `0:41`, with `digits` places after the second. */
export function clock(microseconds: number, digits = 0): string {
  const scale = 10 ** digits;
  const total = Math.floor((microseconds * scale) / 1_000_000) / scale;
  const minutes = Math.floor(total / 60);
  const seconds = (total - minutes * 60).toFixed(digits);
  return `${minutes}:${seconds.padStart(digits === 0 ? 2 : digits + 3, '0')}`;
}

/** A length of time with two figures at most: `16 s`, `1.4 s`, `0.03 s`, `2 ms`. */
export function duration(microseconds: number): string {
  const seconds = microseconds / 1_000_000;
  if (seconds >= 120) return `${Math.round(seconds / 60)} min`;
  if (seconds >= 10) return `${Math.round(seconds)} s`;
  if (seconds >= 0.1) return `${Number(seconds.toFixed(1))} s`;
  return microseconds >= 1000 ? `${Math.round(microseconds / 1000)} ms` : 'under 1 ms';
}

/** A share as a percentage that never rounds to all or nothing. */
export function percent(share: number): string {
  if (share <= 0) return '0 %';
  if (share >= 1) return '100 %';
  const value = share * 100;
  if (value < 0.1) return '< 0.1 %';
  if (value > 99.9) return '> 99.9 %';
  return `${value < 10 ? Number(value.toFixed(1)) : Math.min(99, Math.round(value))} %`;
}

/** `1 machine`, `5 machines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
