/** Plain words for calls, outcomes and times. */
import type { LitmusCall } from '../litmus/program.ts';
import type { Observation } from '../litmus/observe.ts';
import type { TimeSpan } from './possibilities.ts';
import type { Occurrence } from './windows.ts';

type CallWords = (words: readonly string[]) => string;

const folder = (path = ''): string => (path === '/' || path === '' ? 'the top folder' : path);

const callWords: Readonly<Record<string, CallWords>> = {
  creat: ([path]) => `create ${path ?? ''}, empty`,
  mkdir: ([path]) => `make the folder ${path ?? ''}`,
  rmdir: ([path]) => `remove the folder ${path ?? ''}`,
  symlink: ([target, path]) => `make the symbolic link ${path ?? ''} to ${target ?? ''}`,
  link: ([from, to]) => `give ${from ?? ''} the second name ${to ?? ''}`,
  unlink: ([path]) => `remove ${path ?? ''}`,
  rename: ([from, to]) => `rename ${from ?? ''} to ${to ?? ''}`,
  exchange: ([left, right]) => `exchange the names ${left ?? ''} and ${right ?? ''}`,
  truncate: ([path, size]) => `cut ${path ?? ''} to ${size ?? ''} bytes`,
  chmod: ([path, mode]) => `set the mode of ${path ?? ''} to 0o${Number(mode).toString(8)}`,
  setxattr: ([path, name]) => `set the attribute ${name ?? ''} of ${path ?? ''}`,
  write: ([path, offset, length, tag]) =>
    `write ${length ?? ''} bytes ${tag ?? ''} to ${path ?? ''}${offset === '0' ? '' : `, at byte ${offset ?? ''}`}`,
  writetrunc: ([path, length, tag]) =>
    `open ${path ?? ''} with O_TRUNC, write ${length ?? ''} bytes ${tag ?? ''}, close it`,
  append: ([path, length, tag]) => `append ${length ?? ''} bytes ${tag ?? ''} to ${path ?? ''}`,
  writesync: ([path, , length, tag]) =>
    `write ${length ?? ''} bytes ${tag ?? ''} to ${path ?? ''} with O_SYNC`,
  fsync: ([path]) => `fsync ${folder(path)}`,
  fdatasync: ([path]) => `fdatasync ${folder(path)}`,
  syncfs: () => 'syncfs: wait for the whole file system',
  sync: () => 'sync: wait for everything',
  commit: () => 'wait for a commit',
  sleep: () => 'wait',
  subvol: ([path]) => `make the subvolume ${path ?? ''}`,
  snapshot: ([from, to]) => `make the snapshot ${to ?? ''} of ${from ?? ''}`,
  subdelete: ([path]) => `delete the subvolume ${path ?? ''}`,
  setdefault: ([path]) => `make ${path ?? ''} the default subvolume`,
};

/** A call in words. */
export function callInWords([name, ...words]: LitmusCall): string {
  const key = name === 'owrite' ? 'write' : String(name);
  const tell = Object.hasOwn(callWords, key) ? callWords[key] : undefined;
  const texts = words.map(String);
  return tell === undefined ? [name, ...texts].join(' ') : tell(texts);
}

/** What the running system shows before the program and after it. */
export interface Versions {
  readonly before: Observation;
  readonly after: Observation;
  /** What the paths name. */
  readonly noun: 'file' | 'image';
}

/** An observation in plain words. */
export function outcomeText(observation: Observation, versions: Versions): string {
  const parts = Object.entries(observation).map(([path, word]) => pathText(path, word, versions));
  return `${parts.join('; ')}.`;
}

const errorNames: Readonly<Record<string, string>> = {
  err5: 'input/output error, EIO',
  err74: 'bad message, EBADMSG',
  err117: 'structure needs cleaning, EUCLEAN',
};

function pathText(path: string, word: string, { before, after, noun }: Versions): string {
  const old = before[path] ?? 'absent';
  const next = after[path] ?? 'absent';
  const [name = '', aspect] = path.split('#', 2);
  if (aspect !== undefined) return aspectText(name, aspect, word, old === word && next !== word);
  if (word === 'absent') return old === 'absent' ? `${name} is not there` : `${name} is gone`;
  if (word in errorNames) {
    return `${name} cannot be read (${errorNames[word] ?? ''})`;
  }
  if (word === 'dir') return `${name} is a folder`;
  if (word.startsWith('symlink:')) return `${name} points to ${word.slice('symlink:'.length)}`;
  if (word === old) return old === next ? `${name} is unchanged` : `${name} is the old ${noun}`;
  if (word === 'empty') return `${name} is there, but empty`;
  const [source] = Object.keys(before).filter((other) => before[other] === word);
  if (source !== undefined) return `${name} holds what ${source} held before`;
  if (word === next) return `${name} is the new ${noun}, complete`;
  const [target] = Object.keys(after).filter((other) => after[other] === word);
  if (target !== undefined) return `${name} holds the new ${target}, complete`;
  return contentText(name, word, old, next);
}

function aspectText(name: string, aspect: string, word: string, isOld: boolean): string {
  const age = isOld ? ', as before' : '';
  if (aspect === 'mode') return `${name} has the mode ${word}${age}`;
  if (aspect === 'n') return `${folder(name)} holds ${word.slice(1)} names${age}`;
  const attribute = aspect.slice(2);
  return word === 'noattr'
    ? `${name} has no attribute ${attribute}`
    : `${name} has the attribute ${attribute}=${word}${age}`;
}

interface Run {
  readonly letters: string;
  readonly lengthBytes: number;
}

function runsOf(word: string): readonly Run[] {
  return word.split('+').map((part) => {
    const match = /^(?:\{([^}]+)\}|(.))(\d+)$/u.exec(part);
    return { letters: match?.[1] ?? match?.[2] ?? '?', lengthBytes: Number(match?.[3] ?? 0) };
  });
}

const lengthOf = (word: string): number =>
  word === 'empty' || word === 'absent'
    ? 0
    : runsOf(word).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);

function contentText(name: string, word: string, old: string, next: string): string {
  const runs = runsOf(word);
  const letters = new Set(runs.flatMap((run) => [...run.letters]));
  const total = lengthOf(word);
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) {
    if (only.letters.startsWith('0')) {
      const full =
        total === lengthOf(next) ? 'its full length' : `a length of ${String(total)} bytes`;
      return only.letters.length > 1
        ? `${name} has ${full}, but some or all of it reads as zeros`
        : `${name} has ${full}, but reads as zeros`;
    }
    if (letters.size === 2 && !letters.has('0') && total === lengthOf(old)) {
      return `${name} is a mix: each sector holds the old bytes or the new ones`;
    }
  }
  return `${name} holds ${runs.map(runText).join(', then ')}`;
}

function runText({ letters, lengthBytes }: Run): string {
  const named = [...letters].map((letter) => (letter === '0' ? 'zeros' : letter));
  const length = String(lengthBytes);
  const [only = ''] = named;
  if (named.length === 1) {
    return only === 'zeros' ? `${length} zero bytes` : `${length} bytes ${only}`;
  }
  return `${length} bytes of which each sector is ${named.join(' or ')}`;
}

/** A time in words. */
export function timeText(microseconds: number): string {
  if (microseconds === 0) return '0 s';
  if (microseconds < 100_000) {
    return `${String(Math.max(1, Math.round(microseconds / 1000)))} ms`;
  }
  return `${String(Number((microseconds / 1_000_000).toFixed(1)))} s`;
}

/** A stretch of time in words. */
export function spanText({ fromMicroseconds: from, toMicroseconds: to }: TimeSpan): string {
  const isFromStart = from < 1000;
  if (to === Infinity) return isFromStart ? 'at any time' : `from ${timeText(from)} on`;
  if (isFromStart) return `until ${timeText(to)}`;
  return timeText(from) === timeText(to)
    ? `at ${timeText(from)}`
    : `from ${timeText(from)} to ${timeText(to)}`;
}

/** Instants closer together than this are told as one. */
const sameMicroseconds = 100_000;

/** What is possible beyond what the clocks bring. */
function beyondText({ spans, possible, certainMicroseconds: certain }: Occurrence): string {
  const first = spans[0]?.fromMicroseconds ?? 0;
  const last = spans.at(-1)?.toMicroseconds ?? 0;
  const isEarlier = first - possible.fromMicroseconds > sameMicroseconds;
  const isLater = last < Infinity && possible.toMicroseconds - last > sameMicroseconds;
  const until = `${isEarlier ? 'and' : 'possible'} until ${timeText(possible.toMicroseconds)}`;
  const beyond = possible.toMicroseconds === Infinity ? 'possible at any later time' : until;
  const isSure = certain !== undefined && certain > 0;
  const parts = [
    ...(isEarlier ? ['possible earlier'] : []),
    ...(isLater ? [beyond] : []),
    ...(isSure ? [`certain from ${timeText(certain)} on`] : []),
  ];
  return parts.length === 0 ? '.' : `; ${parts.join(', ').replace(', and until', ' and until')}.`;
}

/** What the clocks bring; where they bring it for good, that is as certain as anything when the bounds are the same. */
function usualText(occurrence: Occurrence, times: string): string {
  const { spans, possible, certainMicroseconds: certain } = occurrence;
  const first = spans[0]?.fromMicroseconds ?? 0;
  const isSure = certain !== undefined && Math.abs(certain - first) < sameMicroseconds;
  if (!isSure || spans.length > 1) return `Usually ${times}${beyondText(occurrence)}`;
  const isEarlier = first - possible.fromMicroseconds > sameMicroseconds;
  return `Certain from ${timeText(Math.max(certain, first))} on${isEarlier ? ', possible earlier' : ''}.`;
}

/** Likelihood and time in a sentence, in the words of the legend; times count from the start of the program. */
export function occurrenceText(occurrence: Occurrence): string {
  const times = occurrence.spans.map(spanText).join(', and ');
  switch (occurrence.likelihood) {
    case 'certain':
      return 'Certain, whenever the power fails.';
    case 'usual':
      return usualText(occurrence, times);
    case 'momentary':
      return `Usually only for a moment, ${times}${beyondText(occurrence)}`;
    case 'slow-drive':
      return `On a slow drive ${times}${beyondText(occurrence)}`;
    case 'unseen':
      return 'Allowed by the model, and never seen in the recordings.';
    case 'possible':
      return `Possible ${spanText(occurrence.possible)}.`;
  }
}

/** Whether a change in words is more than one thing. */
export function isPlural(change: string): boolean {
  return /^(some of )?the (new )?(bytes|blocks)/.test(change);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
