/**
 * Starts of one machine's disks, worked out once for each way in which their files can matter to them. A file that is
 * replaced by another version from which a start goes on in the same way, or that is damaged behind the point at which a
 * start stops, makes another disk and no other start.
 */
import { boot, type BootPlan } from '../boot/boot.ts';
import type { BootMenu, DiskView, RootMount } from '../model/boot-entry.ts';
import type { BootResult } from '../model/boot-result.ts';
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import { mix, type Digest } from '../model/mix.ts';
import type { ObservedState } from '../model/observed-state.ts';
import type { RootTree } from '../model/root-tree.ts';
import { RootConditions } from './root-conditions.ts';
import type { RememberedReads } from './watched.ts';

/** The files of one root that a start asked for. */
interface AskedFiles {
  readonly root: RootConditions;
  readonly files: readonly number[];
  readonly flags: Uint8Array;
}

interface Known {
  readonly result: BootResult;
  /** Cells that it read beside those of files, volume by volume. */
  readonly own: readonly (readonly Cell[])[];
  readonly asked: readonly AskedFiles[];
}

/** Starts by menu, by the cells that they read themselves, and by the effects of files. */
export class RememberedStarts {
  readonly #plan: BootPlan;
  readonly #disk: DiskView;
  readonly #volumes: readonly VolumeId[];
  readonly #states: readonly ObservedState[];
  readonly #roots = new Map<string, RootConditions>();
  /** Volume → cells that starts ever read beside those of files. */
  readonly #own: readonly Set<Cell>[];
  readonly #ownDigest: Digest = { low: 0, high: 0 };
  readonly #known = new Map<string, Known>();
  /** By whoever joins cells to what it knows, and root: findings whose cells it has joined. */
  readonly #joined = new WeakMap<object, Map<RootConditions, Uint8Array>>();
  #last: Known | undefined;
  /** How often a start was worked out; for the bench. */
  computations = 0;

  constructor(plan: BootPlan, disk: DiskView, states: ReadonlyMap<VolumeId, ObservedState>) {
    this.#plan = plan;
    this.#disk = disk;
    this.#volumes = [...states.keys()];
    this.#states = [...states.values()];
    this.#own = this.#volumes.map(() => new Set<Cell>());
  }

  /** A cell has changed. */
  changed(volume: VolumeId, cell: Cell, value: number, before: number): void {
    const place = this.#volumes.indexOf(volume);
    if (this.#own[place]?.has(cell) === true) {
      this.#move(place, cell, before);
      this.#move(place, cell, value);
    }
    for (const root of this.#roots.values()) root.changed(volume, cell, value);
  }

  /** The start of the disk as it is now, by its menu; equal menus have equal numbers. Notes the cells outside of files. */
  of(menu: BootMenu, menuNumber: number): BootResult {
    const known = this.#known.get(this.#key(menuNumber)) ?? this.#learn(menu, menuNumber);
    known.own.forEach((cells, place) => {
      for (const cell of cells) this.#states[place]?.reads?.add(cell);
    });
    this.#last = known;
    return known.result;
  }

  /** The cells that the start asked for last read by way of files. Good for the disk as it is now. */
  get reads(): RememberedReads | undefined {
    const known = this.#last;
    if (known === undefined) return undefined;
    return {
      has: (volume, cell) =>
        known.asked.some(({ root, flags }) => {
          root.refresh();
          return root.dependOn(flags, volume, cell);
        }),
      takeNew: (joining, take) => {
        for (const { root, files } of known.asked) {
          root.takeNew(files, this.#joinedBy(joining, root), take);
        }
      },
      each: (take) => {
        for (const { root, files } of known.asked) {
          root.takeNew(files, new Uint8Array(root.findingCount), take);
        }
      },
    };
  }

  #joinedBy(joining: object, root: RootConditions): Uint8Array {
    let ofJoining = this.#joined.get(joining);
    if (ofJoining === undefined) {
      this.#joined.set(joining, (ofJoining = new Map<RootConditions, Uint8Array>()));
    }
    let joined = ofJoining.get(root);
    if (joined === undefined || joined.length < root.findingCount) {
      const longer = new Uint8Array(2 * root.findingCount);
      if (joined !== undefined) longer.set(joined);
      ofJoining.set(root, (joined = longer));
    }
    return joined;
  }

  #move(place: number, cell: Cell, value: number): void {
    const salt = Math.imul(cell, 0x9e3779b1) ^ mix(place + 1, 0x51ed270b);
    this.#ownDigest.low ^= mix(value, salt);
    this.#ownDigest.high ^= mix(value, ~salt);
  }

  #key(menuNumber: number): string {
    let { low, high } = this.#ownDigest;
    for (const root of this.#roots.values()) {
      root.refresh();
      low = mix(low ^ root.digest.low, 0x2545f491);
      high = mix(high ^ root.digest.high, 0x6a09e667);
    }
    return `${String(menuNumber)} ${String(low)} ${String(high)}`;
  }

  #learn(menu: BootMenu, menuNumber: number): Known {
    this.computations++;
    const outer = this.#states.map(({ reads }) => reads);
    const inner = this.#states.map((state) => (state.reads = new Set<Cell>()));
    for (const root of this.#roots.values()) root.asked = new Set();
    const conditions = (mounts: readonly RootMount[], tree: RootTree) => {
      const root = this.#root(mounts, tree);
      return root.at.bind(root);
    };
    const input = { menu, disk: this.#disk, plan: this.#plan, loader: 'same', conditions } as const;
    const result = boot(input);
    this.#states.forEach((state, place) => (state.reads = outer[place]));
    const asked = [...this.#roots.values()].map((root) => askedOf(root));
    const own = inner.map((cells, place) => this.#widen(place, cells));
    const known = { result, own, asked };
    this.#known.set(this.#key(menuNumber), known);
    return known;
  }

  #widen(place: number, cells: ReadonlySet<Cell>): readonly Cell[] {
    for (const cell of cells) {
      if (this.#own[place]?.has(cell) === true) continue;
      this.#own[place]?.add(cell);
      this.#move(place, cell, this.#states[place]?.cells[cell] ?? 0);
    }
    return [...cells];
  }

  #root(mounts: readonly RootMount[], tree: RootTree): RootConditions {
    const name = mounts.map(
      ({ mountPoint, volume, directory }) => `${mountPoint} ${volume} ${String(directory)}`,
    );
    const key = name.join('|');
    let root = this.#roots.get(key);
    if (root === undefined) {
      const states = new Map(
        this.#volumes.flatMap((volume, place): [VolumeId, ObservedState][] => {
          const state = this.#states[place];
          return state === undefined ? [] : [[volume, state]];
        }),
      );
      root = new RootConditions(tree, states, this.#plan.atPath.size);
      root.asked = new Set();
      this.#roots.set(key, root);
    }
    return root;
  }
}

function askedOf(root: RootConditions): AskedFiles {
  const files = [...(root.asked ?? [])];
  root.asked = undefined;
  const flags = new Uint8Array(Math.max(0, ...files) + 1);
  for (const file of files) flags[file] = 1;
  return { root, files, flags };
}
