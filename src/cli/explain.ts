/** `survives explain`: a lecture as text, 80 columns wide. */
import { basename } from 'node:path';
import { caseNamed, cases, explain, readProgram, timeText } from '../engine/explain/explain.ts';
import type { NotTold } from '../engine/explain/refusal.ts';
import type { Advice } from '../engine/explain/advice.ts';
import type {
  FileSystemLecture,
  Lecture,
  ToldOutcome,
  ToldRule,
} from '../engine/explain/lecture.ts';
import type { Drive } from '../model/device.ts';
import type { Outcome } from '../model/problem.ts';
import { fileText } from './catalogue.ts';
import { legendLines, markOf } from './explain-legend.ts';
import { columns, wrapped } from './wrapped.ts';

const notAll = 'There are more possible disks than were looked at; this list is not complete.';

/** The lecture on a case or a file. Throws `unknown-file`. */
export function lectureFor(topic: string, on?: readonly string[], drive?: Drive): Outcome<Lecture> {
  const told = topic.endsWith('.json')
    ? readProgram(fileText(topic), basename(topic, '.json'))
    : caseNamed(topic);
  return told.ok ? explain(told.value, on, drive) : told;
}

/** The list of cases. */
export function caseList(): string {
  const width = Math.max(...cases.map(({ id }) => id.length));
  const lines = cases.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}`);
  return ['What can a power cut leave behind? Classic cases:', '', ...lines].join('\n');
}

/** The lecture for people. */
export function lectureText(lecture: Lecture): string {
  const { title, story, calls, fileSystems, notTold, lesson } = lecture;
  const told = fileSystems.map((part, index) => partLines(part, fileSystems.slice(0, index)));
  return [
    title,
    '='.repeat(Math.min(columns, title.length)),
    '',
    ...wrapped(story, '', ''),
    '',
    ...setupLines(lecture),
    '',
    'The program:',
    ...calls.flatMap((call, index) => wrapped(`${call}`, `  ${String(index + 1)}. `, '     ')),
    '',
    ...wrapped(`Drive: ${lecture.driveText}`, '', ''),
    '',
    ...legendLines(lecture),
    '',
    ...told.flatMap((lines) => [...lines, '']),
    ...notTold.flatMap((part) => [...refusalLines(part), '']),
    ...wrapped(`Lesson: ${lesson}`, '', ''),
  ].join('\n');
}

/** What was there before the program; memory that is no disk keeps none of it. */
function setupLines({ setup, fileSystems }: Lecture): readonly string[] {
  if (setup.length === 0) return ['Before, there is nothing.'];
  const isDisk = fileSystems.every(({ profile }) => profile !== 'tmpfs');
  const heading = isDisk ? 'Before, and by now safe on the disk:' : 'Before:';
  return [heading, ...setup.flatMap((call) => wrapped(call, '  - ', '    '))];
}

function partLines(
  part: FileSystemLecture,
  before: readonly FileSystemLecture[],
): readonly string[] {
  const { label, summary, endMicroseconds, durability, outcomes, advice, isComplete } = part;
  const told = new Set<string>();
  const number = { next: 0 };
  const sections = sectionsOf(outcomes).flatMap(({ heading, some, max }) =>
    sectionLines(heading, some, max, number, told),
  );
  return [
    label,
    '-'.repeat(label.length),
    '',
    ...summary.flatMap((text) => wrapped(text, '', '')),
    '',
    ...sections,
    ...(isComplete ? [] : [...wrapped(notAll, '  ', '  '), '']),
    `On the disk, call by call (the last one returns at ${timeText(endMicroseconds)}):`,
    ...durability.flatMap(({ text }) => wrapped(text, '  - ', '    ')),
    '',
    ...adviceLines(advice, before),
  ];
}

function refusalLines({ label, text }: NotTold): readonly string[] {
  return [label, '-'.repeat(label.length), '', ...wrapped(`Not told. ${text}`, '', '')];
}

interface Section {
  readonly heading: string;
  readonly some: readonly ToldOutcome[];
  readonly max: number;
}

/** What usually happens first, then what may, after the program and on the way; a few calls can leave dozens. */
function sectionsOf(outcomes: readonly ToldOutcome[]): readonly Section[] {
  const isUsual = ({ occurrence: { likelihood } }: ToldOutcome): boolean =>
    likelihood === 'usual' || likelihood === 'certain';
  const others = outcomes.filter((one) => !isUsual(one));
  const late = others.filter(({ possibleAfterEnd }) => possibleAfterEnd);
  const early = others.filter(({ possibleAfterEnd }) => !possibleAfterEnd);
  const usual = outcomes.filter(isUsual);
  const isCertain = usual.some(({ occurrence }) => occurrence.likelihood === 'certain');
  const usually = isCertain ? '' : 'usually ';
  const also = usual.length === 0 ? '' : 'also ';
  return [
    { heading: `What a power cut ${usually}leaves:`, some: usual.sort(inTime), max: 12 },
    { heading: `What it can ${also}leave:`, some: late.sort(damageFirst), max: 12 },
    {
      heading: 'What it can leave while the program still runs, and not later:',
      some: early.sort(damageFirst),
      max: 4,
    },
  ];
}

const inTime = (left: ToldOutcome, right: ToldOutcome): number =>
  (left.occurrence.spans[0]?.fromMicroseconds ?? 0) -
  (right.occurrence.spans[0]?.fromMicroseconds ?? 0);

const damageFirst = (left: ToldOutcome, right: ToldOutcome): number =>
  Number(right.isHarm) - Number(left.isHarm);

/** A section of outcomes, the most important of them, and how many were left out. */
function sectionLines(
  heading: string,
  some: readonly ToldOutcome[],
  max: number,
  number: { next: number },
  told: Set<string>,
): readonly string[] {
  if (some.length === 0) return [];
  const shown = some.slice(0, max);
  const more = some.length - shown.length;
  const text = `And ${String(more)} more; --json lists them all.`;
  return [
    heading,
    '',
    ...shown.flatMap((one) => [...outcomeLines(one, number.next++, told), '']),
    ...(more === 0 ? [] : [...wrapped(text, '  ', '  '), '']),
  ];
}

const inset = '     ';

function outcomeLines(outcome: ToldOutcome, index: number, told: Set<string>): readonly string[] {
  const { text, when, disk, rules, kind } = outcome;
  const never = kind === 'never' ? ' No running program ever sees this.' : '';
  return [
    ...wrapped(`${text}${never}`, `${markOf(outcome)} ${String(index + 1)}. `, inset),
    ...wrapped(when, inset, inset),
    ...wrapped(disk, inset, inset),
    ...rules.flatMap((rule) => ruleLines(rule, told)),
  ];
}

/** A rule in full the first time, by its name afterwards. */
function ruleLines(
  { id, profile, text, recordings, sources }: ToldRule,
  told: Set<string>,
): readonly string[] {
  if (told.has(id)) return wrapped(`Why: ${id}, as above.`, inset, `${inset}     `);
  told.add(id);
  const [first] = recordings;
  const source = first === undefined ? (sources[0] ?? '') : `recorded litmus test ${first}`;
  const name = `rule ${id} of ${profile}`;
  return wrapped(`Why: ${text} (${name}; ${source})`, inset, `${inset}     `);
}

function adviceLines(advice: Advice, before: readonly FileSystemLecture[]): readonly string[] {
  const { isFineAlready, calls, note, anyTime, afterEnd, harm, isComplete } = advice;
  const lines = [
    ...calls.flatMap((call, index) => wrapped(call, `  ${String(index + 1)}. `, inset)),
    ...(note === undefined ? [] : wrapped(note, '  ', '  ')),
  ];
  if (advice.isHopeless) return ['What to do:', ...lines];
  if (isFineAlready) {
    return wrapped(
      'Nothing to mend: no damage at any moment, and all of it is there once it has returned.',
      '',
      '',
    );
  }
  if (calls.length === 0) {
    return wrapped(
      'No order of these calls with syncs between them was found to be better.',
      '',
      '',
    );
  }
  const same = before.find((other) => JSON.stringify(other.advice) === JSON.stringify(advice));
  if (same !== undefined) return [`Do this instead: the same as on ${same.label}.`];
  const lasts = harm.some((text) => afterEnd.includes(text));
  return [
    'Do this instead:',
    ...lines,
    ...bulletLines('At any moment there is one of these:', anyTime, harm),
    ...bulletLines('Once the last call has returned:', afterEnd, harm),
    ...(lasts ? ['  Not even this is safe here.'] : []),
    ...(isComplete ? [] : wrapped(notAll, '  ', '  ')),
  ];
}

const bulletsMax = 6;

/** A heading with its items, the first of them where there are many. */
function bulletLines(
  heading: string,
  items: readonly string[],
  harm: readonly string[],
): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - bulletsMax;
  const isHarm = (item: string): number => Number(harm.includes(item));
  const shown = [...items].sort((left, right) => isHarm(left) - isHarm(right)).slice(0, bulletsMax);
  return [
    `  ${heading}`,
    ...shown.flatMap((item) => wrapped(item, harm.includes(item) ? '! - ' : '  - ', '    ')),
    ...(more > 0 ? [`    And ${String(more)} more; --json lists them all.`] : []),
  ];
}
