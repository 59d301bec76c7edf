/** The kernel of a rebuilt machine: with overlay mounts, and with a count of what programs complain about. */
import { Kernel, type KernelOptions } from '../../../kernel/kernel.ts';
import { SimulatedProcess } from '../../../kernel/simulated-process.ts';
import type { Caller } from '../../../kernel/permissions.ts';
import type { Place } from '../../../kernel/mount-table.ts';
import { rootOf } from '../../../model/cell-table.ts';
import type { VolumeId } from '../../../model/device.ts';
import type { Effect } from '../../../model/operation.ts';
import type { TerminalLine } from '../../../model/report.ts';
import { assert } from '../../../model/lab-error.ts';
import { SystemError, type Procedure } from '../../../kernel/process.ts';
import { Overlay, type DirectoryPlace } from './overlay.ts';

/** A process that can say what a path leads to. */
export class LaboratoryProcess extends SimulatedProcess {
  readonly laboratory: LaboratoryKernel;

  constructor(kernel: LaboratoryKernel, id: number, caller: Caller) {
    super(kernel, id, caller);
    this.laboratory = kernel;
  }

  override *readdir(path: string): Procedure<readonly string[]> {
    const names = yield* super.readdir(path);
    const { order } = this.laboratory;
    if (order.length === 0) return names;
    const rank = (name: string): number =>
      (order.indexOf(name) + order.length + 1) % (order.length + 1);
    return [...names].sort((left, right) => rank(left) - rank(right));
  }

  /** squashfs has no way to be written. */
  override *remount(mountPoint: string, readOnly: boolean): Procedure {
    const { mount } = this.find('mount', mountPoint, true);
    const { profile } = mount.tree.volume.description;
    if (!readOnly && profile === 'squashfs' && mount.mountPoint === mountPoint) {
      throw new SystemError('EROFS', 'mount', mountPoint);
    }
    yield* super.remount(mountPoint, readOnly);
  }

  /** The place of a path, as a mount over it needs it. */
  *placeOf(path: string): Procedure<Place> {
    yield;
    return this.find('mount', path, true);
  }
}

/** A kernel that keeps every line of its terminal. */
export class LaboratoryKernel extends Kernel {
  /** Names that directories give first; the rest follows sorted. */
  readonly order: readonly string[];
  /** Everything that was printed, in order. */
  readonly lines: { readonly text: string; readonly kind: TerminalLine['kind'] }[] = [];
  #processes = 1000;
  readonly #overlays = new Map<VolumeId, Overlay>();

  override print(text: string, kind: TerminalLine['kind']): void {
    this.lines.push({ text, kind });
  }

  override record(volume: VolumeId, process: number, effect: Effect, path: string): void {
    super.record(volume, process, effect, path);
    this.#overlays.get(volume)?.carry(effect);
  }

  /** Runs a procedure to its end and gives its result. */
  finish<Result>(os: SimulatedProcess, procedure: Procedure<Result>): Result | undefined {
    let result: Result | undefined;
    function* keeping(): Procedure {
      result = yield* procedure;
    }
    this.start(os, keeping());
    this.run();
    return result;
  }

  constructor(options: KernelOptions & { readonly order?: readonly string[] }) {
    super(options);
    this.order = options.order ?? [];
  }

  override process(caller: Caller): LaboratoryProcess {
    return new LaboratoryProcess(this, ++this.#processes, caller);
  }

  /** Mounts an overlay of directories of mounted volumes, the upper one first. */
  mountOverlay(mountPoint: string, over: Place, layers: readonly DirectoryPlace[]): void {
    const [upper, ...lowers] = layers;
    assert(upper !== undefined, 'an overlay has an upper directory');
    const tree = this.memoryTree();
    const overlay = new Overlay(tree, upper, lowers, (where, effect) => {
      super.record(where.volume.description.id, 0, effect, mountPoint);
    });
    this.#overlays.set(tree.volume.description.id, overlay);
    const root = tree.directoryLink(rootOf(0));
    this.mounts.add({ mountPoint, readOnly: false, sealed: false, over, bind: false, tree, root });
  }

  /** The directory at a path of a volume, links not followed. */
  directoryAt(volume: VolumeId, path: string): DirectoryPlace {
    const tree = this.tree(volume);
    let place: DirectoryPlace = { tree, inode: rootOf(0), parent: 0, name: '' };
    for (const name of path.split('/')) {
      if (name === '') continue;
      const parent = place.inode;
      place = { tree, inode: tree.volume.live.lookup(parent, name), parent, name };
    }
    assert(place.inode !== 0, `no ${path} on ${volume}`);
    return place;
  }
}
