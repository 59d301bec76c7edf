/** What every mechanism promises beside updates: packages that come and go, cleaning up, looking for damage. */
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import type { VersionName } from '../../src/model/release.ts';
import { lostOf, thesis } from './whole-files.ts';
import { freshMachine, isImage, machines, type Machine } from './machines.ts';
import type { TestMachine } from '../unit/backends/machine.ts';

/** A package that nothing else needs; it depends on nothing either. */
const leaf = 'editor';

/** Another one. */
const other = 'sshd';

/** Files of a version that the default entry lacks. */
function lost(target: TestMachine, version: VersionName): readonly string[] {
  const [entry] = target.backend.bootMenu(target.brief, target.running.disk).entries;
  expect(entry?.version).toBe(version);
  return lostOf(target, entry, version);
}

function filesOf(target: TestMachine, name: string, version: VersionName): readonly string[] {
  const owner = target.brief.release.packages.find((one) => one.name === name);
  const files = owner?.versions[version]?.files ?? [];
  return files.filter(({ conffile }) => conffile !== true).map(({ path }) => path);
}

function withProcedure(verb: keyof Backend): readonly (readonly [string, Machine])[] {
  return machines.filter(([, { backend }]) => backend[verb] !== undefined);
}

const ofPackages = withProcedure('removePackage').filter(([, machine]) => !isImage(machine));
const ofImages = withProcedure('removePackage').filter(([, machine]) => isImage(machine));

describe.each(ofImages)('%s', (_label, machine) => {
  test.each(['removePackage', 'installPackage'] as const)(
    '%s is refused in words: the system is an image, and it stays as it is',
    (verb) => {
      const target = freshMachine(machine);
      const before = target.operations().length;
      target.change(verb, leaf);
      expect(target.errors()).toEqual([
        'The system is one image: there is no package manager in it.',
      ]);
      expect(target.operations()).toHaveLength(before);
      expect(lost(target, 'v1')).toEqual([]);
    },
  );
});

describe.each(ofPackages)('%s', (_label, machine) => {
  test('a package that was removed is gone once it is cleaned up after, everything else is whole', () => {
    const target = freshMachine(machine);
    target.change('removePackage', leaf);
    target.restart();
    if (machine.backend.collectGarbage !== undefined) target.perform('collectGarbage');
    expect(target.errors()).toEqual([]);
    const missing = lost(target, 'v1');
    expect(missing).toEqual(expect.arrayContaining([...filesOf(target, leaf, 'v1')]));
    const shipped = new Set(
      target.brief.release.packages
        .find(({ name }) => name === leaf)
        ?.versions.v1?.files.map(({ path }) => path),
    );
    expect(missing.filter((path) => !shipped.has(path))).toEqual([]);
    expect(target.text(thesis.path)).toBe(thesis.text);
  });

  test('a package that was removed comes back when it is installed', () => {
    const target = freshMachine(machine);
    target.change('removePackage', leaf);
    target.restart();
    target.change('installPackage', leaf);
    target.restart();
    expect(target.errors()).toEqual([]);
    expect(lost(target, 'v1')).toEqual([]);
  });

  test('a package makes room for another one, and nothing else is touched', () => {
    const target = freshMachine(machine);
    target.change('removePackage', other);
    target.restart();
    target.replace(leaf, other);
    target.restart();
    if (machine.backend.collectGarbage !== undefined) target.perform('collectGarbage');
    expect(target.errors()).toEqual([]);
    const missing = new Set(lost(target, 'v1'));
    expect([...missing]).toEqual(expect.arrayContaining([...filesOf(target, leaf, 'v1')]));
    expect(filesOf(target, other, 'v1').filter((path) => missing.has(path))).toEqual([]);
    expect(target.text(thesis.path)).toBe(thesis.text);
  });

  test('a replacement that cannot be had leaves the package where it is', () => {
    // ABRoot's image is built by apt-get, which takes what is installed already for done.
    const hopeless = machine.backend.id === 'ab' ? [] : [other];
    for (const by of ['no-such-package', ...hopeless]) {
      const target = freshMachine(machine);
      target.replace(leaf, by);
      target.restart();
      // pacman has no such transaction: it removes first, and finds out after that.
      if (machine.options['tool'] === 'pacman') continue;
      expect(lost(target, 'v1'), by).toEqual([]);
    }
  });

  test('a package that was removed stays away in an update', () => {
    const target = freshMachine(machine);
    target.change('removePackage', leaf);
    target.restart();
    target.update();
    target.restart();
    const missing = lost(target, 'v2');
    expect(missing).toEqual(expect.arrayContaining([...filesOf(target, leaf, 'v2')]));
    expect(missing.every((path) => filesOf(target, leaf, 'v2').includes(path))).toBe(true);
  });

  test('a package that is not there, and one that nothing can do without, stay as they are', () => {
    for (const name of ['no-such-package', 'libc6']) {
      const target = freshMachine(machine);
      target.change('removePackage', name);
      target.restart();
      expect(lost(target, 'v1'), name).toEqual([]);
    }
  });
});

describe.each(withProcedure('collectGarbage'))('%s', (_label, machine) => {
  test('cleaning up leaves an updated machine whole, and the data', () => {
    const target = freshMachine(machine);
    target.update();
    target.restart();
    target.perform('collectGarbage');
    target.restart();
    expect(target.errors()).toEqual([]);
    expect(lost(target, 'v2')).toEqual([]);
    expect(target.text(thesis.path)).toBe(thesis.text);
  });
});

describe.each(withProcedure('factoryReset'))('%s', (_label, machine) => {
  test('a reset leaves a system that starts, and no data', () => {
    const target = freshMachine(machine);
    target.perform('factoryReset');
    target.restart();
    expect(target.errors()).toEqual([]);
    expect(lost(target, 'v1')).toEqual([]);
    expect(target.text(thesis.path)).toBeUndefined();
  });
});

describe.each(withProcedure('verify'))('%s', (_label, machine) => {
  test('looking for damage finds none on a fresh machine, and changes nothing', () => {
    const target = freshMachine(machine);
    target.perform('verify');
    expect(target.errors()).toEqual([]);
    expect(lost(target, 'v1')).toEqual([]);
  });

  test('looking for damage names a file that root has changed in place', () => {
    const target = freshMachine(machine);
    const { brief } = target;
    const owner = brief.release.packages.find(({ name }) => name === leaf);
    const file = owner?.versions.v1?.files.find(({ path }) => path === '/usr/bin/edit');
    if (owner === undefined || file === undefined) throw new Error('no such file');
    const shown = machine.backend.pathOf(brief, file, owner, 'v1');
    const [root] = machine.backend.mounts(brief, target.running.disk);
    // What no remount makes writable, root changes through the physical root.
    const path = root?.sealed === true ? `/sysroot/${root.from ?? ''}${shown}` : shown;
    target.asRoot(function* (os) {
      for (const mountPoint of ['/', '/usr', '/sysroot', '/nix/store']) {
        try {
          yield* os.remount(mountPoint, false);
          if (mountPoint === '/') yield* os.setSubvolumeReadOnly('/', false);
        } catch {
          // Not a mount point of this machine, or not a subvolume.
        }
      }
      yield* os.chmod(path, 0o755);
      yield* os.writeFile(path, 'changed\n', { access: 'write', append: true });
    });
    expect(target.errors()).toEqual([]);
    target.perform('verify');
    expect(target.errors().length).toBeGreaterThan(0);
  });
});
