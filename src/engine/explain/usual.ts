/** What is on the disk by the usual clock, change by change: the ordinary course of things, before what may go wrong. */
import { changeText, lackText, lengthText } from '../../persistence/call-text.ts';
import type { Schedule } from '../../persistence/clock.ts';
import type { TimeSpan } from './possibilities.ts';
import type { ExplainedProgram } from './subject.ts';
import { isPlural, listed } from './words.ts';

/** What there is for most of a stretch of time, and what is still to come. */
export interface UsualDisk {
  readonly there: readonly string[];
  readonly absent: readonly string[];
  /** The same as a sentence. */
  readonly text: string;
}

/** The disk for most of a stretch of time, by the usual clock. */
export function usualDisk(
  { subject }: ExplainedProgram,
  schedule: Schedule,
  span: TimeSpan,
): UsualDisk {
  const { compiled } = subject;
  const at = longestFrom(schedule, span);
  const there = new Set<string>();
  const absent = new Set<string>();
  schedule.durableMicroseconds.forEach((durable, micro) => {
    const step = compiled.steps[micro];
    // The data of new blocks is told by its attach; what never comes was overtaken by a later call.
    if (step?.kind === 'data' || durable === Infinity) return;
    const text = changeText(compiled, micro);
    const data = step?.kind === 'attach' ? schedule.durableMicroseconds[step.dataMicro] : undefined;
    if (durable > at) absent.add(text);
    else if (data !== undefined && data > at) {
      there.add(lengthText(text));
      absent.add(lackText(compiled, micro, 'room'));
    } else there.add(text);
  });
  for (const text of absent) there.delete(text);
  const found = { there: [...there], absent: [...absent] };
  return { ...found, text: textOf(found) };
}

/** Within a time as short as this, what is on the disk changes from write to write; its beginning stands for it. */
const shortMicroseconds = 100_000;

/** When the state begins that lasts longest within a stretch of time. */
function longestFrom({ durableMicroseconds }: Schedule, span: TimeSpan): number {
  const { fromMicroseconds: from, toMicroseconds: to } = span;
  if (to - from < shortMicroseconds) return from;
  const inside = [...new Set(durableMicroseconds)].filter((at) => at > from && at < to);
  const starts = [from, ...inside.sort((left, right) => left - right)];
  let longest = { start: from, lasts: -1 };
  starts.forEach((start, index) => {
    const lasts = (starts[index + 1] ?? to) - start;
    if (lasts > longest.lasts) longest = { start, lasts };
  });
  return longest.start;
}

const toldMax = 3;

function textOf({ there, absent }: Omit<UsualDisk, 'text'>): string {
  if (absent.length === 0) return 'All of the program is on the disk then.';
  if (there.length === 0) return 'Nothing of the program is on the disk then.';
  const told = (texts: readonly string[]): string => {
    const more = texts.length - toldMax;
    return listed(more > 1 ? [...texts.slice(0, toldMax), `${String(more)} more changes`] : texts);
  };
  const verb = (texts: readonly string[]): string =>
    texts.length === 1 && !isPlural(texts[0] ?? '') ? 'is' : 'are';
  return `Then ${told(there)} ${verb(there)} on the disk; ${told(absent)} ${verb(absent)} not.`;
}
