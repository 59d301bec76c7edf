/**
 * What is at the paths of one root, as starts ask for it, kept up to date cell by cell: a file is looked at again only
 * when a cell that it was read from has changed to something new. Findings from which a start goes on in the same way
 * have one effect, so a digest over the effects of all files names what they mean for starts.
 */
import { startEffect } from '../boot/userspace.ts';
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import { conditionAt, type ExpectedVersion, type FileCondition } from '../model/expected-file.ts';
import { mix, type Digest } from '../model/mix.ts';
import type { ObservedState } from '../model/observed-state.ts';
import type { RootTree } from '../model/root-tree.ts';
import { FileDigests } from '../survival/file-digests.ts';

/** What was found at a path, and the cells that say so, volume by volume. */
interface Finding {
  readonly condition: FileCondition;
  readonly effect: number;
  readonly reads: readonly (readonly Cell[])[];
}

/** A path that was asked for. */
interface Asked {
  readonly path: string;
  readonly expected: readonly ExpectedVersion[];
  /** Digest of its cells → number of the finding. */
  readonly known: Map<number, number>;
}

const notLookedAt = -1;

/** The files of one root. */
export class RootConditions {
  readonly #tree: RootTree;
  readonly #volumes: readonly VolumeId[];
  readonly #states: readonly ObservedState[];
  readonly #digests: FileDigests;
  readonly #files: Asked[] = [];
  readonly #places = new Map<string, number>();
  readonly #findings: Finding[] = [];
  readonly #effects = new Map<string, number>();
  /** File → its finding on the disk as it is now, as far as it is not dirty. */
  readonly #current: Int32Array;
  readonly #dirty = new Set<number>();
  /** Of the effects of all files that were asked for; ask {@link refresh} first. */
  readonly digest: Digest = { low: 0, high: 0 };
  /** While a start is worked out: the files that it asks for. */
  asked: Set<number> | undefined;

  constructor(
    tree: RootTree,
    states: ReadonlyMap<VolumeId, ObservedState>,
    /** No more files than this are asked for. */
    fileCountMax: number,
  ) {
    this.#tree = tree;
    this.#volumes = [...states.keys()];
    this.#states = [...states.values()];
    this.#digests = new FileDigests(this.#volumes.length, fileCountMax);
    this.#current = new Int32Array(fileCountMax).fill(notLookedAt);
  }

  /** What `conditionAt` says; a path is always asked for with the same expectation. */
  at(path: string, expected: readonly ExpectedVersion[]): FileCondition {
    let file = this.#places.get(path);
    if (file === undefined) {
      file = this.#files.length;
      this.#places.set(path, file);
      this.#files.push({ path, expected, known: new Map() });
      this.#show(file);
    } else if (this.#dirty.delete(file)) this.#show(file);
    this.asked?.add(file);
    const found = this.#findings[this.#current[file] ?? notLookedAt];
    return found?.condition ?? conditionAt(this.#tree, path, expected);
  }

  /** A cell has changed. */
  changed(volume: VolumeId, cell: Cell, value: number): void {
    this.#digests.changed(this.#volumes.indexOf(volume), cell, value, this.#dirty);
  }

  /** Brings the files up to date that were asked for so far. */
  refresh(): void {
    if (this.#dirty.size === 0) return;
    for (const file of this.#dirty) this.#show(file);
    this.#dirty.clear();
  }

  /** Whether one of these files is what it is because of the cell. `files` has a flag per file. */
  dependOn(files: Uint8Array, volume: VolumeId, cell: Cell): boolean {
    const place = this.#volumes.indexOf(volume);
    return this.#digests.readersOf(place, cell).some((file) => {
      if (files[file] !== 1) return false;
      const found = this.#findings[this.#current[file] ?? notLookedAt];
      return found?.reads[place]?.includes(cell) === true;
    });
  }

  /** The cells of files whose findings have no flag yet; sets the flags. */
  takeNew(
    files: readonly number[],
    taken: Uint8Array,
    take: (volume: VolumeId, cell: Cell) => void,
  ): void {
    for (const file of files) {
      const number = this.#current[file] ?? notLookedAt;
      if (taken[number] === 1) continue;
      taken[number] = 1;
      this.#findings[number]?.reads.forEach((cells, place) => {
        for (const cell of cells) take(this.#volumes[place] ?? '', cell);
      });
    }
  }

  /** How many findings there are so far. */
  get findingCount(): number {
    return this.#findings.length;
  }

  #show(file: number): void {
    const asked = this.#files[file];
    if (asked === undefined) return;
    const now = asked.known.get(this.#digests.keyOf(file)) ?? this.#look(file, asked);
    const before = this.#current[file] ?? notLookedAt;
    if (now === before) return;
    this.#current[file] = now;
    this.#move(file, this.#findings[before]?.effect);
    this.#move(file, this.#findings[now]?.effect);
  }

  #move(file: number, effect: number | undefined): void {
    if (effect === undefined) return;
    const salt = Math.imul(file + 1, 0x9e3779b1);
    this.digest.low ^= mix(effect, salt);
    this.digest.high ^= mix(effect, ~salt);
  }

  /** Whoever is noting reads outside gets none of these. */
  #look(file: number, { path, expected, known }: Asked): number {
    const outer = this.#states.map(({ reads }) => reads);
    const inner = this.#states.map((state) => (state.reads = new Set<Cell>()));
    const condition = conditionAt(this.#tree, path, expected);
    this.#states.forEach((state, place) => (state.reads = outer[place]));
    let isWider = false;
    const reads = inner.map((cells, place) => {
      for (const cell of cells) {
        const value = this.#states[place]?.cells[cell] ?? 0;
        if (this.#digests.register(file, place, cell, value)) isWider = true;
      }
      return [...cells];
    });
    // What was known under fewer cells has no key any more.
    if (isWider) known.clear();
    const effect = this.#effectOf(startEffect(condition, expected));
    const number = this.#findings.push({ condition, effect, reads }) - 1;
    known.set(this.#digests.keyOf(file), number);
    return number;
  }

  #effectOf(name: string): number {
    const number = this.#effects.get(name) ?? this.#effects.size;
    this.#effects.set(name, number);
    return number;
  }
}
