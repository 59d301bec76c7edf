/** What is stored on a machine at an instant, and the log of its operations. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { beginSystem, expandRelease, usualSystemList } from '../../../src/engine/laboratory.ts';
import { operationLog } from '../../../src/engine/operation-log.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import { StoredFiles } from '../../../src/engine/stored-files.ts';
import {
  storedStates,
  waitingFlag,
  type StoredListing,
  type StoredVolume,
} from '../../../src/model/stored-listing.ts';
import type { StudiedDisks } from '../../../src/engine/studied-disks.ts';

const releaseUrl = new URL('../../../public/releases/recorded.json', import.meta.url);
const release = expandRelease(readFileSync(releaseUrl, 'utf8'));
const systems = usualSystemList();

const cut = `  - fault: power-loss
    during: the-step
    search: instant`;
const update = `  - update: v2
    label: the-step
${cut}`;

function disksOf(system: string, steps = update): StudiedDisks {
  const text = `id: short
title: A short story
story: Something happens.
goal: To know.
tests: [never-breaks]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: One }
steps:
${steps}
ask: []
expect: []
teach: Look.
`;
  const parsed = parseScenario(text, systems);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const request = { scenario: parsed.value, systems: [system], release, seed: 1 };
  return beginSystem(request, system).disks;
}

interface Row {
  readonly path: string;
  readonly state: string;
  readonly waits: boolean;
  readonly owner: string;
  readonly block: string;
  readonly sizeBytes: number;
}

function rowsOf({ owners }: StoredListing, volume: StoredVolume): readonly Row[] {
  if (volume.paths === '') return [];
  return volume.paths.split('\n').map((path, row) => {
    const code = volume.stateOf[row] ?? 0;
    return {
      path,
      state: storedStates[code % waitingFlag] ?? '?',
      waits: code >= waitingFlag,
      owner: owners[volume.ownerOf[row] ?? -1] ?? '?',
      block: volume.blocks[volume.blockOf[row] ?? -1]?.label ?? '?',
      sizeBytes: volume.sizeBytes[row] ?? NaN,
    };
  });
}

function allRows(listing: StoredListing): readonly Row[] {
  return listing.volumes.flatMap((volume) => rowsOf(listing, volume));
}

const long = 3_600_000_000;

describe.each(systems)('%s', (system) => {
  const stored = new StoredFiles(disksOf(system));

  test('holds, when the update begins, nothing but what was there before', () => {
    const rows = allRows(stored.at(-1));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter(({ state, waits }) => state !== 'before' || waits)).toEqual([]);
  });

  test('has something that waits in memory while it is updated', () => {
    const instants = [0.2, 0.4, 0.6, 0.8, 1, 2].map((seconds) => seconds * 1_000_000);
    const waiting = instants.flatMap((instant) =>
      allRows(stored.at(instant)).filter(({ waits }) => waits),
    );
    expect(waiting.length).toBeGreaterThan(0);
  });

  test('has updated files long after, nothing damaged that does not wait, and goes back to the start', () => {
    const late = allRows(stored.at(long));
    expect(late.filter(({ state }) => state === 'updated').length).toBeGreaterThan(10);
    // btrfs has committed names by then whose bytes go with the next commit.
    const damaged = late.filter(({ state }) => ['torn', 'empty', 'lost'].includes(state));
    expect(damaged.filter(({ waits }) => !waits)).toEqual([]);
    expect(new Set(allRows(stored.at(-1)).map(({ state }) => state))).toEqual(new Set(['before']));
  });

  test('lists each folder in one piece, each path once', () => {
    for (const volume of stored.at(500_000).volumes) {
      const paths = volume.paths.split('\n');
      expect(new Set(paths).size).toBe(paths.length);
      const folders = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1));
      const begun = folders.filter((folder, row) => folder !== folders[row - 1]);
      // A folder goes on after the folders in it, and nowhere else.
      for (const folder of new Set(begun)) {
        const first = folders.indexOf(folder);
        const last = folders.lastIndexOf(folder);
        const between = folders.slice(first, last);
        expect(between.every((one) => one.startsWith(folder))).toBe(true);
      }
    }
  });
});

test('a document that was saved without a sync has its name on ext4 before its bytes', () => {
  const save = `  - write: { to: thesis, text: Two, how: temp-rename }
    label: the-step
${cut}`;
  const stored = new StoredFiles(disksOf('debian', save));
  const states = [0, 1, 3, 10, 40].map((seconds) => {
    const row = allRows(stored.at(seconds * 1_000_000)).find(({ path }) =>
      path.endsWith('/thesis.txt'),
    );
    return `${row?.state ?? 'absent'}${row?.waits === true ? ', waits' : ''}`;
  });
  expect(states[0]).toBe('before');
  expect(states).toContain('before, waits');
  expect(states.at(-1)).toBe('updated');
});

test('parts have the names of their mechanism', () => {
  const labels = (system: string): readonly string[] =>
    new StoredFiles(disksOf(system))
      .at(long)
      .volumes.flatMap(({ blocks }) => blocks.map(({ label }) => label));
  expect(
    labels('fedora-silverblue').filter((label) => label.startsWith('deployment')),
  ).toHaveLength(2);
  expect(labels('opensuse-microos').filter((label) => label.startsWith('snapshot'))).toHaveLength(
    2,
  );
  expect(labels('nixos')).toContain('/nix/store');
  expect(labels('debian')).toEqual(expect.arrayContaining(['EFI system partition', '/usr']));
  expect(labels('vanilla-os')).toEqual(
    expect.arrayContaining(['root partition A', 'root partition B']),
  );
});

test('files belong to the package that ships their bytes, in an object store too', () => {
  const rows = allRows(new StoredFiles(disksOf('fedora-silverblue')).at(-1));
  const inStore = rows.filter(({ block }) => block === 'OSTree repository');
  const owned = inStore.filter(({ owner }) => release.packages.some(({ name }) => name === owner));
  expect(owned.length).toBeGreaterThan(inStore.length / 2);
  const thesis = rows.find(({ path }) => path.endsWith('thesis.txt'));
  expect(thesis?.owner).toBe('written by people');
});

test('a story without a power cut has one disk, whatever instant is asked for', () => {
  const stored = new StoredFiles(disksOf('debian', '  - update: v2\n  - reboot: clean'));
  expect(stored.at(0)).toEqual(stored.at(long));
  expect(allRows(stored.at(0)).filter(({ state }) => state === 'updated').length).toBeGreaterThan(
    10,
  );
});

describe('the log', () => {
  const disks = disksOf('debian');

  test('ends with what was called last, and a few calls that are still to come', () => {
    const { rows, earlier } = operationLog(disks, 300_000, '', 50);
    const called = rows.filter(({ progress }) => progress !== 'to come');
    expect(called).toHaveLength(50);
    expect(earlier).toBeGreaterThan(0);
    expect(called.every(({ atMicroseconds }) => atMicroseconds <= 300_000)).toBe(true);
    expect(rows.slice(50).every(({ progress }) => progress === 'to come')).toBe(true);
    const order = rows.map(({ index }) => index);
    expect(order).toEqual([...order].sort((left, right) => left - right));
  });

  test('keeps what holds the words of the filter', () => {
    const { rows } = operationLog(disks, 300_000, 'RENAME', 1000);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ text }) => text.startsWith('rename'))).toBe(true);
    expect(operationLog(disks, 300_000, 'no such path', 1000).rows).toEqual([]);
  });

  test('says of all but bytes of files that were replaced that they are there for certain once the timers have run out', () => {
    const { rows } = operationLog(disks, long, '', 5000);
    const open = rows.filter(({ progress }) => !['certain', 'returned'].includes(progress));
    expect(open.length).toBeLessThan(rows.length / 20);
    expect(open.filter(({ text }) => !text.startsWith('write'))).toEqual([]);
  });

  test('says of a change that was just called that it is perhaps there, and usually not', () => {
    const { rows } = operationLog(disks, 300_000, '', 5000);
    expect(rows.some(({ progress }) => progress === 'perhaps')).toBe(true);
  });
});
