import { describe, expect, test } from 'vitest';
import type { Capability } from '../../src/backends/backend.ts';
import { backendNamed, backends } from '../../src/backends/registry.ts';
import { rootMounts } from '../../src/engine/live-disk.ts';
import type { DiskView } from '../../src/model/boot-entry.ts';
import { RootTree } from '../../src/model/root-tree.ts';
import { backendIds } from '../../src/model/system.ts';
import { ImageBuilder, type Volume } from '../../src/model/volume.ts';
import { lostOf, thesis } from './whole-files.ts';
import { freshMachine, machines } from './machines.ts';

const capabilities: readonly Capability[] = [
  'update',
  'rollback',
  'installPackage',
  'removePackage',
  'replacePackage',
  'collectGarbage',
  'factoryReset',
  'verify',
  'pin',
  'unlock',
  'checkStarts',
];

/** Names, attributes and bytes of a volume, as one text. */
function dump({ base }: Volume): string {
  const lines: string[] = [];
  const visit = (inode: number, path: string): void => {
    const content = JSON.stringify(base.content(inode));
    lines.push(`${path} ${JSON.stringify(base.attributes(inode))} ${content}`);
    for (const { name, inode: child } of base.list(inode)) visit(child, `${path}/${name}`);
  };
  visit(base.root, '');
  return lines.join('\n');
}

test('every mechanism of the vocabulary is there, once', () => {
  expect(backends.map(({ id }) => id).sort()).toEqual([...backendIds].sort());
  for (const id of backendIds) expect(backendNamed(id).id).toBe(id);
});

describe.each(backends.map((backend) => [backend.id, backend] as const))('%s', (_id, backend) => {
  test('each option has two values or one, none of them twice, and a note', () => {
    for (const [option, { values, note }] of Object.entries(backend.optionTable)) {
      expect(values.length, option).toBeGreaterThan(0);
      expect(new Set(values).size, option).toBe(values.length);
      expect(note, option).toMatch(/\.$/);
    }
  });
});

describe.each(machines)('%s', (_label, machine) => {
  const { backend } = machine;

  test.each(capabilities)(
    '%s is there, or named in `cannot` with a reason and its source',
    (one) => {
      const named = backend.cannot.filter(({ capability }) => capability === one);
      const ofAll = named.filter(({ only }) => only === undefined);
      expect(ofAll).toHaveLength(backend[one] === undefined ? 1 : 0);
      for (const { because, source, only = {} } of named) {
        for (const [option, value] of Object.entries(only)) {
          expect(backend.optionTable[option]?.values).toContain(value);
        }
        expect(because).toMatch(/\.$/);
        expect(source).not.toBe('');
      }
    },
  );

  test('installing twice gives the same disk', () => {
    const [one, two] = [freshMachine(machine), freshMachine(machine)];
    expect(one.volumes.map(dump)).toEqual(two.volumes.map(dump));
    expect(one.volumes.map(({ description }) => description)).toEqual(
      two.volumes.map(({ description }) => description),
    );
  });

  test('a fresh disk offers version 1, with kernel and initramfs where the entry says', () => {
    const target = freshMachine(machine);
    const { disk } = target.running;
    const { entries, nothing } = backend.bootMenu(target.brief, disk);
    expect(nothing).toBeUndefined();
    const [first] = entries;
    expect(first?.version).toBe('v1');
    expect(first?.missing).toBeUndefined();
    expect(first?.root[0]?.mountPoint).toBe('/');
    for (const file of first === undefined ? [] : [first.kernel, first.initramfs]) {
      const tree = new RootTree(disk, [{ mountPoint: '/', ...file }]);
      // An empty path means that kernel and initramfs lie inside the image of the volume.
      const found =
        file.path === ''
          ? disk.volumes.get(file.volume)?.content(file.directory)
          : tree.file(file.path);
      expect(found?.sizeBytes, file.path).toBeGreaterThan(0);
    }
  });

  test('every file of version 1 is where the backend says, and so are data and package database', () => {
    const target = freshMachine(machine);
    const { brief, running } = target;
    expect(running.mounts[0]?.mountPoint).toBe('/');
    const [entry] = backend.bootMenu(brief, running.disk).entries;
    expect(lostOf(target, entry, 'v1')).toEqual([]);
    const tree = new RootTree(running.disk, entry?.root ?? []);
    for (const path of backend.packageDatabase(brief)) expect(tree.file(path)).toBeDefined();
    expect(target.text(thesis.path)).toBe(thesis.text);
    expect(running.kernel.terminal.filter(({ kind }) => kind === 'error')).toEqual([]);
  });

  test('empty volumes offer nothing, and it is said at which stage and why', () => {
    const { brief, volumes } = freshMachine(machine);
    const empty = volumes.map(
      ({ description }) => [description.id, new ImageBuilder().state()] as const,
    );
    const disk: DiskView = { volumes: new Map(empty), blobs: brief.blobs };
    expect(() => rootMounts(backend.mounts(brief, disk), disk)).not.toThrow();
    const { entries, nothing } = backend.bootMenu(brief, disk);
    expect(entries).toEqual([]);
    expect(nothing?.stage).toMatch(/^(firmware|loader)$/);
    expect(nothing?.because.text).toMatch(/\.$/);
    expect(nothing?.because.source).not.toBe('');
    expect(nothing?.console.length).toBeGreaterThan(0);
  });

  test('after an update the first entry is version 2, and its files are whole', () => {
    const target = freshMachine(machine);
    target.update();
    target.running.shutDown();
    target.switchOn();
    const { disk } = target.running;
    const [first] = backend.bootMenu(target.brief, disk).entries;
    expect(first?.version).toBe('v2');
    expect(lostOf(target, first, 'v2')).toEqual([]);
    expect(target.text(thesis.path)).toBe(thesis.text);
  });
});
