/** Of a start, what decides what became of data: the root in which they are looked for, and what it takes to reach them. */
import type { BootResult } from '../model/boot-result.ts';
import type { Cell } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import type { Watched, WatchedInput } from './watched.ts';

/** A start as an input of fates: a damaged library changes the start, and mostly nothing about a thesis. */
export class StartReach implements WatchedInput {
  readonly #start: Watched<BootResult>;
  readonly #numbers = new Map<string, number>();
  /** Start → its number, so that no words are put together twice. */
  readonly #known = new WeakMap<BootResult, number>();

  constructor(start: Watched<BootResult>) {
    this.#start = start;
  }

  get number(): number {
    const start = this.#start.get();
    let number = this.#known.get(start);
    if (number === undefined) {
      const { verdict, entry, failure, tree } = start;
      const root = entry?.root.map((mount) => Object.values(mount).join(' ')) ?? [];
      const isWhole = tree !== undefined && failure?.kind !== 'no root';
      const { kind, how } = verdict.wayBack;
      const version = entry?.version ?? '';
      const name = [verdict.starts, kind, how, isWhole, version, ...root].join('|');
      number = this.#numbers.get(name) ?? this.#numbers.size;
      this.#numbers.set(name, number);
      this.#known.set(start, number);
    }
    return number;
  }

  get silent(): boolean {
    return this.#start.silent;
  }

  set silent(silent: boolean) {
    this.#start.silent = silent;
  }

  dependsOn(volume: VolumeId, cell: Cell): boolean {
    return this.#start.dependsOn(volume, cell);
  }
}
