/** The lecture on one program: per file system what can be found, how likely, when, why, and what to do instead. */
import { recordedDrive, type Drive } from '../../model/device.ts';
import { driveLesson, driveText } from '../../model/drive-words.ts';
import { doubtRule } from '../../persistence/doubt.ts';
import { historyOf } from '../../persistence/disk-history.ts';
import type { Profile } from '../../persistence/profile.ts';
import { reasonsFor, type CrashReason } from '../../persistence/reasons.ts';
import { recordingsOf, ruleSentence, ruleSources, type RuleId } from '../../persistence/rules.ts';
import type { Observation } from '../litmus/observe.ts';
import { adviceFor, type Advice } from './advice.ts';
import type { ExplainCase } from './cases.ts';
import { isUnseen, whatArrived, type Arrival } from './arrival.ts';
import { withExtremes } from './extremes.ts';
import type { Possibility } from './possibilities.ts';
import { ExplainedProgram, type Standing } from './subject.ts';
import { callDurabilities, type CallDurability } from './call-durability.ts';
import { Clocks, type Occurrence } from './windows.ts';
import { callInWords, occurrenceText, outcomeText } from './words.ts';

/** A rule that decided, with its sentence and who says so. */
export interface ToldRule {
  readonly id: RuleId;
  readonly text: string;
  readonly recordings: readonly string[];
  readonly sources: readonly string[];
}

/** One thing that can be found after a power cut. */
export interface ToldOutcome extends Standing, Arrival {
  readonly observation: Observation;
  readonly text: string;
  readonly occurrence: Occurrence;
  readonly when: string;
  /** Whether it is still possible when every call had returned. */
  readonly possibleAfterEnd: boolean;
  readonly rules: readonly ToldRule[];
  /** Path → the chain of operations that concern it. */
  readonly reasons: Readonly<Record<string, readonly CrashReason[]>>;
}

/** One file system's part. */
export interface FileSystemLecture {
  readonly profile: string;
  readonly label: string;
  /** When each call that changes something is on the disk. */
  readonly durability: readonly CallDurability[];
  readonly outcomes: readonly ToldOutcome[];
  readonly advice: Advice;
  /** False when there were more possible disks than a search looks at. */
  readonly isComplete: boolean;
}

/** All of it. */
export interface Lecture {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly calls: readonly string[];
  readonly drive: Drive;
  /** The drive in words, and what it can lose. */
  readonly driveText: string;
  readonly fileSystems: readonly FileSystemLecture[];
  readonly lesson: string;
}

/** Tells a case on some file systems, on one drive. Throws what `recordProgram` throws. */
export function lectureOn(
  told: ExplainCase,
  profiles: readonly Profile[],
  drive = recordedDrive,
): Lecture {
  const fileSystems = profiles.map((profile) => fileSystemLecture(told, profile, drive));
  return {
    id: told.id,
    title: told.title,
    story: told.story,
    calls: told.ops.map(callInWords),
    drive,
    driveText: `${driveText(drive)}. ${driveLesson(drive)}`,
    fileSystems,
    lesson: told.lesson ?? lessonOf(fileSystems),
  };
}

/** What a program without a line of its own teaches. */
function lessonOf(fileSystems: readonly FileSystemLecture[]): string {
  const harmed = fileSystems.filter(({ outcomes }) => outcomes.some(({ isHarm }) => isHarm));
  if (harmed.length > 0) return 'What a running machine shows is not what a power cut leaves.';
  const early = fileSystems.some(({ outcomes }) =>
    outcomes.some(({ kind, possibleAfterEnd }) => kind !== 'after' && possibleAfterEnd),
  );
  const isKnown = fileSystems.every(({ isComplete }) => isComplete);
  return early || !isKnown
    ? 'Nothing is damaged here, but the last calls can be undone until they are committed.'
    : 'This program keeps what it promises on these file systems.';
}

function fileSystemLecture(told: ExplainCase, profile: Profile, drive: Drive): FileSystemLecture {
  const program = new ExplainedProgram(told, told.observe, profile, drive);
  const { afterEnd, isComplete } = program.possibilities;
  const all = withExtremes(program.subject, program.possibilities.all);
  const clocks = new Clocks(program.subject, all.keys());
  const outcomes = [...all].map(([key, possibility]) =>
    toldOutcome(program, clocks, possibility, isPossibleAfterEnd(possibility, afterEnd, key)),
  );
  return {
    profile: profile.id,
    label: profile.label,
    durability: callDurabilities(program, clocks),
    outcomes: outcomes.sort(inTellingOrder),
    advice: adviceFor(told, program),
    isComplete,
  };
}

/** An extreme is possible after the end when its mix is. */
function isPossibleAfterEnd(
  { disk }: Possibility,
  afterEnd: ReadonlySet<string>,
  key: string,
): boolean {
  const { completed } = disk.duties.moment;
  return afterEnd.has(key) || completed === disk.compiled.operations.length;
}

const kinds = ['before', 'after', 'midway', 'never'] as const;
const likelihoods = ['likely', 'momentary', 'slow-drive', 'possible', 'unseen'] as const;

function inTellingOrder(left: ToldOutcome, right: ToldOutcome): number {
  return (
    Number(left.isHarm) - Number(right.isHarm) ||
    kinds.indexOf(left.kind) - kinds.indexOf(right.kind) ||
    likelihoods.indexOf(left.occurrence.likelihood) -
      likelihoods.indexOf(right.occurrence.likelihood) ||
    (left.text < right.text ? -1 : 1)
  );
}

function toldOutcome(
  program: ExplainedProgram,
  clocks: Clocks,
  possibility: Possibility,
  possibleAfterEnd: boolean,
): ToldOutcome {
  const { profile, versions, subject } = program;
  const { observation, disk, contents } = possibility;
  const history = { ...historyOf(disk, contents), clock: clocks.durability };
  const occurrence: Occurrence = isUnseen(possibility)
    ? { likelihood: 'unseen', spans: [] }
    : clocks.occurrenceOf(possibility);
  const arrival = whatArrived(program, possibility, history);
  const ids = [...arrival.ruleIds, ...(occurrence.likelihood === 'slow-drive' ? startsEarly : [])];
  const reasons = subject.observe.map((path): [string, readonly CrashReason[]] => {
    const chain = reasonsFor(history, path);
    const doubt = doubtReason(program, observation[path] ?? '');
    const isTold = chain.some(({ rule }) => rule === doubt.rule);
    return [path, possibility.doubtful.includes(path) && !isTold ? [...chain, doubt] : chain];
  });
  return {
    ...program.standingOf(observation),
    ...arrival,
    observation,
    text: outcomeText(observation, versions),
    occurrence,
    when: occurrenceText(occurrence),
    possibleAfterEnd,
    rules: ids.map((id) => toldRule(id, profile)),
    reasons: Object.fromEntries(reasons),
  };
}

const startsEarly: readonly RuleId[] = ['writeback-starts-early'];

function doubtReason({ profile }: ExplainedProgram, word: string): CrashReason {
  const rule = doubtRule(profile, word);
  return { text: ruleSentence(rule, profile), rule, sources: ruleSources(rule, profile) };
}

function toldRule(id: RuleId, profile: Profile): ToldRule {
  return {
    id,
    text: ruleSentence(id, profile),
    recordings: recordingsOf(id, profile),
    sources: ruleSources(id, profile),
  };
}
