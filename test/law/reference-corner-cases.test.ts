import { expect, it } from 'vitest';
import {
  evaluateReference,
  referenceProfiles,
  type LitmusLine,
  type State,
} from './reference/evaluate.ts';

type CornerCase = {
  readonly statement: string;
  readonly profile: string;
  readonly setup?: readonly LitmusLine[];
  readonly ops: readonly LitmusLine[];
  readonly observe: readonly string[];
  /** What is possible when every operation had returned: the observed paths of each state, in order. */
  readonly afterEnd: readonly string[];
  /** What is possible besides, as long as not every operation had returned. */
  readonly before?: readonly string[];
};

const pageFile: readonly LitmusLine[] = [['write', 'f', 0, 4096, 'A']];
const shortFile: readonly LitmusLine[] = [['write', 'f', 0, 100, 'A']];
const twoDirectories: readonly LitmusLine[] = [
  ['mkdir', 'd1'],
  ['mkdir', 'd2'],
  ['write', 'd1/a', 0, 10, 'A'],
];
const sharedBlock: readonly LitmusLine[] = [
  ['write', 'f', 0, 100, 'A'],
  ['append', 'f', 100, 'B'],
];

/** Where the text leaves room, what this evaluator does; reference/README.md says why. */
const cornerCases: readonly CornerCase[] = [
  {
    statement: 'two writes to one new block of the page cache reach the disk in order',
    profile: 'xfs',
    ops: sharedBlock,
    observe: ['f'],
    afterEnd: ['A100', 'A100+{0B}100', 'absent', 'empty'],
  },
  {
    statement: 'on btrfs as well, and each of them whole',
    profile: 'btrfs',
    ops: sharedBlock,
    observe: ['f'],
    afterEnd: ['A100', 'A100+B100', 'absent', 'empty'],
  },
  {
    statement: 'writes to two new blocks are independent',
    profile: 'xfs',
    setup: [['creat', 'f']],
    ops: [
      ['write', 'f', 0, 4096, 'A'],
      ['write', 'f', 4096, 4096, 'B'],
    ],
    observe: ['f'],
    afterEnd: ['04096+B4096', 'A4096', 'A4096+B4096', 'empty'],
  },
  {
    statement: 'a write after O_TRUNC never lands in the old blocks',
    profile: 'ext4',
    setup: pageFile,
    ops: [['writetrunc', 'f', 4096, 'B']],
    observe: ['f'],
    afterEnd: ['A4096', 'B4096', 'empty', '{0B}4096'],
  },
  {
    statement: 'a write across the end of the last block is two',
    profile: 'xfs',
    setup: shortFile,
    ops: [['append', 'f', 5000, 'B']],
    observe: ['f'],
    afterEnd: ['A100', 'A100+{0B}3996', 'A100+{0B}3996+B1004'],
  },
  {
    statement: 'without delayed allocation both halves come with the operation',
    profile: 'ext4nodelalloc',
    setup: shortFile,
    ops: [['append', 'f', 5000, 'B']],
    observe: ['f'],
    afterEnd: ['A100', 'A100+{0B}3996+B1004'],
  },
  {
    statement: 'a block of a hole is a new block, though it lies inside the size',
    profile: 'xfs',
    setup: [['write', 'f', 8192, 4096, 'A']],
    ops: [['write', 'f', 0, 4096, 'B']],
    observe: ['f'],
    afterEnd: ['08192+A4096', 'B4096+04096+A4096'],
  },
  {
    statement: 'data behind a truncate lands in the kept block before the truncate commits',
    profile: 'ext4',
    setup: pageFile,
    ops: [
      ['truncate', 'f', 100],
      ['append', 'f', 100, 'B'],
    ],
    observe: ['f'],
    afterEnd: ['A100', 'A100+{0AB}100+{0A}3896', 'A100+{0B}100'],
  },
  {
    statement: 'fdatasync on ext4 does not carry a rename',
    profile: 'ext4',
    setup: pageFile,
    ops: [
      ['rename', 'f', 'g'],
      ['fdatasync', 'g'],
    ],
    observe: ['f', 'g'],
    afterEnd: ['A4096 | absent', 'absent | A4096'],
  },
  {
    statement: 'fdatasync on xfs does',
    profile: 'xfs',
    setup: pageFile,
    ops: [
      ['rename', 'f', 'g'],
      ['fdatasync', 'g'],
    ],
    observe: ['f', 'g'],
    afterEnd: ['absent | A4096'],
  },
  {
    statement: 'fsync of the old directory on btrfs takes a rename as a whole',
    profile: 'btrfs',
    setup: twoDirectories,
    ops: [
      ['rename', 'd1/a', 'd2/a'],
      ['fsync', 'd1'],
    ],
    observe: ['d1/a', 'd2/a'],
    afterEnd: ['absent | A10'],
  },
  {
    statement: 'fsync of the renamed file on btrfs is sure of the new name only',
    profile: 'btrfs',
    setup: twoDirectories,
    ops: [
      ['rename', 'd1/a', 'd2/a'],
      ['fsync', 'd2/a'],
    ],
    observe: ['d1/a', 'd2/a'],
    afterEnd: ['A10 | A10', 'absent | A10'],
  },
  {
    statement: 'an optional rename does nothing without the inode that it renames',
    profile: 'btrfs',
    ops: [
      ['creat', 'a'],
      ['rename', 'a', 'b'],
      ['creat', 'x'],
      ['fsync', 'x'],
    ],
    observe: ['a', 'b', 'x'],
    afterEnd: ['absent | absent | empty', 'absent | empty | empty', 'empty | absent | empty'],
  },
  {
    statement: 'an optional rename does nothing where the name that it moves is missing',
    profile: 'btrfs',
    setup: [['creat', 'a']],
    ops: [
      ['rename', 'a', 'b'],
      ['rename', 'b', 'c'],
      ['creat', 'x'],
      ['fsync', 'x'],
    ],
    observe: ['a', 'b', 'c'],
    afterEnd: ['absent | absent | empty', 'absent | empty | absent', 'empty | absent | absent'],
  },
  {
    statement: 'an fsync may have taken effect before it returns',
    profile: 'ext4',
    setup: pageFile,
    ops: [
      ['write', 'f', 0, 4096, 'B'],
      ['fsync', 'f'],
      ['write', 'f', 0, 4096, 'C'],
    ],
    observe: ['f'],
    afterEnd: ['{BC}4096'],
    before: ['B4096', '{AB}4096'],
  },
  {
    statement: 'an fsync brings a new directory along, and not what else is in it',
    profile: 'btrfs',
    ops: [
      ['mkdir', 'd'],
      ['creat', 'd/a'],
      ['write', 'd/b', 0, 10, 'B'],
      ['fsync', 'd/b'],
    ],
    observe: ['d/a', 'd/b'],
    afterEnd: ['absent | B10', 'empty | B10'],
  },
  {
    statement: 'an fsync in a new subvolume is a commit',
    profile: 'btrfs',
    ops: [
      ['subvol', 's'],
      ['write', 's/f', 0, 10, 'A'],
      ['fsync', 's/f'],
    ],
    observe: ['s/f'],
    afterEnd: ['A10'],
  },
  {
    statement: 'an fsync elsewhere does not carry set-default',
    profile: 'btrfs',
    setup: [['subvol', 's']],
    ops: [
      ['setdefault', 's'],
      ['creat', 'x'],
      ['fsync', 'x'],
    ],
    observe: ['x', 's'],
    afterEnd: ['absent | absent', 'empty | dir'],
  },
  {
    statement: 'a snapshot flushes its source and nothing else',
    profile: 'btrfs',
    setup: [['subvol', 's']],
    ops: [
      ['write', 's/f', 0, 10, 'A'],
      ['write', 'g', 0, 10, 'B'],
      ['snapshot', 's', 'n'],
    ],
    observe: ['s/f', 'n/f', 'g'],
    afterEnd: ['A10 | A10 | B10', 'A10 | A10 | empty'],
  },
  {
    statement: 'vfat may lose a new directory after the fsync of a file in it',
    profile: 'vfat',
    ops: [
      ['mkdir', 'd'],
      ['write', 'd/f', 0, 10, 'A'],
      ['fsync', 'd/f'],
    ],
    observe: ['d', 'd/f'],
    afterEnd: ['absent | absent', 'dir | A10'],
  },
  {
    statement: 'vfat may lose the name of an empty new file after its fsync',
    profile: 'vfat',
    ops: [
      ['creat', 'f'],
      ['fsync', 'f'],
    ],
    observe: ['f'],
    afterEnd: ['absent', 'empty'],
  },
];

it.each(cornerCases.map((corner) => [corner.profile, corner.statement, corner] as const))(
  '%s: %s',
  (name, _statement, { setup = [], ops, observe, afterEnd, before }) => {
    const profile = referenceProfiles[name];
    if (profile === undefined) throw new Error(`no such profile: ${name}`);
    const verdict = evaluateReference({ setup, ops, observe }, profile);
    const inWords = (states: readonly State[]) =>
      states.map((state) => observe.map((path) => state[path]).join(' | ')).sort();
    expect(inWords(verdict.allowedAfterEnd)).toEqual([...afterEnd].sort());
    if (before !== undefined) {
      expect(inWords(verdict.allowed)).toEqual([...afterEnd, ...before].sort());
    }
  },
);
