/**
 * A running machine: mounts over memfs trees, processes on simulated time, every change recorded. Pull the plug and
 * it is gone; what was on the disk is for others to say.
 */
import type { BlobTable } from '../model/content.ts';
import type { Inode } from '../model/cell-table.ts';
import { recordedTiming, type DeviceTiming, type VolumeId } from '../model/device.ts';
import { assert } from '../model/lab-error.ts';
import { operationCountMax, terminalLineCountMax } from '../model/limits.ts';
import type { Effect, Stage } from '../model/operation.ts';
import type { TerminalLine } from '../model/report.ts';
import { ImageBuilder, Volume } from '../model/volume.ts';
import { BlobBytes } from './blob-bytes.ts';
import { barrierMicroseconds, callMicroseconds, sendMicroseconds } from './cost.ts';
import { MountTable } from './mount-table.ts';
import { Overlay, type OverlayLayers } from './overlay.ts';
import { protections, type Caller, type Protection } from './permissions.ts';
import { SystemError, type Procedure } from './process.ts';
import { RamTree } from './ram-tree.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { Account } from './space-account.ts';

/** What a machine is switched on with. */
export interface KernelOptions {
  readonly volumes: readonly Volume[];
  readonly blobs: BlobTable;
  readonly timing?: DeviceTiming;
  readonly startMicroseconds?: number;
  /** First operation index; a machine that goes on after a crash continues counting. */
  readonly operationIndexStart?: number;
  /** Default: all, as systemd sets them. */
  readonly protects?: ReadonlySet<Protection>;
}

/** Data and names of one volume that are only in memory. */
interface DirtyVolume {
  readonly files: Map<Inode, number>;
  metadata: boolean;
}

/** A process that has been started. */
interface Task {
  readonly process: SimulatedProcess;
  readonly procedure: Procedure<unknown>;
  wakeMicroseconds: number;
  done: boolean;
}

/** The kernel of one machine between power on and power off. */
export class Kernel {
  readonly blobs: BlobTable;
  readonly mounts = new MountTable();
  readonly protects: ReadonlySet<Protection>;
  readonly stages: Stage[] = [];
  readonly terminal: TerminalLine[] = [];
  terminalDropped = 0;
  readonly #trees = new Map<VolumeId, RamTree>();
  readonly #bytes: BlobBytes;
  readonly #timing: DeviceTiming;
  readonly #dirty = new Map<VolumeId, DirtyVolume>();
  readonly #busyUntil = new Map<VolumeId, number>();
  readonly #accounts = new Map<VolumeId, Account>();
  readonly #overlays = new Map<VolumeId, Overlay>();
  readonly #tasks: Task[] = [];
  #now: number;
  #index: number;
  #processCount = 0;
  #memoryCount = 0;
  /** Set while a call runs: the end of its simulated time. */
  #callEnd = 0;

  constructor(options: KernelOptions) {
    this.blobs = options.blobs;
    this.#bytes = new BlobBytes(options.blobs);
    this.protects = options.protects ?? new Set(protections);
    this.#timing = options.timing ?? recordedTiming;
    this.#now = options.startMicroseconds ?? 0;
    this.#index = options.operationIndexStart ?? 0;
    for (const volume of options.volumes) {
      this.#trees.set(volume.description.id, new RamTree(volume, this.#bytes));
    }
  }

  /** Simulated time. */
  get nowMicroseconds(): number {
    return this.#now;
  }

  /** Index that the next operation gets. */
  get operationIndex(): number {
    return this.#index;
  }

  /** The RAM view of a volume. Throws `broken-code` for a volume that this machine does not have. */
  tree(volume: VolumeId): RamTree {
    const tree = this.#trees.get(volume);
    assert(tree !== undefined, `no volume ${volume}`);
    return tree;
  }

  /** Whether the machine has this volume. */
  hasVolume(volume: VolumeId): boolean {
    return this.#trees.has(volume);
  }

  /** Volumes that survive a power cut, in the order in which they were given. */
  get volumes(): readonly Volume[] {
    return [...this.#trees.values()]
      .map(({ volume }) => volume)
      .filter(({ description }) => description.profile !== 'tmpfs');
  }

  /** A file system in memory, empty. */
  memoryTree(): RamTree {
    const id = `tmpfs-${String(this.#memoryCount++)}`;
    const state = new ImageBuilder().state();
    const volume = new Volume({ id, profile: 'tmpfs', label: 'memory' }, state);
    const tree = new RamTree(volume, this.#bytes);
    this.#trees.set(id, tree);
    return tree;
  }

  /** A tree that shows two directories of one volume as one, and writes to the upper one. */
  overlayTree(layers: OverlayLayers): RamTree {
    const id = `tmpfs-${String(this.#memoryCount++)}`;
    const overlay = new Overlay(id, layers);
    const merged = new RamTree(overlay.volume, this.#bytes);
    this.#trees.set(id, merged);
    this.#overlays.set(id, overlay);
    return merged;
  }

  /** Overlays that were mounted since the machine was switched on. */
  get overlays(): readonly Overlay[] {
    return [...this.#overlays.values()];
  }

  /** From now on a volume has an account of its room, and programs that need more than there is get ENOSPC. */
  limitSpace(volume: VolumeId, account: Account): void {
    this.#accounts.set(volume, account);
  }

  /** The account of a volume; undefined for one whose size plays no part. */
  spaceOf(volume: VolumeId): Account | undefined {
    return this.#accounts.get(volume);
  }

  /**
   * Does an effect in memory and records it at the present time, lasting until the running call ends. Throws ENOSPC
   * where there is no room for it.
   */
  record(volume: VolumeId, process: number, effect: Effect, path: string): void {
    assert(this.#index < operationCountMax, 'too many operations');
    const overlay = this.#overlays.get(volume);
    if (overlay !== undefined) {
      const { id } = overlay.layers.tree.volume.description;
      overlay.mirror(effect, (below) => {
        this.record(id, process, below, path);
      });
    }
    const tree = this.tree(volume);
    const hasRoom = this.#accounts.get(volume)?.take(effect, this.#now) ?? true;
    if (!hasRoom) throw new SystemError('ENOSPC', callOf(effect), path);
    tree.apply(effect);
    tree.volume.record({
      index: this.#index++,
      volume,
      startMicroseconds: this.#now,
      endMicroseconds: this.#callEnd,
      process,
      stage: Math.max(0, this.stages.length - 1),
      effect,
      path,
    });
    this.#noteDirty(volume, effect);
  }

  #noteDirty(volume: VolumeId, effect: Effect): void {
    const dirty = this.#dirtyOf(volume);
    if (effect.kind === 'write' || effect.kind === 'write-blocks') {
      const before = dirty.files.get(effect.inode) ?? 0;
      dirty.files.set(effect.inode, before + effect.data.sizeBytes);
      dirty.metadata ||= effect.kind === 'write';
    } else if (effect.kind !== 'barrier' && effect.kind !== 'start-writeback') {
      dirty.metadata = true;
    }
  }

  #dirtyOf(volume: VolumeId): DirtyVolume {
    let dirty = this.#dirty.get(volume);
    if (dirty === undefined) {
      this.#dirty.set(volume, (dirty = { files: new Map(), metadata: false }));
    }
    return dirty;
  }

  /** The running call takes this long; operations that it records last until then. */
  charge(microseconds: number): void {
    this.#callEnd = this.#now + Math.max(1, Math.round(microseconds));
  }

  /** Charges a barrier and forgets what it made clean; inode 0 is the whole volume. */
  chargeBarrier(volume: VolumeId, inode: Inode): void {
    const overlay = this.#overlays.get(volume);
    if (overlay !== undefined) {
      const below = inode === 0 ? 0 : (overlay.upperOf(inode) ?? -1);
      this.chargeBarrier(overlay.layers.tree.volume.description.id, below);
      return;
    }
    const dirty = this.#dirtyOf(volume);
    const chosen = inode === 0 ? [...dirty.files] : entry(dirty.files, inode);
    const bytes = chosen.reduce((sum, [, size]) => sum + size, 0);
    const cost = barrierMicroseconds(this.#timing, {
      bytes,
      files: chosen.length,
      metadata: dirty.metadata,
    });
    const wait = Math.max(0, (this.#busyUntil.get(volume) ?? 0) - this.#now);
    for (const [file] of chosen) dirty.files.delete(file);
    dirty.metadata = false;
    this.charge(wait + cost);
  }

  /** Charges sending a volume's dirty bytes to the drive and waiting for them; the drive is told no flush. */
  chargeSending(volume: VolumeId): void {
    const { files } = this.#dirtyOf(volume);
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    const wait = Math.max(0, (this.#busyUntil.get(volume) ?? 0) - this.#now);
    files.clear();
    this.charge(wait + sendMicroseconds(this.#timing, bytes));
  }

  /** Starts writing a file's dirty bytes; the drive is busy with them, the caller is not. */
  startWriteback(volume: VolumeId, inode: Inode): void {
    const dirty = this.#dirtyOf(volume);
    const bytes = dirty.files.get(inode);
    if (bytes === undefined) return;
    dirty.files.delete(inode);
    const begin = Math.max(this.#now, this.#busyUntil.get(volume) ?? 0);
    const cost = this.#timing.writeMicroseconds + (bytes * 1_000_000) / this.#timing.bytesPerSecond;
    this.#busyUntil.set(volume, begin + Math.ceil(cost));
  }

  /** From here on, operations belong to a new stage. */
  stage(label: string, options: Pick<Stage, 'commitPoint' | 'note'>): void {
    this.stages.push({
      id: this.stages.length,
      label,
      startMicroseconds: this.#now,
      ...options,
    });
  }

  /** A line on the terminal. */
  print(text: string, kind: TerminalLine['kind']): void {
    if (this.terminal.length >= terminalLineCountMax) {
      this.terminal.splice(Math.floor(terminalLineCountMax / 2), 1);
      this.terminalDropped++;
    }
    this.terminal.push({ atMicroseconds: this.#now, text, kind });
  }

  /** Makes a process that can be given to a procedure. */
  process(caller: Caller): SimulatedProcess {
    return new SimulatedProcess(this, ++this.#processCount, caller);
  }

  /** Starts a procedure now; it runs when time passes. */
  start(process: SimulatedProcess, procedure: Procedure<unknown>): Task {
    const task = { process, procedure, wakeMicroseconds: this.#now, done: false };
    this.#tasks.push(task);
    return task;
  }

  /** Stops a procedure as SIGKILL does: its next call never comes. */
  kill(task: Task): void {
    task.done = true;
    task.procedure.return(undefined);
  }

  /** Lets time pass until `until`, or until no process has anything to do. */
  run(until = Infinity): void {
    for (;;) {
      const next = this.#nextTask();
      if (next === undefined || next.wakeMicroseconds > until) break;
      this.#now = Math.max(this.#now, next.wakeMicroseconds);
      this.#step(next);
    }
    if (until < Infinity) this.#now = Math.max(this.#now, until);
  }

  #nextTask(): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) {
      if (task.done) continue;
      if (next === undefined || task.wakeMicroseconds < next.wakeMicroseconds) next = task;
    }
    return next;
  }

  #step(task: Task): void {
    this.#callEnd = this.#now + callMicroseconds;
    const { done } = task.procedure.next();
    task.wakeMicroseconds = this.#callEnd;
    if (done === true) {
      task.done = true;
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
      this.#now = Math.max(this.#now, this.#callEnd - callMicroseconds);
    }
  }
}

function entry(map: ReadonlyMap<Inode, number>, inode: Inode): readonly [Inode, number][] {
  const value = map.get(inode);
  return value === undefined ? [] : [[inode, value]];
}

/** The call that needs room for an effect. */
function callOf({ kind }: Effect): string {
  return kind === 'link' ? 'mkdir' : kind === 'truncate' ? 'ftruncate' : 'write';
}
