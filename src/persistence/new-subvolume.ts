/** Whether an fsync concerns something in a subvolume that no commit has written yet. */
import type { Inode } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';

/**
 * The log tree cannot bring a subvolume into being, and fsync keeps its promise for the new parents of a file, so such
 * an fsync is a whole commit while the subvolume belongs to the running transaction. `from` and `to` are the operations
 * between which no barrier commits. Where a timer or another program has committed the subvolume in between, a kernel
 * would log the file alone, and other names of that time could be missing; those disks are not among the possible ones
 * here. Source: https://github.com/torvalds/linux/blob/v6.18/fs/btrfs/tree-log.c, btrfs_log_inode_parent; not recorded.
 */
export function liesInNewSubvolume(
  compiled: Compiled,
  inode: Inode,
  from: number,
  to: number,
): boolean {
  if (compiled.profile.fsyncScope !== 'closure') return false;
  const above = new Set([inode]);
  for (const one of above) {
    for (let index = from; index < to; index++) {
      const effect = compiled.operations[index]?.effect;
      if (
        effect?.kind === 'subvolume' &&
        compiled.inodeOf[compiled.microStart[index] ?? 0] === one
      ) {
        return true;
      }
      if (effect?.kind === 'link' && effect.inode === one) above.add(effect.directory);
      if (effect?.kind === 'rename' && effect.inode === one) above.add(effect.toDirectory);
    }
  }
  return false;
}
