/** What a boot loader offers, and how the root of an entry is put together; read from the disk alone. */
import type { BlobTable } from './content.ts';
import type { Inode } from './cell-table.ts';
import type { VolumeId } from './device.ts';
import type { FileSystemView } from './file-system-view.ts';
import type { VersionName } from './release.ts';
import type { Reason, WayBack } from './verdict.ts';

/** Every volume of a machine in one possible state. A volume that cannot be mounted is absent from the map. */
export interface DiskView {
  readonly volumes: ReadonlyMap<VolumeId, FileSystemView>;
  readonly blobs: BlobTable;
}

/** A file on a volume, found by walking `path` from `directory`. */
export interface FileReference {
  readonly volume: VolumeId;
  readonly directory: Inode;
  readonly path: string;
}

/** A piece of the root: `directory` of `volume` appears at `mountPoint`. */
export interface RootMount {
  readonly mountPoint: string;
  readonly volume: VolumeId;
  readonly directory: Inode;
}

/** One line of the boot menu. */
export interface BootEntry {
  readonly id: string;
  readonly title: string;
  /** The version that the entry says it starts. */
  readonly version: VersionName;
  readonly kernel: FileReference;
  readonly initramfs: FileReference;
  /** Longest mount points last; the first is `/`. Empty when the root that the entry names is not there. */
  readonly root: readonly RootMount[];
  /** Path of init inside the root. */
  readonly init: string;
  /** Set when the entry names something that is not there: what, in plain words. */
  readonly missing?: Reason;
}

/** The menu of a machine: what firmware and loader find on this disk. */
export interface BootMenu {
  /** In the order of the menu; the default first. Empty when nothing can be started. */
  readonly entries: readonly BootEntry[];
  /** Why there is no entry, when there is none: the first missing link. */
  readonly nothing?: {
    readonly stage: 'firmware' | 'loader';
    readonly because: Reason;
    readonly console: readonly string[];
  };
  /** How someone gets to another entry on this system. */
  readonly wayToOther: WayBack;
}
