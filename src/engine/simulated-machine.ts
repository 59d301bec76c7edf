/**
 * One machine from power on to power off: its volumes, its kernel, what is mounted, and the life that it leads. After
 * a power cut another machine starts from the disk that was left; nothing else is handed on.
 */
import type { Backend, MachineBrief, Work } from '../backends/backend.ts';
import { Kernel } from '../kernel/kernel.ts';
import { SystemError, type Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { DiskView, RootMount } from '../model/boot-entry.ts';
import { recordedDrive, timingOf } from '../model/device.ts';
import { assert } from '../model/lab-error.ts';
import { RootTree } from '../model/root-tree.ts';
import type { MountPlan } from '../model/system.ts';
import type { BootStage } from '../model/verdict.ts';
import type { Volume } from '../model/volume.ts';
import { lifeState, startLife } from './life.ts';
import { liveDisk, rootMounts } from './live-disk.ts';
import type { RunningProgram } from './running-programs.ts';

/** What a machine is made of. */
export interface MachineParts {
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly volumes: readonly Volume[];
  readonly startMicroseconds: number;
  readonly operationIndexStart: number;
  /** Id of the boot entry that someone chose; the default entry runs without. */
  readonly choice?: string;
  /** Set when the default entry failed and this one was started by itself: the stage that was not reached. */
  readonly wentBackAt?: BootStage;
}

/** Users and groups of the machine's people. */
export interface Person {
  readonly user: number;
  readonly group: number;
}

/** Root, who may do everything. */
export const rootUser: Person = { user: 0, group: 0 };

/** The person of this name. */
export function personOf({ release }: MachineBrief, name: string): Person {
  if (name === 'root') return rootUser;
  const account = release.accounts.find((one) => one.name === name);
  assert(account !== undefined, `no account ${name}`);
  return { user: account.uid, group: account.uid };
}

/** A machine that runs. */
export class SimulatedMachine {
  readonly kernel: Kernel;
  readonly #parts: MachineParts;
  readonly #life = startLife();
  readonly #plans: readonly MountPlan[];
  /** Programs that the start left running, where a scenario looks at them. */
  programs: readonly RunningProgram[] = [];
  /** Stages of procedures that were over when these programs ran. */
  stagesBefore = 0;

  /** Switches the machine on: firmware to login, on the disk as it is. */
  constructor(parts: MachineParts) {
    this.#parts = parts;
    const { backend, brief, volumes, startMicroseconds, operationIndexStart, choice } = parts;
    this.kernel = new Kernel({
      volumes,
      blobs: brief.blobs,
      timing: timingOf(brief.settings.drive ?? recordedDrive),
      startMicroseconds,
      operationIndexStart,
    });
    this.#plans = backend.mounts(brief, this.disk, choice);
    this.#start();
  }

  #start(): void {
    const { backend } = this.#parts;
    for (const type of [
      'power on',
      'loader found',
      'kernel loaded',
      'initramfs started',
    ] as const) {
      this.#life.send({ type });
    }
    const os = this.kernel.process(rootUser);
    this.#finish(os, mountAll(os, this.#plans));
    this.#life.send({ type: 'root mounted' });
    const { wentBackAt } = this.#parts;
    const work = { ...this.work(), ...(wentBackAt === undefined ? {} : { wentBackAt }) };
    if (backend.startup !== undefined) {
      this.#finish(work.os, reporting(work.os, backend.startup(work)));
    }
  }

  #finish(os: SimulatedProcess, procedure: Procedure<unknown>): void {
    this.kernel.start(os, procedure);
    this.kernel.run();
  }

  /** The disk with the cache: what the running machine sees. */
  get disk(): DiskView {
    return liveDisk(this.#parts.volumes, this.#parts.brief.blobs);
  }

  /** Where things are mounted, as directories of volumes. */
  get mounts(): readonly RootMount[] {
    return rootMounts(this.#plans, this.disk);
  }

  /** The tree that people of this machine see. */
  get tree(): RootTree {
    return new RootTree(this.disk, [...this.mounts, ...this.#overlays]);
  }

  /** Overlays that somebody has mounted since the start. */
  get #overlays(): readonly RootMount[] {
    const { kernel } = this;
    return kernel.mounts.mounts.flatMap(({ tree, mountPoint }) => {
      const overlay = kernel.overlays.find(({ volume }) => volume === tree.volume);
      if (overlay === undefined) return [];
      const { tree: below, lower: directory, upper } = overlay.layers;
      return [{ mountPoint, volume: below.volume.description.id, directory, upper }];
    });
  }

  /** State of the machine's life, such as `userspace.updating`. */
  get life(): string {
    return lifeState(this.#life);
  }

  /** What a procedure of the backend works with: a new process of root. */
  work(): Work & { readonly os: SimulatedProcess } {
    return { os: this.kernel.process(rootUser), brief: this.#parts.brief };
  }

  /** Runs a procedure to its end, or until it is interrupted after some time. Says whether it ended by itself. */
  perform(
    os: SimulatedProcess,
    procedure: Procedure<unknown>,
    interruptAfterMicroseconds = Infinity,
  ): boolean {
    const task = this.kernel.start(os, reporting(os, procedure));
    this.kernel.run(this.kernel.nowMicroseconds + interruptAfterMicroseconds);
    if (task.done) return true;
    this.kernel.kill(task);
    this.kernel.print('^C', 'note');
    return false;
  }

  /** Runs the backend's update to its end, or until it is interrupted. */
  update(os: SimulatedProcess, procedure: Procedure, interruptAfterMicroseconds?: number): boolean {
    this.#life.send({ type: 'update begins' });
    const ended = this.perform(os, procedure, interruptAfterMicroseconds);
    this.#life.send({ type: 'update ends' });
    return ended;
  }

  /** Lets time pass. */
  wait(microseconds: number): void {
    this.kernel.run(this.kernel.nowMicroseconds + microseconds);
  }

  /** A clean shutdown: what the system does before the power goes, then everything is written home. */
  shutDown(): void {
    const { backend } = this.#parts;
    this.#life.send({ type: 'shut down' });
    const work = this.work();
    const { os } = work;
    if (backend.shutdown !== undefined) this.perform(os, backend.shutdown(work));
    this.perform(os, writeEverything(os));
    this.#life.send({ type: 'finalized' });
  }
}

function* mountAll(os: SimulatedProcess, plans: readonly MountPlan[]): Procedure {
  for (const { mountPoint, volume, from, subvolume, readOnly, sealed, overlay } of plans) {
    if (volume === 'tmpfs') {
      yield* reporting(os, os.mount({ mountPoint, source: { kind: 'tmpfs' }, readOnly }));
    } else if (overlay !== undefined) {
      const source = { kind: 'overlay', volume, lower: from ?? '', ...overlay } as const;
      yield* reporting(os, os.mount({ mountPoint, source, readOnly }));
    } else {
      const source = {
        kind: 'volume',
        volume,
        ...(subvolume === undefined ? {} : { subvolume }),
        ...(from === undefined ? {} : { from }),
      } as const;
      const asked = { mountPoint, source, readOnly, ...(sealed === true ? { sealed } : {}) };
      yield* reporting(os, os.mount(asked));
    }
  }
}

function* writeEverything(os: SimulatedProcess): Procedure {
  yield* os.sync();
}

/** A procedure whose last words on an error go to the terminal: a program that fails does not stop the machine. */
function* reporting(os: SimulatedProcess, procedure: Procedure<unknown>): Procedure<unknown> {
  try {
    return yield* procedure;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(error.message, 'error');
    return undefined;
  }
}
