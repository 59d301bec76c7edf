/** A machine's volumes as a disk that can be read: live, or in one crash state. */
import type { DiskView, RootMount } from '../model/boot-entry.ts';
import { rootOf, type Inode } from '../model/cell-table.ts';
import type { BlobTable } from '../model/content.ts';
import type { FileSystemView } from '../model/file-system-view.ts';
import { components } from '../model/path.ts';
import type { MountPlan } from '../model/system.ts';
import type { Volume } from '../model/volume.ts';

/** The disk as the running machine sees it, cache included: what a clean shutdown would leave. */
export function liveDisk(volumes: readonly Volume[], blobs: BlobTable): DiskView {
  const views = volumes.map((volume) => [volume.description.id, volume.live] as const);
  return { volumes: new Map(views), blobs };
}

/** Mount plans resolved to directories; plans for memory, or that lead nowhere, are left out. */
export function rootMounts(plans: readonly MountPlan[], disk: DiskView): readonly RootMount[] {
  return plans.flatMap((plan) => {
    const view = disk.volumes.get(plan.volume);
    if (view === undefined) return [];
    const start =
      plan.subvolume === undefined ? view.root : walkNames(view, rootOf(0), plan.subvolume);
    const directory = start === 0 ? 0 : walkNames(view, start, plan.from ?? '');
    if (directory === 0) return [];
    const upper = plan.overlay === undefined ? 0 : walkNames(view, start, plan.overlay.upper);
    const over = upper === 0 ? {} : { upper };
    return [{ mountPoint: plan.mountPoint, volume: plan.volume, directory, ...over }];
  });
}

function walkNames(view: FileSystemView, from: Inode, path: string): Inode {
  let inode = from;
  for (const name of components(path)) {
    if (inode !== 0) inode = view.lookup(inode, name);
  }
  return inode;
}
