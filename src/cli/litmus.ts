/** `survives litmus FILE`: what the engine says of recorded litmus tests, as text or as JSON. */
import { readLitmus } from '../engine/litmus/litmus-file.ts';
import { checkLitmus, type LitmusFailure, type LitmusReport } from '../engine/litmus/litmus.ts';
import type { Problem } from '../model/problem.ts';

/** The answer to a file: a report, or what is wrong with the file. */
export type LitmusAnswer =
  | { readonly ok: true; readonly report: LitmusReport }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks the tests of a file's text. */
export function litmusAnswer(text: string): LitmusAnswer {
  const read = readLitmus(text);
  return read.ok ? { ok: true, report: checkLitmus(read.tests) } : read;
}

const headings: readonly (readonly [keyof LitmusFailure, string])[] = [
  ['notModelled', 'not modelled'],
  ['observedNotAllowed', 'seen, but not allowed'],
  ['forbiddenButAllowed', 'forbidden, but allowed'],
  ['missing', 'missing from what is allowed'],
  ['tooMuch', 'allowed, and should not be'],
];

/** The report for people: a line for each test that is not ok, then the totals. */
export function litmusText({ tests, totals }: LitmusReport): string {
  const lines: string[] = [];
  for (const [id, result] of Object.entries(tests)) {
    if (result === 'ok') continue;
    lines.push(id);
    for (const [part, heading] of headings) {
      const found = result[part];
      if (found === undefined) continue;
      const states = typeof found === 'string' ? [found] : found.map((state) => seenText(state));
      for (const state of states) lines.push(`    ${heading}: ${state}`);
    }
  }
  const counts = Object.entries(totals).map(([name, count]) => `${name} ${String(count)}`);
  return [...lines, counts.join(', ')].join('\n');
}

function seenText(state: Readonly<Record<string, string>>): string {
  return Object.entries(state)
    .map(([path, word]) => `${path} = ${word}`)
    .join(', ');
}
