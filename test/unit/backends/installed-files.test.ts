/** Files that machines have beside those of packages: what depmod makes, what people keep secret. */
import { describe, expect, test } from 'vitest';
import { backends } from '../../../src/backends/registry.ts';
import { moduleIndexes } from '../../../src/model/module-indexes.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import type { Release, ReleaseKernel, ReleasePackage } from '../../../src/model/release.ts';
import { callOf } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';
import { recordedRelease } from './recorded-release.ts';

const [mutable, , , btrfs] = backends;

/** The kernel as its package ships it outside of the recorded laboratory: without indexes. */
function withoutIndexes(kernel: ReleaseKernel): ReleaseKernel {
  return { ...kernel, modules: kernel.modules.filter(({ path }) => !path.endsWith('modules.dep')) };
}

function releaseWithoutIndexes(): Release {
  const kernels = Object.entries(recordedRelease.kernels).map(
    ([version, kernel]) => [version, withoutIndexes(kernel)] as const,
  );
  return { ...recordedRelease, kernels: Object.fromEntries(kernels) };
}

/** The kernel's package; the recorded release has none that is listed. */
function ownerOf(release: Release): ReleasePackage | undefined {
  const [first] = release.packages;
  const name = release.kernels.v1?.package ?? '';
  const listed = release.packages.find((entry) => entry.name === name);
  return listed ?? (first === undefined ? undefined : { ...first, name, versions: {} });
}

function updated(backend: (typeof backends)[number] | undefined): TestMachine {
  if (backend === undefined) throw new Error('no such backend');
  const release = releaseWithoutIndexes();
  const machine = new TestMachine(backend, { ...briefOf(backend, {}), release });
  machine.update();
  expect(machine.errors()).toEqual([]);
  return machine;
}

describe('the indexes of a kernel’s modules', () => {
  test('a package that ships modules.dep needs no depmod: the recorded one does', () => {
    for (const kernel of Object.values(recordedRelease.kernels)) {
      expect(moduleIndexes(kernel)).toEqual([]);
      expect(moduleIndexes(withoutIndexes(kernel)).map(({ text }) => text)).toEqual([
        `/usr/lib/modules/${kernel.release}/modules.dep made by depmod for ${kernel.release}`,
        `/usr/lib/modules/${kernel.release}/modules.dep.bin made by depmod for ${kernel.release}`,
      ]);
    }
  });

  test.each(backends.map((backend) => [backend.id, backend] as const))(
    '%s: there for the installed version and for the new one',
    (_id, backend) => {
      const machine = updated(backend);
      const work = machine.running.work();
      if (backend.shutdown !== undefined) machine.running.perform(work.os, backend.shutdown(work));
      const { disk } = machine.running;
      const { entries } = backend.bootMenu(machine.brief, disk);
      const texts = entries.map((entry) => {
        const kernel = machine.brief.release.kernels[entry.version];
        const [index] = kernel === undefined ? [] : moduleIndexes(kernel);
        const owner = ownerOf(machine.brief.release);
        if (index === undefined || owner === undefined) return undefined;
        const path = backend.pathOf(machine.brief, index, owner, entry.version);
        const [segment] = new RootTree(disk, entry.root).file(path)?.segments ?? [];
        return segment === undefined ? undefined : machine.brief.blobs.get(segment.blob).text;
      });
      expect(texts).toEqual(
        ['6.2.0', '6.1.0'].map(
          (release) => `/usr/lib/modules/${release}/modules.dep made by depmod for ${release}`,
        ),
      );
    },
  );

  test.each([
    ['mutable', mutable],
    ['btrfs', btrfs],
  ] as const)('%s: written beside their places and renamed, never synced', (_id, backend) => {
    const calls = updated(backend)
      .operations()
      .filter(({ path }) => path.includes('/modules.dep'))
      .map(
        (operation) => `${callOf(operation)} ${operation.path.replace(/.*\/modules/, 'modules')}`,
      );
    expect(calls.filter((call) => /fsync|fdatasync/.test(call))).toEqual([]);
    expect(calls.filter((call) => /^(create|write|rename)/.test(call))).toEqual([
      'create modules.dep.1.1.1',
      'write modules.dep.1.1.1',
      'rename modules.dep.1.1.1',
      'create modules.dep.bin.1.1.1',
      'write modules.dep.bin.1.1.1',
      'rename modules.dep.bin.1.1.1',
    ]);
  });
});

describe.each(backends.map((backend) => [backend.id, backend] as const))(
  'what people keep secret on %s',
  (_id, backend) => {
    test('is for its owner alone, wherever it lies; a document is for all to read', () => {
      const data = [
        { id: 'key', kind: 'secret', path: '/home/sam/.ssh/id_ed25519', text: 'key' },
        { id: 'tokens', kind: 'secret', path: '/home/sam/tokens.txt', text: 'tokens' },
        { id: 'thesis', kind: 'document', path: '/home/sam/thesis.txt', text: 'thesis' },
      ] as const;
      const { tree } = new TestMachine(backend, briefOf(backend, {}, data)).running;
      const modes = data.map(({ path }) => {
        const place = tree.walk(path);
        return place === undefined ? undefined : tree.attributes(place)?.mode.toString(8);
      });
      expect(modes).toEqual(['600', '600', '644']);
    });
  },
);
