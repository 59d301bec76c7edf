/** Why an end comes about, with the least that must be missing from the disk for it. */
import type { OutcomeReason, SystemReport } from '../model/report.ts';
import type { OutcomeClass, PlainVerdict, Reason } from '../model/verdict.ts';
import { runAt } from './instant.ts';
import { plainAt } from './lanes.ts';
import { severity } from './words.ts';

/** Sentences on missing operations beyond these are counted, not told. */
const missingCountMax = 4;

function leastMissing({ missing = [], source }: OutcomeReason): readonly Reason[] {
  const told = missing.slice(0, missingCountMax).map(({ text }) => text);
  if (told.length === 0) return [];
  const more = missing.length - told.length;
  const rest = more > 0 ? ` And ${more} more.` : '';
  return [{ text: `The least that leads to it: ${told.join(' ')}${rest}`, source }];
}

/** The reasons that a report has for a class, where it reads as this verdict. */
export function reasonsFor(
  { reasons }: SystemReport,
  outcome: OutcomeClass,
  plain: PlainVerdict,
): readonly Reason[] {
  return reasons
    .filter((reason) => reason.outcome === outcome && (reason.plain ?? plain) === plain)
    .flatMap((reason) => [{ text: reason.text, source: reason.source }, ...leastMissing(reason)]);
}

/** The worse end that a search found possible at an instant though it is not the usual one. */
export function unluckyEnd(
  report: SystemReport,
  instant: number,
): { readonly outcome: OutcomeClass; readonly plain: PlainVerdict } | undefined {
  const run = report.timeline === undefined ? undefined : runAt(report.timeline, instant);
  const shown = run === undefined ? undefined : report.screens[run.screen];
  if (run?.worstPossible === undefined || shown === undefined) return undefined;
  const plain = plainAt(report, run, run.worstPossible);
  if (severity[plain] <= severity[shown.plain]) return undefined;
  return { outcome: run.worstPossible, plain };
}
