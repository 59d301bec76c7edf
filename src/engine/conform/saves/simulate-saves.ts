/** Runs the programs that save on one file system, and tells what each file holds at each instant. */
import { Kernel } from '../../../kernel/kernel.ts';
import type { Procedure } from '../../../kernel/process.ts';
import type { SimulatedProcess } from '../../../kernel/simulated-process.ts';
import { BlobTable, type Content } from '../../../model/content.ts';
import { FileSystemState } from '../../../model/file-system-state.ts';
import { ImageBuilder, Volume } from '../../../model/volume.ts';
import { windowsOf } from '../../crash-disk.ts';
import { InstantDisk } from '../../timeline.ts';
import {
  appendLine,
  carelessSaves,
  syncedSaves,
  versionOf,
  type SaveWork,
} from './save-programs.ts';
import { commitTo, createDatabase, databaseModes } from './sqlite.ts';
import { entriesIn, savedClass, type SavedClass } from './what-is-saved.ts';

/** Pauses of the recorded programs, in microseconds. */
const betweenSaves = 50_000;
const betweenLines = 250_000;
const betweenSyncedSaves = 300_000;
const beforeSyncedPhase = 30_000_000;
const betweenCommits = 50_000;

/** Both recordings show everything on the disk 0.7 s after the programs had ended: a sync of the whole machine. */
const untilSync = 700_000;
const quiet = 31_000_000;

/** From this time on since the save returned, in milliseconds, the file is in this state. */
export type SavedSeries = readonly (readonly [
  millisecondsSinceReturn: number,
  state: SavedClass,
])[];

/** What became of entries that a program had been told are safe. */
export interface EntryLoss {
  readonly mostEntriesLost: number;
  readonly longestUnsafeMilliseconds: number;
  readonly corrupt: boolean;
}

/** What the simulation says of a file system. */
export interface SimulatedSaves {
  readonly files: ReadonlyMap<string, SavedSeries>;
  readonly logs: ReadonlyMap<string, EntryLoss>;
  /** Share of the time of the programs in which some file is neither old nor new. */
  readonly brokenShare: number;
}

/** A file that was saved, and when its program returned. */
interface Saved {
  readonly file: string;
  readonly replaces: boolean;
  readonly atMicroseconds: number;
}

/** Entry by entry, when a program was told that it is safe. */
type Acknowledged = ReadonlyMap<string, readonly number[]>;

class Machine {
  readonly volume: Volume;
  readonly blobs = new BlobTable();
  readonly #kernel: Kernel;
  readonly #os: SimulatedProcess;
  readonly work: SaveWork;

  constructor(fileSystem: string) {
    const builder = new ImageBuilder();
    for (const { file, replaces } of [...carelessSaves, ...syncedSaves]) {
      if (replaces) builder.file(builder.root, file, versionOf(this.blobs, file, 'old'));
    }
    this.volume = new Volume({ id: 'disk', profile: fileSystem, label: 'disk' }, builder.state());
    this.#kernel = new Kernel({
      volumes: [this.volume],
      blobs: this.blobs,
      startMicroseconds: 0,
      operationIndexStart: 0,
    });
    this.#os = this.#kernel.process({ user: 0, group: 0 });
    this.work = { os: this.#os, blobs: this.blobs };
    const source = { kind: 'volume', volume: 'disk' } as const;
    this.run(this.#os.mount({ mountPoint: '/', source, readOnly: false }));
  }

  get now(): number {
    return this.#kernel.nowMicroseconds;
  }

  run(procedure: Procedure): number {
    this.#kernel.start(this.#os, procedure);
    this.#kernel.run();
    return this.now;
  }

  pause(microseconds: number): void {
    this.run(this.#os.compute(microseconds));
  }

  sync(): void {
    this.run(this.#os.sync());
  }
}

/** Runs everything; the file system is named by the id of a profile. */
export function simulateSaves(fileSystem: string): SimulatedSaves {
  const machine = new Machine(fileSystem);
  const start = machine.now;
  const saved: Saved[] = [];
  const acknowledged = new Map<string, number[]>();
  const entry = (file: string, at: number): void => {
    acknowledged.set(file, [...(acknowledged.get(file) ?? []), at]);
  };
  for (const program of carelessSaves) {
    saved.push({ ...program, atMicroseconds: machine.run(program.save(machine.work)) });
    machine.pause(betweenSaves);
  }
  for (let line = 0; line < 40; line++) {
    entry('log-append', machine.run(appendLine(machine.work, 'log-append', line, false)));
    machine.pause(betweenLines);
  }
  machine.pause(beforeSyncedPhase);
  for (const program of syncedSaves) {
    saved.push({ ...program, atMicroseconds: machine.run(program.save(machine.work)) });
    machine.pause(betweenSyncedSaves);
  }
  for (let line = 0; line < 20; line++) {
    const file = 'log-append-fdatasync';
    entry(file, machine.run(appendLine(machine.work, file, line, true)));
  }
  runDatabases(machine, entry);
  const exit = machine.now;
  machine.pause(untilSync);
  machine.sync();
  machine.pause(quiet);
  return observe(machine, { saved, acknowledged, start, exit });
}

function runDatabases(machine: Machine, entry: (file: string, at: number) => void): void {
  for (const mode of databaseModes) {
    machine.run(createDatabase(machine.work, mode));
    for (let commit = 1; commit <= 10; commit++) {
      entry(mode.file, machine.run(commitTo(machine.work, mode, commit)));
      machine.pause(betweenCommits);
    }
  }
}

interface Ran {
  readonly saved: readonly Saved[];
  readonly acknowledged: Acknowledged;
  readonly start: number;
  readonly exit: number;
}

/** Walks the instants once, and looks at every file at each of them. */
function observe(machine: Machine, { saved, acknowledged, start, exit }: Ran): SimulatedSaves {
  const disk = new InstantDisk(windowsOf([machine.volume], machine.now));
  const series = new Map<string, [number, SavedClass][]>(saved.map(({ file }) => [file, []]));
  const losses = new Map([...acknowledged].map(([file, times]) => [file, new Losses(times)]));
  let brokenMicroseconds = 0;
  const instants = [start, ...[...acknowledged.values()].flat()].sort(
    (left, right) => left - right,
  );
  let next = 0;
  for (let now = start; now < Infinity;) {
    disk.advance(now);
    const state = new FileSystemState(
      machine.volume.table,
      disk.moving[0]?.replayed.cells ?? new Int32Array(0),
    );
    const read = (name: string): Content | undefined => {
      const inode = state.lookup(state.root, name);
      return inode === 0 ? undefined : state.content(inode);
    };
    let broken = false;
    for (const { file, replaces, atMicroseconds } of saved) {
      const found = savedClass(machine.blobs, file, replaces, read(file));
      const known = series.get(file);
      if (known?.at(-1)?.[1] !== found) known?.push([(now - atMicroseconds) / 1000, found]);
      broken ||= found !== 'old' && found !== 'new';
    }
    while ((instants[next] ?? Infinity) <= now) next++;
    const later = Math.min(disk.nextInstant, instants[next] ?? Infinity);
    for (const [file, loss] of losses) {
      const until = later < Infinity ? later : now;
      loss.look({ now, until }, entriesIn(machine.blobs, file, read));
    }
    if (broken) brokenMicroseconds += Math.max(0, Math.min(later, exit) - Math.min(now, exit));
    now = later > now ? later : Infinity;
  }
  return {
    files: series,
    logs: new Map([...losses].map(([file, loss]) => [file, loss.found])),
    brokenShare: brokenMicroseconds / (exit - start),
  };
}

/** Of the entries of one log: how many of those told safe are not on the disk, and for how long. */
class Losses {
  readonly #acknowledged: readonly number[];
  #most = 0;
  #longest = 0;
  #corrupt = false;

  constructor(acknowledged: readonly number[]) {
    this.#acknowledged = acknowledged;
  }

  look(
    { now, until }: { readonly now: number; readonly until: number },
    entries: number | 'corrupt',
  ): void {
    const told = this.#acknowledged.filter((at) => at <= now).length;
    if (entries === 'corrupt') {
      if (told > 0) this.#corrupt = true;
      return;
    }
    const lost = told - entries;
    if (lost <= 0) return;
    this.#most = Math.max(this.#most, lost);
    const oldest = this.#acknowledged[entries] ?? now;
    this.#longest = Math.max(this.#longest, until - oldest);
  }

  get found(): EntryLoss {
    return {
      mostEntriesLost: this.#most,
      longestUnsafeMilliseconds: this.#longest / 1000,
      corrupt: this.#corrupt,
    };
  }
}
