import { LiveTree } from './live-tree.ts';
import { amount, word, type LitmusLine, type LitmusProgram } from './program.ts';

/** A name in a directory; directories and files are known by the id of their inode. */
export type Entry = { readonly directory: string; readonly name: string };

/** What an inode is when it comes into being. */
export type Birth = {
  readonly kind: 'file' | 'directory' | 'symlink';
  readonly mode: number;
  readonly target: string;
};

/** What one micro-operation changes (persistence.md 3.2), with all paths resolved to inodes. */
export type Change =
  | { readonly kind: 'link'; readonly entry: Entry; readonly inode: string; readonly birth?: Birth }
  | { readonly kind: 'unlink'; readonly entry: Entry; readonly inode: string }
  | { readonly kind: 'rename'; readonly from: Entry; readonly to: Entry; readonly inode: string }
  | {
      readonly kind: 'exchange';
      readonly first: Entry;
      readonly second: Entry;
      readonly firstInode: string;
      readonly secondInode: string;
    }
  | { readonly kind: 'mode'; readonly inode: string; readonly mode: number }
  | {
      readonly kind: 'xattr';
      readonly inode: string;
      readonly name: string;
      readonly value: string;
    }
  | {
      readonly kind: 'truncate';
      readonly inode: string;
      readonly size: number;
      /** Blocks are cut off or zeroed only by a truncate that makes the file smaller. */
      readonly shrinks: boolean;
      /** Of the block that is kept in part: how often it had been freed before. */
      readonly tailGeneration: number;
    }
  | {
      readonly kind: 'write';
      readonly inode: string;
      readonly offset: number;
      readonly length: number;
      readonly letter: string;
      /** Whether the running machine had to enlarge the file or give it blocks for this write. */
      readonly changesShape: boolean;
      /**
       * For each block touched, how often it had been freed before. A write belongs to the block of
       * its own time: it can't land in the block that lay at the same place before a truncate.
       */
      readonly generations: ReadonlyMap<number, number>;
    }
  | {
      readonly kind: 'snapshot';
      readonly entry: Entry;
      readonly source: string;
      readonly suffix: string;
      /** Every inode of the source: its data is written out before the snapshot is committed. */
      readonly inodes: ReadonlySet<string>;
    }
  | { readonly kind: 'set-default'; readonly inode: string }
  | { readonly kind: 'barrier'; readonly scope: 'everything' }
  | {
      readonly kind: 'barrier';
      readonly scope: 'inode';
      readonly inode: string;
      readonly dataOnly: boolean;
    }
  | { readonly kind: 'nothing' };

/** A micro-operation at its place in the program. */
export type MicroOperation = {
  readonly index: number;
  /** The line of `ops` that it belongs to. */
  readonly operation: number;
  readonly change: Change;
  /**
   * True for what btrfs writes with a transaction only and never with an fsync: whole subvolumes.
   * persistence.md section 5: "atomic, but not durable when the command returns".
   */
  readonly isCommitOnly: boolean;
};

/** A program in micro-operations, setup apart. */
export type CompiledProgram = {
  readonly setup: readonly Change[];
  readonly operations: readonly MicroOperation[];
  readonly operationCount: number;
  /** Inodes that are directories, for the closures of btrfs. */
  readonly directories: ReadonlySet<string>;
  /** Every offset at which a content can change: ends of writes, truncates, multiples of a block. */
  readonly cuts: readonly number[];
};

/** Resolves each line against the running machine, in program order. */
export function compileProgram(program: LitmusProgram): CompiledProgram {
  const tree = new LiveTree();
  const setup = program.setup.flatMap((line) => changesOf(line, tree));
  const operations: MicroOperation[] = [];
  program.ops.forEach((line, operation) => {
    for (const change of changesOf(line, tree)) {
      const isCommitOnly = concernsSubvolume(change, tree);
      operations.push({ index: operations.length, operation, change, isCommitOnly });
    }
  });
  return {
    setup,
    operations,
    operationCount: program.ops.length,
    directories: tree.directories(),
    cuts: tree.cuts(),
  };
}

function concernsSubvolume(change: Change, tree: LiveTree): boolean {
  switch (change.kind) {
    case 'snapshot':
    case 'set-default':
      return true;
    case 'link':
    case 'unlink':
    case 'rename':
      return tree.isSubvolume(change.inode);
    case 'exchange':
      return tree.isSubvolume(change.firstInode) || tree.isSubvolume(change.secondInode);
    default:
      return false;
  }
}

function changesOf(line: LitmusLine, tree: LiveTree): Change[] {
  switch (line[0]) {
    case 'creat':
    case 'mkdir':
    case 'symlink':
    case 'subvol':
    case 'link':
    case 'unlink':
    case 'rmdir':
    case 'subdelete':
    case 'rename':
    case 'exchange':
    case 'snapshot':
      return nameChanges(line, tree);
    case 'setdefault':
      return [{ kind: 'set-default', inode: tree.inodeAt(word(line, 1)) }];
    case 'chmod':
      return [{ kind: 'mode', inode: tree.inodeAt(word(line, 1)), mode: amount(line, 2) }];
    case 'setxattr':
      return [
        {
          kind: 'xattr',
          inode: tree.inodeAt(word(line, 1)),
          name: word(line, 2),
          value: word(line, 3),
        },
      ];
    case 'truncate':
      return [tree.truncate(tree.inodeAt(word(line, 1)), amount(line, 2))];
    case 'write':
    case 'owrite':
    case 'writesync':
    case 'writetrunc':
    case 'append':
      return writeChanges(line, tree);
    case 'fsync':
    case 'fdatasync': {
      const inode = tree.inodeAt(word(line, 1));
      return [{ kind: 'barrier', scope: 'inode', inode, dataOnly: line[0] === 'fdatasync' }];
    }
    case 'sync':
    case 'syncfs':
      return [{ kind: 'barrier', scope: 'everything' }];
    case 'commit':
    case 'sleep':
      // A commit took place in the laboratory; section 3.4 point 6a: that makes nothing impossible.
      return [{ kind: 'nothing' }];
    default:
      throw new Error(`no such operation: ${line[0]}`);
  }
}

function nameChanges(line: LitmusLine, tree: LiveTree): Change[] {
  const path = word(line, 1);
  switch (line[0]) {
    case 'creat':
      return tree.exists(path) ? [{ kind: 'nothing' }] : [tree.create(path, 'file')];
    case 'mkdir':
      return [tree.create(path, 'directory')];
    case 'subvol':
      return [tree.create(path, 'subvolume')];
    case 'symlink':
      return [tree.create(word(line, 2), 'symlink', path)];
    case 'link':
      return [tree.link(path, word(line, 2))];
    case 'rename':
      return [tree.rename(path, word(line, 2))];
    case 'exchange':
      return [tree.exchange(path, word(line, 2))];
    case 'snapshot':
      return [tree.snapshot(path, word(line, 2))];
    default:
      return [tree.unlink(path)];
  }
}

/** A write is up to three steps: the name, O_TRUNC, the write itself, and for O_SYNC its barrier. */
function writeChanges(line: LitmusLine, tree: LiveTree): Change[] {
  const path = word(line, 1);
  const changes: Change[] = tree.exists(path) ? [] : [tree.create(path, 'file')];
  const inode = tree.inodeAt(path);
  if (line[0] === 'writetrunc') {
    if (changes.length === 0) changes.push(tree.truncate(inode, 0));
    changes.push(tree.write(inode, 0, amount(line, 2), word(line, 3)));
    return changes;
  }
  if (line[0] === 'append') {
    changes.push(tree.write(inode, tree.sizeOf(inode), amount(line, 2), word(line, 3)));
    return changes;
  }
  changes.push(tree.write(inode, amount(line, 2), amount(line, 3), word(line, 4)));
  if (line[0] === 'writesync') {
    changes.push({ kind: 'barrier', scope: 'inode', inode, dataOnly: false });
  }
  return changes;
}
