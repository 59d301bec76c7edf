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
import { isUnseen, verbFor, whatArrived, type Arrival } from './arrival.ts';
import { withExtremes } from './extremes.ts';
import type { Possibility } from './possibilities.ts';
import { ExplainedProgram, type Standing } from './subject.ts';
import { lessonOf } from './lesson.ts';
import { refusalOf, type NotTold } from './refusal.ts';
import { summaryOf } from './summary.ts';
import { usualDisk } from './usual.ts';
import { callDurabilities, type CallDurability } from './call-durability.ts';
import { Clocks, type Occurrence } from './windows.ts';
import { callInWords, listed, occurrenceText, outcomeText } from './words.ts';

/** A rule that decided, with its sentence and who says so. */
export interface ToldRule {
  readonly id: RuleId;
  /** Label of the file system whose rule it is. */
  readonly profile: string;
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
  /** What is on the disk then: by the usual clock where it brings the outcome, else with the least missing. */
  readonly disk: string;
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
  /** The first paragraph: what usually happens, and the worst that can. */
  readonly summary: readonly string[];
  /** When the last call returns. */
  readonly endMicroseconds: number;
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
  /** What was done before, and is safe on the disk. */
  readonly setup: readonly string[];
  readonly calls: readonly string[];
  readonly drive: Drive;
  /** The drive in words, and what it can lose. */
  readonly driveText: string;
  readonly fileSystems: readonly FileSystemLecture[];
  /** File systems that were asked for and cannot run the program, and why. */
  readonly notTold: readonly NotTold[];
  readonly lesson: string;
}

/** Tells a case on some file systems, on one drive. Throws what `recordProgram` throws. */
export function lectureOn(
  told: ExplainCase,
  profiles: readonly Profile[],
  drive = recordedDrive,
): Lecture {
  const notTold = profiles.flatMap((profile) => refusalOf(told, profile) ?? []);
  const fileSystems = profiles
    .filter(({ id }) => notTold.every(({ profile }) => profile !== id))
    .map((profile) => fileSystemLecture(told, profile, drive));
  return {
    id: told.id,
    title: told.title,
    story: told.story,
    setup: told.setup.map(callInWords),
    calls: told.ops.map(callInWords),
    drive,
    driveText: `${driveText(drive)}. ${driveLesson(drive)}`,
    fileSystems,
    notTold,
    lesson: lessonOf(told.lesson, fileSystems, drive),
  };
}

function fileSystemLecture(told: ExplainCase, profile: Profile, drive: Drive): FileSystemLecture {
  const program = new ExplainedProgram(told, told.observe, profile, drive);
  const { afterEnd, isComplete } = program.possibilities;
  const all = withExtremes(program.subject, program.possibilities.all);
  const clocks = new Clocks(program.subject, all, isComplete);
  const outcomes = [...all].map(([key, possibility]) =>
    toldOutcome(program, clocks, possibility, isPossibleAfterEnd(possibility, afterEnd, key)),
  );
  return {
    profile: profile.id,
    label: profile.label,
    summary: summaryOf(profile, drive, outcomes, isComplete),
    endMicroseconds: program.endMicroseconds,
    durability: callDurabilities(program),
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
const likelihoods = ['certain', 'usual', 'momentary', 'slow-drive', 'possible', 'unseen'] as const;

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
  const history = { ...historyOf(disk, contents), clock: subject.durability };
  const occurrence: Occurrence = isUnseen(possibility)
    ? { likelihood: 'unseen', spans: [], possible: possibility.span }
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
    disk: diskText(program, clocks, occurrence, arrival),
    possibleAfterEnd,
    rules: ids.map((id) => toldRule(id, profile)),
    reasons: Object.fromEntries(reasons),
  };
}

/** Changes that are worth naming as enough for an outcome; of more, that they are the least says little. */
const enoughMax = 2;

/** By the usual clock, the whole disk and then the least that matters of it; otherwise the disk with the least missing. */
function diskText(
  program: ExplainedProgram,
  { likely }: Clocks,
  { likelihood, spans }: Occurrence,
  { arrived, missing }: Arrival,
): string {
  if (program.profile.metadataOrder === 'nowhere') return 'None of it was ever on a disk.';
  const last = spans.at(-1);
  if (likelihood !== 'usual' || last === undefined) return arrived;
  const usual = usualDisk(program, likely, last);
  const enough = missing.map(({ text, call }) => `${text} (call ${String(call)})`);
  const isAll = missing.length >= usual.absent.length;
  if (missing.length === 0 || missing.length > enoughMax || isAll) return usual.text;
  return `${usual.text} It would be enough that ${listed(enough)} ${verbFor(missing)} missing.`;
}

const startsEarly: readonly RuleId[] = ['writeback-starts-early'];

function doubtReason({ profile }: ExplainedProgram, word: string): CrashReason {
  const rule = doubtRule(profile, word);
  return { text: ruleSentence(rule, profile), rule, sources: ruleSources(rule, profile) };
}

function toldRule(id: RuleId, profile: Profile): ToldRule {
  return {
    id,
    profile: profile.label,
    text: ruleSentence(id, profile),
    recordings: recordingsOf(id, profile),
    sources: ruleSources(id, profile),
  };
}
