/**
 * What else a name can show where no journal ties it to its inode: an entry that was moved and whose start was not yet
 * written, or an inode that was never written or is already freed. Source: litmus vfat/rename-crossdir,
 * vfat/gap-rename-dir-tree, ext4nj/ren-over-nosync.
 */
import type { Inode } from '../model/cell-table.ts';
import type { Effect } from '../model/operation.ts';
import type { DiskHistory } from './disk-history.ts';
import type { Profile } from './profile.ts';
import type { RuleId } from './rules.ts';

/** Words that a name, or everything below it, may show instead. */
export interface Doubt {
  readonly words: readonly string[];
}

/** What a doubt is judged by: a disk, and the operations before which a sync of everything has settled all. */
export type DoubtfulDisk = Pick<DiskHistory, 'compiled' | 'duties' | 'state' | 'settled'>;

/** What may be seen instead at this name, or undefined where the name keeps its word. */
export function doubtOf(
  disk: DoubtfulDisk,
  directory: Inode,
  name: string,
  inode: Inode,
): Doubt | undefined {
  const { compiled, duties } = disk;
  const { metadataOrder, errorsOfMissing, verifiesReads } = compiled.profile;
  if (metadataOrder !== 'sectors' || errorsOfMissing === undefined || verifiesReads) {
    return undefined;
  }
  const errors = errorsOfMissing.map((errno) => `err${String(errno)}`);
  const unsettled = compiled.operations
    .slice(disk.settled, duties.moment.issued)
    .map(({ effect }) => effect);
  // Two errors mean that inodes live apart from names: whatever touched one may have left it unreadable.
  if (errors.length > 1) {
    const doubtful = unsettled.some((effect) => touches(effect, inode)) && !isSynced(disk, inode);
    return doubtful ? { words: errors } : undefined;
  }
  const isDirectory = disk.state.attributes(inode)?.kind === 'directory';
  const words = [
    ...(unsettled.some((effect) => movesTo(effect, directory, name)) ? ['empty'] : []),
    ...(unsettled.some((effect) => freesChainOf(effect, directory, name)) ? errors : []),
  ];
  if (words.length === 0) return undefined;
  return { words: isDirectory ? errors : words };
}

/** Why an entry shows this word instead of what it names. */
export function doubtRule(profile: Profile, word: string): RuleId {
  if (word === 'empty') return 'entry-without-start';
  return (profile.errorsOfMissing?.length ?? 0) > 1 ? 'inode-missing' : 'chain-missing';
}

function isSynced({ duties }: DoubtfulDisk, inode: Inode): boolean {
  return duties.dataForcedBefore(inode) > 0;
}

function touches(effect: Effect, inode: Inode): boolean {
  switch (effect.kind) {
    case 'link':
    case 'unlink':
    case 'write':
    case 'truncate':
    case 'set-attributes':
      return effect.inode === inode;
    case 'rename':
      return effect.inode === inode || effect.replaced === inode;
    default:
      return false;
  }
}

/** A rename to a name that was free makes a new entry; one over a name that was taken rewrites the old entry. */
function movesTo(effect: Effect, directory: Inode, name: string): boolean {
  return (
    effect.kind === 'rename' &&
    effect.replaced === 0 &&
    effect.toDirectory === directory &&
    effect.toName === name
  );
}

/** The chain of what a name held is given back, and the entry may still point to it. */
function freesChainOf(effect: Effect, directory: Inode, name: string): boolean {
  if (effect.kind === 'unlink') return effect.directory === directory && effect.name === name;
  if (effect.kind !== 'rename' || effect.replaced === 0) return false;
  return effect.toDirectory === directory && effect.toName === name;
}
