/**
 * What each volume adds to a census, as a digest. An outcome does not ask which file is torn but how many of which role
 * are, so files of equal role and state are interchangeable, and the digest adds one word per file up: whatever order or
 * names they have, equal counts are equal sums. That holds for a file that was read from one volume alone, because then
 * no other volume has a say in its state; of a file behind several volumes the cells themselves count.
 */
import { mix, type Digest } from '../model/mix.ts';
import type { CensusPlan, PlannedFile } from './census-plan.ts';
import type { FileDigests } from './file-digests.ts';
import type { FileStatus } from './tally.ts';

const statuses: readonly FileStatus[] = [
  'same',
  'old',
  'new',
  'absent-old',
  'absent-new',
  'torn',
  'missing',
  'not counted',
];

/** Everything that a tally tells files apart by. */
function roleOf(file: PlannedFile): string {
  const { kind, boot, group, application, before, after } = file;
  const version = kind === 'module' ? (before ?? after)?.version : undefined;
  return [kind, version, boot, group, application, before !== undefined, after !== undefined].join(
    '|',
  );
}

/** Digests of the volumes of one census. */
export class CensusShares {
  readonly #digests: FileDigests;
  readonly #sums: readonly Digest[];
  readonly #roles: Int32Array;
  readonly #statuses: Uint8Array;
  /** File → the volume whose sum it is in, or -1. */
  readonly #volumeOf: Int32Array;
  readonly #ofSeveral = new Set<number>();

  constructor(plan: CensusPlan, digests: FileDigests, volumeCount: number) {
    this.#digests = digests;
    this.#sums = Array.from({ length: volumeCount }, () => ({ low: 0, high: 0 }));
    const numbers = new Map<string, number>();
    this.#roles = Int32Array.from(plan.files, (file) => {
      const role = roleOf(file);
      const number = numbers.get(role) ?? numbers.size;
      numbers.set(role, number);
      return number;
    });
    this.#statuses = new Uint8Array(plan.files.length).fill(statuses.indexOf('not counted'));
    this.#volumeOf = new Int32Array(plan.files.length).fill(-1);
  }

  /** A file is in another state. */
  move(file: number, status: FileStatus): void {
    this.#add(file, -1);
    this.#statuses[file] = statuses.indexOf(status);
    this.#add(file, 1);
  }

  /** A file was read from more cells than before. */
  reread(file: number): void {
    this.#add(file, -1);
    const volume = this.#digests.onlyVolumeOf(file);
    this.#volumeOf[file] = volume;
    if (volume < 0) this.#ofSeveral.add(file);
    else this.#add(file, 1);
  }

  #add(file: number, sign: 1 | -1): void {
    const sum = this.#sums[this.#volumeOf[file] ?? -1];
    if (sum === undefined) return;
    const state = (this.#roles[file] ?? 0) * statuses.length + (this.#statuses[file] ?? 0) + 1;
    sum.low = (sum.low + sign * mix(state, 0x3c6ef372)) | 0;
    sum.high = (sum.high + sign * mix(state, 0x1b873593)) | 0;
  }

  /** What a volume adds. */
  partOf(volume: number): Digest {
    let { low = 0, high = 0 } = this.#sums[volume] ?? {};
    for (const file of this.#ofSeveral) {
      const [ownLow, ownHigh] = this.#digests.partOf(file, volume);
      low = (low + mix(ownLow, file)) | 0;
      high = (high + mix(ownHigh, ~file)) | 0;
    }
    return { low, high };
  }
}
