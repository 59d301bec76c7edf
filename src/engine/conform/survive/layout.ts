/** A recorded layout: what lies where, what is mounted how, what can be started. */
import type { VolumeId } from '../../../model/device.ts';
import type { TreeBuilder } from './tree-builder.ts';

/** A directory of a volume, by its path from the top level. */
export interface VolumePath {
  readonly volume: VolumeId;
  readonly path: string;
}

/** A mount as /proc/mounts shows it. */
export interface LayoutMount extends VolumePath {
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly readOnly: boolean;
  /** Of an overlay: its layers, the upper one first; `volume` and `path` are those of the upper one. */
  readonly layers?: readonly VolumePath[];
}

/** A boot entry that somebody puts back by hand, and what it starts from. */
export interface LayoutEntry {
  readonly version: 'v1' | 'v2';
  readonly root: VolumePath;
  /** Directories that make its /etc, the upper one first; absent when activation makes /etc from the store. */
  readonly etc?: readonly VolumePath[];
  /** Where the homes and the service's data are. */
  readonly home: VolumePath;
  readonly rootHome: VolumePath;
  readonly service: VolumePath;
  /** Directories that the initramfs binds or mounts, and makes where its author thought of it. */
  readonly bound: readonly VolumePath[];
}

/** Kind of file → how many there were; from the recording. */
export type KindCounts = { readonly [kind: string]: number };

/** One layout. */
export interface Layout {
  build(tree: TreeBuilder, counts: KindCounts): void;
  readonly mounts: readonly LayoutMount[];
  /** Names that a directory of this file system gives first, in this order. */
  readonly order: readonly string[];
  /** Processes of the machine that are not the user's: each gives a hundred lines below /proc. */
  readonly processCount: number;
  /** By the file name of the boot entry. */
  readonly entries: { readonly [file: string]: LayoutEntry };
}
