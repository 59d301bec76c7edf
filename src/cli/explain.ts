/** `survives explain`: a lecture as text, 80 columns wide. */
import { basename } from 'node:path';
import { caseNamed, cases, explain, readProgram } from '../engine/explain/explain.ts';
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

const columns = 80;

const legend =
  'Times count from the start of the program, on a machine where nobody else calls sync. A ! marks damage: a file is lost, or things are together that the program never put together. A ? marks what only the model allows.';

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

/** Breaks a text into lines; those after the first begin with `hanging`. */
function wrapped(text: string, first: string, hanging: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = hanging;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** The lecture for people. */
export function lectureText(lecture: Lecture): string {
  const { title, story, calls, fileSystems, lesson } = lecture;
  return [
    title,
    '='.repeat(Math.min(columns, title.length)),
    '',
    ...wrapped(story, '', ''),
    '',
    ...calls.flatMap((call, index) => wrapped(`${call}`, `  ${String(index + 1)}. `, '     ')),
    '',
    ...wrapped(legend, '', ''),
    '',
    ...wrapped(`Drive: ${lecture.driveText}`, '', ''),
    '',
    ...fileSystems.flatMap((part) => [...partLines(part), '']),
    ...wrapped(`Lesson: ${lesson}`, '', ''),
  ].join('\n');
}

function partLines({
  label,
  durability,
  outcomes,
  advice,
  isComplete,
}: FileSystemLecture): readonly string[] {
  const told = new Set<string>();
  const last = outcomes.filter(({ possibleAfterEnd }) => possibleAfterEnd);
  const early = outcomes.filter(({ possibleAfterEnd }) => !possibleAfterEnd);
  const number = { next: 0 };
  const ended = 'The program has ended. A power cut leaves one of these:';
  const running = 'While it still runs, also one of these:';
  return [
    label,
    '-'.repeat(label.length),
    '',
    ...sectionLines(ended, last, toldMax.last, number, told),
    ...sectionLines(running, early, toldMax.early, number, told),
    ...(isComplete ? [] : [...wrapped(notAll, '  ', '  '), '']),
    '  By the clock:',
    ...durability.flatMap(({ text }) => wrapped(text, '  - ', '    ')),
    '',
    ...adviceLines(advice),
  ];
}

/** States that are told in full: after the program, and on the way; a few calls can leave dozens. */
const toldMax = { last: 12, early: 4 } as const;

/** What happens by the clock alone comes first, then damage. */
function inImportance(left: ToldOutcome, right: ToldOutcome): number {
  const rank = ({ occurrence, isHarm }: ToldOutcome): number =>
    occurrence.likelihood === 'likely' ? 0 : isHarm ? 1 : 2;
  return rank(left) - rank(right);
}

/** A section of outcomes, the most important of them, and how many were left out. */
function sectionLines(
  heading: string,
  some: readonly ToldOutcome[],
  max: number,
  number: { next: number },
  told: Set<string>,
): readonly string[] {
  if (some.length === 0) return [];
  const shown = [...some].sort(inImportance).slice(0, max);
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
  const { text, when, arrived, rules, isHarm, kind } = outcome;
  const mark = outcome.occurrence.likelihood === 'unseen' ? '?' : isHarm ? '!' : ' ';
  const never = kind === 'never' ? ' No running program ever sees this.' : '';
  return [
    ...wrapped(`${text}${never}`, `${mark} ${String(index + 1)}. `, inset),
    ...wrapped(when, inset, inset),
    ...wrapped(arrived, inset, inset),
    ...rules.flatMap((rule) => ruleLines(rule, told)),
  ];
}

/** A rule in full the first time, by its name afterwards. */
function ruleLines(
  { id, text, recordings, sources }: ToldRule,
  told: Set<string>,
): readonly string[] {
  if (told.has(id)) return wrapped(`Why: ${id}, as above.`, inset, `${inset}     `);
  told.add(id);
  const [first] = recordings;
  const source = first === undefined ? (sources[0] ?? '') : `recorded litmus test ${first}`;
  return wrapped(`Why: ${text} (${id}; ${source})`, inset, `${inset}     `);
}

function adviceLines(advice: Advice): readonly string[] {
  const { isFineAlready, calls, note, anyTime, afterEnd, harm, isComplete } = advice;
  if (isFineAlready) return ['Nothing is better: this is safe as it stands.'];
  const lasts = harm.some((text) => afterEnd.includes(text));
  const damage = lasts ? 'Not even this is safe here:' : 'While it runs, this can still be left:';
  return [
    'Do this instead:',
    ...calls.flatMap((call, index) => wrapped(call, `  ${String(index + 1)}. `, inset)),
    ...(note === undefined ? [] : wrapped(note, '  ', '  ')),
    ...bulletLines('At any moment there is one of these:', anyTime),
    ...bulletLines('Once the last call has returned:', afterEnd),
    ...bulletLines(damage, harm),
    ...(isComplete ? [] : wrapped(notAll, '  ', '  ')),
  ];
}

const bulletsMax = 6;

/** A heading with its items, the first of them where there are many. */
function bulletLines(heading: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const more = items.length - bulletsMax;
  return [
    `  ${heading}`,
    ...items.slice(0, bulletsMax).flatMap((item) => wrapped(item, '  - ', '    ')),
    ...(more > 0 ? [`    And ${String(more)} more; --json lists them all.`] : []),
  ];
}
