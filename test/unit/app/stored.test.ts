/** What the page makes of a listing: the tree, its keys, the cells, and the words that stand for the picture. */
import { describe, expect, test } from 'vitest';
import {
  storedStates,
  waitingFlag,
  type StoredBlock,
  type StoredListing,
  type StoredState,
} from '../../../src/model/stored-listing.ts';
import { blockTree, cellPixels, cellShapes, columnsOf } from '../../../src/app/stored-blocks.ts';
import { changedOnly, StoredTree, treeMove } from '../../../src/app/stored-tree.ts';
import {
  fileText,
  partRows,
  sizeText,
  storedSentence,
  tallyOf,
  tallyText,
} from '../../../src/app/stored-words.ts';

interface File {
  readonly path: string;
  readonly state: StoredState;
  readonly waits?: true;
  readonly block?: number;
  readonly owner?: number;
}

const code = ({ state, waits }: File): number =>
  storedStates.indexOf(state) + (waits === true ? waitingFlag : 0);

function listingOf(files: readonly File[], more: readonly StoredBlock[] = []): StoredListing {
  const volume = {
    id: 'root',
    label: 'root partition',
    fileSystem: 'ext4',
    blocks: [{ kind: 'volume' as const, label: 'root partition', parent: -1 }, ...more],
    paths: files.map(({ path }) => path).join('\n'),
    blockOf: Uint16Array.from(files.map(({ block = 0 }) => block)),
    ownerOf: Uint16Array.from(files.map(({ owner = 0 }) => owner)),
    sizeBytes: Float64Array.from(files.map((_, row) => row + 1)),
    stateOf: Uint8Array.from(files.map(code)),
  };
  return { owners: ['no package', 'bash', 'coreutils'], volumes: [volume] };
}

const files: readonly File[] = [
  { path: 'etc/fstab', state: 'before' },
  { path: 'usr/bin/bash', state: 'torn', owner: 1, block: 1 },
  { path: 'usr/bin/ls', state: 'before', owner: 2, block: 1, waits: true },
  { path: 'usr/lib/bash/x', state: 'empty', owner: 1, block: 1 },
  { path: 'usr/lib.conf', state: 'memory', owner: 2, block: 1, waits: true },
];
const listing = listingOf(files, [{ kind: 'folder', label: '/usr', parent: 0 }]);
const tree = new StoredTree(listing);
const namesOf = (open: readonly string[]): readonly string[] =>
  tree.rows(new Set(open)).map(({ name, level }) => `${'  '.repeat(level - 1)}${name}`);

describe('the tree', () => {
  test('begins with the volumes, folded', () => {
    expect(namesOf([])).toEqual(['root partition, ext4']);
  });

  test('shows what is in an open folder, and of a closed one nothing', () => {
    expect(namesOf(['0:', '0:usr/', '0:usr/lib/bash/'])).toEqual([
      'root partition, ext4',
      '  etc',
      '  usr',
      '    bin',
      '    lib',
      '    lib.conf',
    ]);
  });

  test('counts what lies below a folder that is closed', () => {
    const usr = tree.rows(new Set(['0:'])).find(({ name }) => name === 'usr');
    expect(usr).toMatchObject({ level: 2, isOpen: false, position: 2, siblings: 2 });
    expect(usr === undefined ? '' : tallyText(tree.tallyOf(usr))).toBe(
      '1 as before, 1 torn, 1 empty, 1 not yet written; 1 with a change in memory',
    );
  });

  test('leads from a cell to its file', () => {
    const { key, open } = tree.placeOf(0, 3);
    const rows = tree.rows(new Set(open));
    expect(rows.find((row) => row.key === key)).toMatchObject({ name: 'x', level: 5 });
  });

  test('of a volume without files cannot be unfolded', () => {
    const [row] = new StoredTree(listingOf([])).rows(new Set(['0:']));
    expect(row?.isOpen).toBeUndefined();
  });

  test('can leave out what is as before', () => {
    const { volumes } = changedOnly(listing);
    expect(volumes[0]?.paths.split('\n')).toEqual(files.slice(1).map(({ path }) => path));
    expect([...(volumes[0]?.sizeBytes ?? [])]).toEqual([2, 3, 4, 5]);
    expect(changedOnly(listingOf([{ path: 'a', state: 'before' }])).volumes[0]?.paths).toBe('');
  });

  test('draws ten thousand files only where they are unfolded', () => {
    const many = Array.from({ length: 10_000 }, (_, row): File => {
      const name = String(row).padStart(5, '0');
      return { path: `${name.slice(0, 3)}/${name}`, state: 'before' };
    });
    const large = new StoredTree(listingOf(many));
    expect(large.rows(new Set(['0:']))).toHaveLength(101);
    expect(large.rows(new Set(['0:', '0:042/']))).toHaveLength(201);
  });
});

describe('a key', () => {
  const rows = tree.rows(new Set(['0:', '0:usr/']));
  test.each([
    ['ArrowDown', 0, { active: 1 }],
    ['ArrowUp', 0, { active: 0 }],
    ['End', 0, { active: 5 }],
    ['Home', 4, { active: 0 }],
    ['PageDown', 1, { active: 4 }],
    ['PageUp', 1, { active: 0 }],
    ['ArrowRight', 1, { active: 1, toggle: true }],
    ['ArrowRight', 2, { active: 3 }],
    ['ArrowRight', 5, { active: 5 }],
    ['ArrowLeft', 2, { active: 2, toggle: true }],
    ['ArrowLeft', 5, { active: 2 }],
    ['ArrowLeft', 1, { active: 0 }],
    ['Enter', 3, { active: 3, toggle: true }],
    ['Enter', 5, { active: 5 }],
    ['x', 3, undefined],
  ] as const)('%s on line %i', (key, active, move) => {
    expect(treeMove(rows, active, key, 3)).toEqual(move);
  });
});

describe('the picture', () => {
  test('puts blocks into blocks, and the files of a package beside each other', () => {
    const [volume] = listing.volumes;
    if (volume === undefined) throw new Error('There is one volume.');
    const top = blockTree(volume);
    expect(top.rows).toEqual([0]);
    expect(top.inner.map(({ block, rows }) => [block.label, rows])).toEqual([
      ['/usr', [1, 3, 2, 4]],
    ]);
  });

  test('draws neighbours of one state as one outline, and breaks it at the end of a line', () => {
    const codes = Uint8Array.from([0, 0, 0, 3, 3]);
    expect(cellShapes([0, 1, 2, 3, 4], codes, 2)).toEqual([
      { state: 'before', waits: false, path: 'M0 0h2v1h-2zM0 1h1v1h-1z' },
      { state: 'torn', waits: false, path: 'M1 1h1v1h-1zM0 2h1v1h-1z' },
    ]);
  });

  test('is never wider than the page, whatever the number of files', () => {
    for (const count of [1, 5, 300, 9000, 40_000]) {
      const cell = cellPixels(count);
      const columns = columnsOf(count, 280, cell);
      expect(columns * cell).toBeLessThanOrEqual(280);
      expect(columns).toBeLessThanOrEqual(count);
      expect(columns).toBeGreaterThan(0);
    }
  });
});

describe('words', () => {
  test('say of a file what it is and what waits', () => {
    expect(files.map((file) => fileText(code(file)))).toEqual([
      'as before',
      'torn',
      'as before, a change is only in memory',
      'empty',
      'not yet written',
    ]);
  });

  test('tell the picture in sentences, damage with its packages', () => {
    expect(storedSentence('Debian', listing)).toBe(
      'Of 5 names on the disk of Debian and in its memory: 2 as before, 1 torn, 1 empty and 1 not yet written. Of 1 that are on the disk, a change is only in memory and goes with the power. Torn, empty or lost are files of bash (2).',
    );
  });

  test('tell of a folder in which all is alike only that', () => {
    expect(tallyText(tallyOf(Uint8Array.from([0, 0, 0])))).toBe('all as before');
  });

  test('make a table of the parts that hold files', () => {
    expect(partRows(listing).map(({ part, tally }) => [part, tally.files])).toEqual([
      ['the rest of it', 1],
      ['/usr', 4],
    ]);
    expect(partRows(listingOf([{ path: 'a', state: 'before' }]))[0]?.part).toBe('all of it');
  });

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [4096, '4.1 kB'],
    [63_000_000, '63 MB'],
    [2_500_000_000, '2.5 GB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });
});
