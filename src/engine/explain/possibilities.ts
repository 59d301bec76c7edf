/**
 * Every outcome that a power cut can leave at some paths, each with the disk that lacks the least for it. The engine's
 * own possible disks are walked; nothing is added and nothing left out (`AllowedStates` sees the same).
 */
import type { BlobTable } from '../../model/content.ts';
import type { Inode } from '../../model/cell-table.ts';
import type { FileSystemState } from '../../model/file-system-state.ts';
import { microClass, type Compiled } from '../../persistence/compiled.ts';
import type { DurabilityClock } from '../../persistence/durability.ts';
import type { Moment } from '../../persistence/legality.ts';
import { isLengthIdle } from '../../persistence/micro-facts.ts';
import { exactly } from '../../persistence/pattern.ts';
import {
  contentsOf,
  possibleDisks,
  type PossibleContent,
  type PossibleDisk,
  type SearchBound,
} from '../../persistence/possible.ts';
import { keyOf } from '../litmus/allowed.ts';
import { matches } from '../litmus/inclusion.ts';
import { find, shownOf, type Observation } from '../litmus/observe.ts';

/** What may be seen at the paths, and a disk that shows it. */
export interface Possibility {
  readonly observation: Observation;
  readonly disk: PossibleDisk;
  /** What each file that was written to holds on that disk. */
  readonly contents: ReadonlyMap<Inode, PossibleContent>;
  /** Micro-operations that were called and are not on the disk, or not in full; the fewest that do it. */
  readonly missing: readonly number[];
  /** Paths whose entry shows something else than what it names. */
  readonly doubtful: readonly string[];
  /** From the call on that makes it possible until what is missing is there for certain. */
  readonly span: TimeSpan;
}

/** A stretch of time, in microseconds after the start of the program; the end may be Infinity. */
export interface TimeSpan {
  readonly fromMicroseconds: number;
  readonly toMicroseconds: number;
}

/** A program that was run, ready to be asked. */
export interface Subject {
  readonly compiled: Compiled;
  readonly blobs: BlobTable;
  readonly observe: readonly string[];
  /** When each change is on the disk. */
  readonly durability: DurabilityClock;
}

/** What a search found. */
export interface Possibilities {
  /**
   * By the key of the observation; the latest moment first, the fewest missing within it. The span is that of all disks
   * that show it.
   */
  readonly all: ReadonlyMap<string, Possibility>;
  /** Keys of what is possible after every call had returned. */
  readonly afterEnd: ReadonlySet<string>;
  readonly isComplete: boolean;
}

/** Ways in which the files of one disk can be filled; more are not looked at. */
const waysMax = 1024;

/** Disks with their contents that one search looks at: a second or two of work. */
const visitsMax = 30_000;

/** Everything that a power cut can leave, at any moment of the program and after it. */
export function possibilitiesOf(subject: Subject): Possibilities {
  const bound: SearchBound = { exceeded: false };
  const all = new Map<string, Possibility>();
  let afterEnd: ReadonlySet<string> = new Set();
  const count = subject.compiled.operations.length;
  for (let completed = count; completed >= 0; completed--) {
    const issued = Math.min(count, completed + 1);
    // A barrier on its way may have done all that it does, without having returned.
    const isBarrier = subject.compiled.operations[completed]?.effect.kind === 'barrier';
    const moments = [{ completed, issued }, ...(isBarrier ? [{ completed: issued, issued }] : [])];
    for (const moment of moments) {
      const found = atMoment(subject, moment, bound);
      if (completed === count) afterEnd = new Set(found.keys());
      for (const [key, possibility] of found) {
        const known = all.get(key);
        all.set(key, known === undefined ? possibility : withSpan(known, possibility));
      }
    }
  }
  return { all, afterEnd, isComplete: !bound.exceeded };
}

/** The first of two, at all times of both. */
function withSpan(chosen: Possibility, { span }: Possibility): Possibility {
  const { fromMicroseconds: from, toMicroseconds: to } = chosen.span;
  const fromMicroseconds = Math.min(from, span.fromMicroseconds);
  const toMicroseconds = Math.max(to, span.toMicroseconds);
  return { ...chosen, span: { fromMicroseconds, toMicroseconds } };
}

/**
 * When a power cut can leave a disk: from its moment on, until the first of what it lacks is there for certain, or the
 * moment is over.
 */
export function spanOf(
  { compiled, durability }: Pick<Subject, 'compiled' | 'durability'>,
  { completed, issued }: Moment,
  { missing, doubtful }: Pick<Possibility, 'missing' | 'doubtful'>,
): TimeSpan {
  const { operations, count } = compiled;
  const from =
    issued > completed
      ? operations[completed]?.startMicroseconds
      : operations[completed - 1]?.endMicroseconds;
  const certainAt = (micro: number): number => durability.ofMicro(micro).certainMicroseconds;
  // Nobody knows which part of an entry is the last one, so a doubt ends when all is on the disk.
  const settled =
    doubtful.length > 0
      ? lastOf(Array.from({ length: count }, (_, micro) => certainAt(micro)))
      : Math.min(Infinity, ...missing.map(certainAt));
  const over = operations[completed]?.endMicroseconds ?? Infinity;
  return { fromMicroseconds: from ?? 0, toMicroseconds: Math.min(settled, over) };
}

/** The last of some instants; what never comes was dropped by a later call, unless nothing ever comes. */
function lastOf(instants: readonly number[]): number {
  const coming = instants.filter((instant) => instant < Infinity);
  return coming.length === 0 ? Infinity : Math.max(...coming);
}

/** Every possibility of a disk and the observation that it gives; a test asks for all of them. */
export function* everyPossibility(
  subject: Subject,
  moment: Moment,
  bound: SearchBound,
): Generator<Possibility> {
  const { compiled, blobs, observe } = subject;
  for (const disk of possibleDisks(compiled, moment, bound)) {
    const absent = metadataMissing(disk);
    const seen = seenFiles(disk, observe);
    for (const contents of contentChoices(disk, seen, bound)) {
      const missing = [...absent, ...contentsMissing(compiled, contents)];
      const sorted = [...new Set(missing)].sort((left, right) => left - right);
      for (const words of wordChoices(disk, contents, blobs, observe)) {
        const observation = Object.fromEntries(words.map(({ path, word }) => [path, word]));
        const doubtful = words.filter(({ isDoubt }) => isDoubt).map(({ path }) => path);
        const span = spanOf(subject, moment, { missing: sorted, doubtful });
        yield { observation, disk, contents, missing: sorted, doubtful, span };
      }
    }
  }
}

function atMoment(
  subject: Subject,
  moment: Moment,
  bound: SearchBound,
): ReadonlyMap<string, Possibility> {
  const found = new Map<string, Possibility>();
  let visits = 0;
  for (const possibility of everyPossibility(subject, moment, bound)) {
    if (++visits > visitsMax / (subject.compiled.operations.length + 1)) {
      bound.exceeded = true;
      break;
    }
    const key = keyOf(possibility.observation);
    const known = found.get(key);
    if (known === undefined) found.set(key, possibility);
    else if (cost(possibility) < cost(known)) found.set(key, withSpan(possibility, known));
    else found.set(key, withSpan(known, possibility));
  }
  return found;
}

const cost = ({ missing, doubtful }: Possibility): number => missing.length + doubtful.length;

function metadataMissing({ compiled, duties, landed }: PossibleDisk): readonly number[] {
  const end = compiled.microStart[duties.moment.issued] ?? 0;
  const missing: number[] = [];
  for (let micro = 0; micro < end; micro++) {
    const isName = compiled.classes[micro] === microClass.metadata;
    // Whether a length of this kind is missed hangs on what its file holds.
    const isConditional = compiled.steps[micro]?.kind === 'lengthen';
    if (isName && !isConditional && !landed.has(micro)) missing.push(micro);
  }
  return missing;
}

function contentsMissing(
  compiled: Compiled,
  contents: ReadonlyMap<Inode, PossibleContent>,
): readonly number[] {
  const { steps } = compiled;
  const missing: number[] = [];
  for (const { fates, pattern } of contents.values()) {
    for (const [micro, fate] of fates) {
      const step = steps[micro];
      if (fate === 'there' || step === undefined || step.kind === 'data') continue;
      if (isLengthIdle(compiled, micro, (other) => fates.get(other))) continue;
      // Bytes behind the end of a file change nothing, so they may as well be there.
      const endBytes = pattern.kind === 'bytes' ? pattern.sizeBytes : Infinity;
      if (fate === 'perhaps' && 'offsetBytes' in step && step.offsetBytes >= endBytes) continue;
      const isRoom = fate === 'room' && step.kind === 'attach';
      missing.push(isRoom ? step.dataMicro : micro);
    }
  }
  return missing;
}

/** Files that are looked at, reached by their paths. */
function seenFiles(disk: PossibleDisk, observe: readonly string[]): ReadonlySet<Inode> {
  const inodes = observe
    .filter((path) => !path.includes('#'))
    .map((path) => find(disk, path)?.inode ?? 0);
  return new Set(inodes);
}

/** A file that is seen takes each of its contents in turn; of the others, the one that lacks the least. */
function contentChoices(
  disk: PossibleDisk,
  seen: ReadonlySet<Inode>,
  bound: SearchBound,
): readonly ReadonlyMap<Inode, PossibleContent>[] {
  let all: readonly ReadonlyMap<Inode, PossibleContent>[] = [new Map()];
  for (const inode of disk.compiled.contentMicros.keys()) {
    const contents = contentsOf(disk, inode);
    const choices = seen.has(inode) ? contents : fewest(disk.compiled, inode, contents);
    if (all.length * choices.length > waysMax) {
      bound.exceeded = true;
      return [];
    }
    all = all.flatMap((before) => choices.map((content) => new Map(before).set(inode, content)));
  }
  return all;
}

function fewest(
  compiled: Compiled,
  inode: Inode,
  contents: readonly PossibleContent[],
): readonly PossibleContent[] {
  const lacks = (content: PossibleContent): number =>
    contentsMissing(compiled, new Map([[inode, content]])).length;
  return [...contents].sort((left, right) => lacks(left) - lacks(right)).slice(0, 1);
}

interface ShownWord {
  readonly path: string;
  readonly word: string;
  readonly isDoubt: boolean;
}

function wordChoices(
  disk: PossibleDisk,
  contents: ReadonlyMap<Inode, PossibleContent>,
  blobs: BlobTable,
  observe: readonly string[],
): readonly (readonly ShownWord[])[] {
  let all: readonly (readonly ShownWord[])[] = [[]];
  for (const path of observe) {
    const words = wordsAt(disk, contents, blobs, path);
    all = all.flatMap((before) => words.map((word) => [...before, word]));
  }
  return all;
}

function wordsAt(
  disk: PossibleDisk,
  contents: ReadonlyMap<Inode, PossibleContent>,
  blobs: BlobTable,
  path: string,
): readonly ShownWord[] {
  const found = find(disk, path);
  if (found === undefined) return [{ path, word: 'absent', isDoubt: false }];
  const { inode, doubt } = found;
  const pattern = contents.get(inode)?.pattern ?? contentsOf(disk, inode)[0]?.pattern;
  const word = shownOf(disk, blobs, path, inode, pattern);
  const others = [...new Set(doubt?.words ?? [])].filter((other) => other !== word);
  return [
    { path, word, isDoubt: false },
    ...others.map((other) => ({ path, word: other, isDoubt: true })),
  ];
}

/** What is seen on a disk that holds exactly this. */
export function exactObservation(
  state: FileSystemState,
  blobs: BlobTable,
  observe: readonly string[],
): Observation {
  return Object.fromEntries(observe.map((path) => [path, exactWord(state, blobs, path)]));
}

function exactWord(state: FileSystemState, blobs: BlobTable, path: string): string {
  let inode = state.root;
  for (const name of (path.split('#', 1)[0] ?? '').split('/').filter((part) => part !== '')) {
    inode = state.lookup(inode, name);
    if (inode === 0 || state.attributes(inode) === undefined) return 'absent';
  }
  return shownOf({ state }, blobs, path, inode, exactly(state.content(inode)));
}

/** Whether an exact observation is one of those that a pattern stands for. */
export function shows(exact: Observation, observation: Observation): boolean {
  return Object.entries(observation).every(([path, word]) => {
    const seen = exact[path] ?? '';
    return path.includes('#') ? seen === word : matches(seen, word);
  });
}
