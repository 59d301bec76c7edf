/** Volumes of a disk as trees of their own, and texts in them. */
import type { DiskView } from '../../model/boot-entry.ts';
import { contentText } from '../../model/content.ts';
import { RootTree } from '../../model/root-tree.ts';

/** A volume, its root directory as `/`. */
export function treeOf(disk: DiskView, volume: string): RootTree {
  const root = disk.volumes.get(volume)?.root ?? 0;
  return new RootTree(disk, [{ mountPoint: '/', volume, directory: root }]);
}

/** Text of a file of a tree; undefined where there is none. */
export function textAt(tree: RootTree, path: string): string | undefined {
  const content = tree.file(path);
  return content === undefined ? undefined : contentText(content, tree.disk.blobs);
}
