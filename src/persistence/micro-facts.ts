/** What a micro-operation is about, read from the operation that it belongs to. */
import { localOf, rootLocalInode, subvolumeOf } from '../model/cell-table.ts';
import type { Effect } from '../model/operation.ts';
import type { Compiled } from './compiled.ts';
import type { StepFate } from './possible.ts';

/** The effect that a micro-operation is a part of. */
export function effectOfMicro(compiled: Compiled, micro: number): Effect | undefined {
  return compiled.operations[compiled.operationOf[micro] ?? -1]?.effect;
}

/** Whether a micro-operation is the half of a rename that takes the old name away. */
export function removesName(compiled: Compiled, micro: number): boolean {
  const operation = compiled.operationOf[micro] ?? -1;
  const effect = compiled.operations[operation]?.effect;
  const first = compiled.microStart[operation] ?? 0;
  return effect?.kind === 'rename' && micro > first;
}

/**
 * Whether an effect is about whole subvolumes: they are written with a transaction, never with an fsync. Source:
 * persistence.md section 5, btrfs; litmus btrfs/btrfs-setdefault, btrfs/btrfs-subvol-exchange.
 */
export function concernsSubvolume(effect: Effect): boolean {
  switch (effect.kind) {
    case 'subvolume':
    case 'set-default':
      return true;
    case 'link':
    case 'unlink':
    case 'rename':
      return isSubvolumeRoot(effect.inode);
    case 'exchange':
      return isSubvolumeRoot(effect.fromInode) || isSubvolumeRoot(effect.toInode);
    default:
      return false;
  }
}

function isSubvolumeRoot(inode: number): boolean {
  return subvolumeOf(inode) > 0 && localOf(inode) === rootLocalInode;
}

/**
 * Whether a length is nothing to speak of on a disk: none of the blocks that it counts with is there, or the blocks of
 * its own write are, and bring their length with them.
 */
export function isLengthIdle(
  { steps, operationOf, microStart }: Compiled,
  micro: number,
  fateOf: (micro: number) => StepFate | undefined,
): boolean {
  const step = steps[micro];
  if (step?.kind !== 'lengthen') return false;
  const isThere = (other: number): boolean => (fateOf(other) ?? 'missing') !== 'missing';
  if (!step.rooms.some(({ attachMicro }) => attachMicro < 0 || isThere(attachMicro))) return true;
  const end = microStart[(operationOf[micro] ?? 0) + 1] ?? 0;
  for (let own = micro + 1; own < end; own++) {
    if (steps[own]?.kind === 'attach' && isThere(own)) return true;
  }
  return false;
}
