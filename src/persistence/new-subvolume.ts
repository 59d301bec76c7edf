/** Whether an fsync concerns something in a subvolume that no commit has written yet. */
import type { Inode } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';

/**
 * The log tree cannot bring a subvolume into being, and fsync keeps its promise for the new parents of a file, so such
 * an fsync is a whole commit. `from` and `to` are the operations between which nothing is committed. Derived from
 * persistence.md section 4, M4; not recorded.
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
