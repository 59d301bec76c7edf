/** A recorded layout as a running machine: its volumes built with the recorded counts, mounted as recorded. */
import type { Procedure } from '../../../kernel/process.ts';
import { rootOf, type Inode } from '../../../model/cell-table.ts';
import type { Volume } from '../../../model/volume.ts';
import { BlobTable } from '../../../model/content.ts';
import { LaboratoryKernel, type LaboratoryProcess } from './laboratory-kernel.ts';
import type { KindCounts, Layout, LayoutMount, VolumePath } from './layout.ts';
import { TreeBuilder, type ManifestEntry } from './tree-builder.ts';

/**
 * Directories of root's that a running system keeps in /tmp, whose sticky bit keeps others from removing them. Source:
 * systemd tmpfiles.d/x11.conf.
 */
const temporaryDirectories = ['.ICE-unix', '.X11-unix', '.XIM-unix', '.font-unix'];

/** Volumes with the table that their contents are in. */
export interface MachineVolumes {
  readonly volumes: readonly Volume[];
  readonly blobs: BlobTable;
}

/** The machine. */
export class SurvivalMachine {
  readonly kernel: LaboratoryKernel;
  readonly layout: Layout;
  /** Every file as it was before. */
  readonly manifest: readonly ManifestEntry[];
  readonly root: LaboratoryProcess;
  readonly volumes: MachineVolumes;

  /** `more` puts further files; a machine that is restarted has its volumes already. */
  constructor(
    layout: Layout,
    counts: KindCounts,
    more?: (tree: TreeBuilder) => void,
    there?: MachineVolumes,
  ) {
    const blobs = there?.blobs ?? new BlobTable();
    const tree = new TreeBuilder(blobs);
    if (there === undefined) {
      layout.build(tree, counts);
      more?.(tree);
    }
    this.layout = layout;
    this.manifest = tree.manifest;
    this.volumes = there ?? { volumes: tree.volumes(), blobs };
    const { volumes } = this.volumes;
    this.kernel = new LaboratoryKernel({ volumes, blobs, order: layout.order });
    this.root = this.kernel.process({ user: 0, group: 0 });
    this.kernel.finish(this.root, this.#mountAll());
  }

  *#mountAll(): Procedure {
    for (const mount of this.layout.mounts) yield* this.#mount(mount);
    const { root } = this;
    yield* root.mount({ mountPoint: '/tmp', source: { kind: 'tmpfs' }, readOnly: false });
    yield* root.chmod('/tmp', 0o1777);
    for (const name of temporaryDirectories) yield* root.mkdir(`/tmp/${name}`, 0o1777);
    this.kernel.lines.splice(0);
  }

  *#mount({ mountPoint, volume, path, readOnly, layers }: LayoutMount): Procedure {
    if (layers === undefined) {
      const source = { kind: 'volume', volume, subvolume: '/', from: path } as const;
      yield* this.root.mount({ mountPoint, source, readOnly });
    } else {
      const places = layers.map((layer) => this.kernel.directoryAt(layer.volume, layer.path));
      this.kernel.mountOverlay(mountPoint, yield* this.root.placeOf(mountPoint), places);
    }
  }

  /** The inode at a path of a volume, or 0; links are not followed. */
  lookup({ volume, path }: VolumePath): Inode {
    const { live } = this.kernel.tree(volume).volume;
    let inode = rootOf(0);
    for (const name of path.split('/')) {
      if (name !== '') inode = inode === 0 ? 0 : live.lookup(inode, name);
    }
    return inode;
  }

  /** Names in a directory of a volume; none when it is gone. */
  names(place: VolumePath): readonly string[] {
    const inode = this.lookup(place);
    if (inode === 0) return [];
    return this.kernel
      .tree(place.volume)
      .volume.live.list(inode)
      .map(({ name }) => name);
  }

  /** Whether a file of the manifest is where it was. */
  isLeft({ volume, directory, name, inode }: ManifestEntry): boolean {
    return this.kernel.tree(volume).volume.live.lookup(directory, name) === inode;
  }
}
