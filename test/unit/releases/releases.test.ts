/** What the releases that ship are made of, once they are unpacked. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Release, ReleaseFile, ReleaseSize, VersionName } from '../../../src/model/release.ts';
import { expandRelease } from '../../../src/releases/expand.ts';

const sizes: readonly ReleaseSize[] = ['recorded', 'classroom', 'full'];
const versions: readonly VersionName[] = ['v1', 'v2', 'v2-no-display-manager', 'v2-broken-kernel'];

function textOf(size: ReleaseSize): string {
  const url = new URL(`../../../public/releases/${size}.json`, import.meta.url);
  return readFileSync(url, 'utf8');
}

const releases = new Map(sizes.map((size) => [size, expandRelease(textOf(size))]));

function release(size: ReleaseSize): Release {
  const found = releases.get(size);
  if (found === undefined) throw new Error(size);
  return found;
}

function filesOf(from: Release, version: VersionName): ReadonlyMap<string, ReleaseFile> {
  const files = from.packages.flatMap((entry) => entry.versions[version]?.files ?? []);
  return new Map(files.map((file) => [file.path, file]));
}

function packageFiles(from: Release, name: string, version: VersionName): readonly ReleaseFile[] {
  return from.packages.find((entry) => entry.name === name)?.versions[version]?.files ?? [];
}

describe.each(sizes)('the release %s', (size) => {
  test.each(versions)('has every package in %s, each path once and canonical', (version) => {
    const from = release(size);
    const paths = from.packages.flatMap((entry) => {
      const found = entry.versions[version];
      expect(found, entry.name).toBeDefined();
      return (found?.files ?? []).map(({ path }) => path);
    });
    expect(paths.length).toBeGreaterThan(80);
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths.filter((path) => !/^\/(usr|etc|var|boot)\/[^ ]*[^/ ]$/.test(path))).toEqual([]);
  });

  test('puts kernels of two versions side by side, with an initramfs that no package ships', () => {
    const { v1, v2 } = release(size).kernels;
    const paths = [v1, v2].map((kernel) => kernel?.image.path);
    expect(new Set(paths).size).toBe(2);
    for (const [version, kernel] of [['v1', v1] as const, ['v2', v2] as const]) {
      const shipped = filesOf(release(size), version);
      expect(shipped.get(kernel?.image.path ?? '')).toBe(kernel?.image);
      expect(shipped.has(kernel?.initramfs.path ?? '')).toBe(false);
      expect(kernel?.modules.length).toBeGreaterThan(2);
      for (const file of kernel?.modules ?? []) expect(shipped.get(file.path)).toBe(file);
    }
  });

  test('differs between v2 and a broken version in one package alone', () => {
    const differing = (version: VersionName): readonly string[] =>
      release(size)
        .packages.filter((entry) => entry.versions[version] !== entry.versions.v2)
        .map(({ name }) => name);
    expect(differing('v2-broken-kernel')).toEqual([release(size).kernels.v2?.package]);
    expect(differing('v2-no-display-manager')).toHaveLength(1);
    const broken = release(size).kernels['v2-broken-kernel'];
    expect(broken?.broken).toBe(true);
    expect(broken?.image.path).toBe(release(size).kernels.v2?.image.path);
    expect(broken?.image.text).not.toBe(release(size).kernels.v2?.image.text);
    expect(filesOf(release(size), 'v2-broken-kernel').get(broken?.image.path ?? '')).toBe(
      broken?.image,
    );
  });

  test.each(['v1', 'v2'] as const)('ships in %s what a start needs', (version) => {
    const shipped = filesOf(release(size), version);
    const missing = release(size).boot.filter(({ path }) => !shipped.has(path));
    expect(missing).toEqual([]);
    expect(release(size).boot[0]).toMatchObject({
      stage: 'init',
      path: '/usr/lib/systemd/systemd',
    });
  });

  test.each(['v1', 'v2'] as const)(
    'ships in %s every library that its files ask for',
    (version) => {
      const shipped = [...filesOf(release(size), version).values()];
      const names = new Set(shipped.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)));
      const answering = new Set(shipped.map(({ soname }) => soname));
      const unanswered = shipped.flatMap(({ path, needs = [] }) =>
        needs
          .filter((need) => !names.has(need) && !answering.has(need))
          .map((need) => `${path}: ${need}`),
      );
      expect(shipped.flatMap(({ needs = [] }) => needs).length).toBeGreaterThan(1);
      expect(unanswered).toEqual([]);
    },
  );

  test('gives a reason for every group of packages that must match', () => {
    const { packages, lockstepGroups } = release(size);
    const named = new Set(packages.flatMap(({ lockstep }) => lockstep ?? []));
    expect(new Set(lockstepGroups.map(({ id }) => id))).toEqual(named);
    expect(lockstepGroups.filter(({ why }) => why.length < 20)).toEqual([]);
  });

  test('has configuration that sam edited, shipped as conffiles', () => {
    const shipped = filesOf(release(size), 'v1');
    const { editedConfig, accounts } = release(size);
    expect(editedConfig.length).toBeGreaterThan(0);
    for (const { path, text } of editedConfig) {
      expect(shipped.get(path)?.conffile).toBe(true);
      expect(text).not.toBe('');
    }
    expect(accounts.map(({ name, uid }) => [name, uid])).toEqual([
      ['root', 0],
      ['sam', 1000],
    ]);
  });
});

describe('what counts as changed', () => {
  test('every regular file of a package of another version, even at equal size', () => {
    const [before] = packageFiles(release('full'), 'mount', 'v1').filter(({ target }) => !target);
    const after = packageFiles(release('full'), 'mount', 'v2').find(
      ({ path }) => path === before?.path,
    );
    expect(before?.text).not.toBe(after?.text);
  });

  test('nothing of a package that is the same in both', () => {
    const coreutils = release('full').packages.find(({ name }) => name === 'coreutils');
    expect(coreutils?.versions.v2).toBe(coreutils?.versions.v1);
  });

  test('no conffile of equal size, although its package changed', () => {
    const one = packageFiles(release('full'), 'systemd', 'v1').filter(({ conffile }) => conffile);
    const two = packageFiles(release('full'), 'systemd', 'v2').filter(({ conffile }) => conffile);
    expect(one.length).toBeGreaterThan(0);
    expect(two).toEqual(one);
  });
});

test('the classroom is small, and a part of the whole', () => {
  const classroom = filesOf(release('classroom'), 'v1');
  const full = filesOf(release('full'), 'v1');
  expect([...classroom.keys()].filter((path) => !full.has(path))).toEqual([]);
  expect(full.size).toBe(8353);
  expect(classroom.size).toBeGreaterThan(900);
  expect(classroom.size).toBeLessThan(1200);
  expect(gzipSync(textOf('classroom')).length).toBeLessThan(30_000);
});

test.each([
  ['no JSON', '{'],
  ['another format', '{"format":2}'],
  ['a list that is missing', '{"format":1,"sonames":[]}'],
  ['a size that is no number', textOf('recorded').replace('sh 45000/45600', 'sh x/45600')],
  ['a word that means nothing', textOf('recorded').replace('sh 45000/45600', 'sh 45000/45600 q')],
  ['a file without a directory', textOf('recorded').replace('"/usr/bin\\ncat', '"cat')],
  ['a kernel without an image', textOf('recorded').replace('/boot/vmlinuz-', '/boot/linux-')],
  [
    'a patch of a file that is not there',
    textOf('recorded').replace('"/usr/bin/desk-shell"', '"/x"'),
  ],
])('a text with %s is refused', (_, text) => {
  expect(text === textOf('recorded')).toBe(false);
  expect(() => expandRelease(text)).toThrow();
});
