/** mount, remount and umount. Source: mount(2), umount(2). */
import { rootOf } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import { components } from '../model/path.ts';
import type { Kernel } from './kernel.ts';
import type { Place } from './mount-table.ts';
import { SystemError, type MountRequest } from './process.ts';
import type { RamTree } from './ram-tree.ts';

type VolumeSource = Extract<MountRequest['source'], { kind: 'volume' }>;

/** Mounts something over a directory, or as the root of all when `over` is undefined. */
export function mountOn(
  kernel: Kernel,
  request: MountRequest,
  over: Place | undefined,
  from: Place | undefined,
): void {
  const { mountPoint, source, readOnly, sealed = false } = request;
  const base = { mountPoint, readOnly, sealed, over, bind: source.kind === 'bind' };
  if (source.kind === 'overlay') {
    if (!kernel.hasVolume(source.volume)) throw new SystemError('ENODEV', 'mount', mountPoint);
    const below = kernel.tree(source.volume);
    const { root: top } = below.volume.live;
    const tree = kernel.overlayTree({
      tree: below,
      lower: walkFrom(below, top, source.lower),
      upper: walkFrom(below, top, source.upper),
      work: walkFrom(below, top, source.work),
    });
    kernel.mounts.add({ ...base, tree, root: tree.directoryLink(rootOf(0)) });
  } else if (source.kind === 'tmpfs') {
    const tree = kernel.memoryTree();
    kernel.mounts.add({ ...base, tree, root: tree.directoryLink(rootOf(0)) });
  } else if (source.kind === 'bind') {
    if (from === undefined) throw new SystemError('ENOENT', 'mount', mountPoint);
    kernel.mounts.add({ ...base, tree: from.mount.tree, root: from.link });
  } else {
    if (!kernel.hasVolume(source.volume)) throw new SystemError('ENODEV', 'mount', mountPoint);
    const tree = kernel.tree(source.volume);
    kernel.mounts.add({ ...base, tree, root: tree.directoryLink(rootInode(tree, source)) });
  }
}

/** The directory that a mount shows: the default subvolume, or one found by its path from the top level. */
function rootInode(tree: RamTree, { subvolume, from }: VolumeSource): number {
  const { root } = tree.volume.live;
  const start = subvolume === undefined ? root : walkFrom(tree, rootOf(0), subvolume);
  return from === undefined ? start : walkFrom(tree, start, from);
}

function walkFrom(tree: RamTree, start: number, path: string): number {
  let inode = start;
  for (const name of components(path)) {
    inode = tree.volume.live.lookup(inode, name);
    if (inode === 0) throw new SystemError('ENOENT', 'mount', path);
  }
  return inode;
}

/**
 * Changes how the mount at a place may be written. An overlay without an upper layer stays read-only: ovl_reconfigure
 * answers EROFS. Source: https://github.com/torvalds/linux/blob/master/fs/overlayfs/params.c.
 */
export function remountOn(kernel: Kernel, place: Place, path: string, readOnly: boolean): void {
  const mount = kernel.mounts.mounts.find((one) => one === place.mount);
  if (mount === undefined || place.link.ino !== mount.root.ino) {
    throw new SystemError('EINVAL', 'mount', path);
  }
  const isSealed = mount.sealed || isImage(mount.tree);
  if (!readOnly && isSealed) throw new SystemError('EROFS', 'mount', path);
  mount.readOnly = readOnly;
}

/** An image cannot be written file by file. Source: Linux fs/erofs/super.c, erofs_reconfigure. */
function isImage({ volume }: RamTree): boolean {
  return volume.description.profile.startsWith('raw-slot');
}

/** Removes the mount at a place; gives the volume when that was its last mount, so that it is written home. */
export function unmountAt(kernel: Kernel, place: Place, path: string): VolumeId | undefined {
  const { mount, link } = place;
  if (link.ino !== mount.root.ino || mount.over === undefined) {
    throw new SystemError('EINVAL', 'umount', path);
  }
  const covered = kernel.mounts.mounts.some(({ over }) => over?.mount === mount);
  if (covered) throw new SystemError('EBUSY', 'umount', path);
  kernel.mounts.remove(mount);
  const { volume } = mount.tree;
  const stillMounted = kernel.mounts.mounts.some(({ tree }) => tree === mount.tree);
  if (stillMounted || volume.description.profile === 'tmpfs') return undefined;
  return volume.description.id;
}
