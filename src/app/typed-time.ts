/** Times that people type: `41`, `41.5`, `0:41`, `1:02.5`. */

/** Microseconds; undefined for anything that is not a time. A comma counts as a point. */
export function typedTime(text: string): number | undefined {
  const match = /^\s*(?:(\d{1,4}):)?(\d{1,6}(?:[.,]\d{1,6})?)\s*s?\s*$/.exec(text);
  if (match === null) return undefined;
  const [, minutes = '0', rest = ''] = match;
  const seconds = Number(rest.replace(',', '.'));
  if (match[1] !== undefined && seconds >= 60) return undefined;
  return Math.round((Number(minutes) * 60 + seconds) * 1_000_000);
}
