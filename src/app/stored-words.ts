/** Words for what is stored, and the sentence and the table that stand for the picture. */
import {
  storedStates,
  waitingFlag,
  type StoredListing,
  type StoredState,
} from '../model/stored-listing.ts';
import { capital, listed } from './words.ts';

/** A state in words. */
export const wordsOfState: { readonly [state in StoredState]: string } = {
  before: 'as before',
  updated: 'updated',
  earlier: 'between old and new',
  torn: 'torn',
  empty: 'empty',
  lost: 'lost',
  memory: 'not yet written',
};

/** How many files are in which state, and of how many a change is only in memory. */
export interface StoredTally {
  readonly counts: { readonly [state in StoredState]: number };
  readonly waiting: number;
  readonly files: number;
}

/** State of a row of the columns; of what is not on the disk at all, nothing else is said to wait. */
export function stateOf(code: number): { readonly state: StoredState; readonly waits: boolean } {
  const isWaiting = code >= waitingFlag;
  const state = storedStates[isWaiting ? code - waitingFlag : code] ?? 'before';
  return { state, waits: isWaiting && state !== 'memory' && state !== 'lost' };
}

/** Counts the files of some rows. */
export function tallyOf(codes: Uint8Array, rows?: Iterable<number>): StoredTally {
  const counts = { before: 0, updated: 0, earlier: 0, torn: 0, empty: 0, lost: 0, memory: 0 };
  let waiting = 0;
  let files = 0;
  for (const row of rows ?? codes.keys()) {
    const { state, waits } = stateOf(codes[row] ?? 0);
    counts[state]++;
    files++;
    if (waits) waiting++;
  }
  return { counts, waiting, files };
}

/** `212 as before, 3 torn`, without the states that do not occur. */
export function tallyText({ counts, waiting, files }: StoredTally): string {
  const parts = storedStates
    .filter((state) => counts[state] > 0)
    .map((state) =>
      counts[state] === files && files > 1
        ? `all ${wordsOfState[state]}`
        : `${counts[state].toLocaleString('en')} ${wordsOfState[state]}`,
    );
  const later = waiting === 0 ? '' : `; ${waiting.toLocaleString('en')} with a change in memory`;
  return `${parts.join(', ')}${later}`;
}

/** One file in words. */
export function fileText(code: number): string {
  const { state, waits } = stateOf(code);
  const change = waits ? ', a change is only in memory' : '';
  return `${wordsOfState[state]}${change}`;
}

/** A size with two or three figures: `812 B`, `4.1 kB`, `63 MB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

const damage: readonly StoredState[] = ['torn', 'empty', 'lost'];
const namedPackageCountMax = 3;

/** The picture in a sentence or two. */
export function storedSentence(name: string, listing: StoredListing): string {
  const tallies = listing.volumes.map((volume) => tallyOf(volume.stateOf));
  const sum = (of: (tally: StoredTally) => number): number =>
    tallies.reduce((total, tally) => total + of(tally), 0);
  const files = sum((tally) => tally.files);
  const parts = storedStates.flatMap((state) => {
    const count = sum(({ counts }) => counts[state]);
    return count === 0 ? [] : [`${count.toLocaleString('en')} ${wordsOfState[state]}`];
  });
  const waiting = sum((tally) => tally.waiting);
  const later =
    waiting === 0
      ? ''
      : ` Of ${waiting.toLocaleString('en')} that are on the disk, a change is only in memory and goes with the power.`;
  const all = files.toLocaleString('en');
  return `Of ${all} names on the disk of ${name} and in its memory: ${listed(parts)}.${later}${damageText(listing)}`;
}

function damageText(listing: StoredListing): string {
  const counts = new Map<string, number>();
  for (const { stateOf: codes, ownerOf } of listing.volumes) {
    codes.forEach((code, row) => {
      if (!damage.includes(stateOf(code).state)) return;
      const owner = listing.owners[ownerOf[row] ?? 0] ?? '';
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    });
  }
  if (counts.size === 0) return '';
  const worst = [...counts].sort(([, left], [, right]) => right - left);
  const named = worst
    .slice(0, namedPackageCountMax)
    .map(([owner, count]) => `${owner} (${count.toLocaleString('en')})`);
  const more = worst.length - named.length;
  return ` ${capital('torn, empty or lost are files of')} ${listed(named)}${more > 0 ? ` and of ${more} more` : ''}.`;
}

/** One line of the table: a part of a volume. */
export interface PartRow {
  readonly volume: string;
  readonly part: string;
  readonly tally: StoredTally;
}

/** The picture as a table: each part that holds files of its own. */
export function partRows({ volumes }: StoredListing): readonly PartRow[] {
  return volumes.flatMap(({ label, fileSystem, blocks, blockOf, stateOf: codes }) => {
    const rows = blocks.map((): number[] => []);
    blockOf.forEach((block, row) => rows[block]?.push(row));
    return blocks.flatMap((block, place) => {
      const own = rows[place] ?? [];
      if (own.length === 0) return [];
      const part = place === 0 ? 'the rest of it' : block.label;
      const isWhole = place === 0 && own.length === codes.length;
      return [
        {
          volume: `${label} (${fileSystem})`,
          part: isWhole ? 'all of it' : part,
          tally: tallyOf(codes, own),
        },
      ];
    });
  });
}
