/** Spans of time and instants, as people write them. */
import type { Instant } from '../model/scenario.ts';

const span = /^(\d+(?:\.\d+)?)\s*(ms|s|min)$/;
const secondsPerUnit: { readonly [unit: string]: number } = { ms: 0.001, s: 1, min: 60 };

/** Text that {@link secondsOf} can read, for the schema. */
export const durationPattern = span;

/** Seconds of a text such as `3 s`, `1500 ms` or `2 min`; undefined when it is none of these. */
export function secondsOf(text: string): number | undefined {
  const [, digits = '', unit = ''] = span.exec(text.trim()) ?? [];
  const factor = secondsPerUnit[unit];
  return factor === undefined ? undefined : Number(digits) * factor;
}

/**
 * The instant that a text names: `41%`, `3 s`, `1500 ms`, `commit`, or the label of a stage. Text that begins like a
 * number and is no time is undefined rather than a label, so that `41 percent` is noticed.
 */
export function instantOf(text: string): Instant | undefined {
  const trimmed = text.trim();
  if (trimmed === 'commit') return { kind: 'commit' };
  const [, digits] = /^(\d+(?:\.\d+)?)\s*%$/.exec(trimmed) ?? [];
  if (digits !== undefined) {
    const percent = Number(digits);
    return percent <= 100 ? { kind: 'share', percent } : undefined;
  }
  const seconds = secondsOf(trimmed);
  if (seconds !== undefined) return { kind: 'seconds', seconds };
  return /^\p{L}/u.test(trimmed) ? { kind: 'label', label: trimmed } : undefined;
}
