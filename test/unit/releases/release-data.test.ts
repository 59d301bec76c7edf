/** What must hold between the releases that ship, and between the recorded one and the tree that was recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  PackageVersion,
  Release,
  ReleaseFile,
  ReleaseSize,
} from '../../../src/model/release.ts';
import { expandRelease } from '../../../src/releases/expand.ts';

type Version = 'v1' | 'v2';

const versions: readonly Version[] = ['v1', 'v2'];

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

function release(size: ReleaseSize): Release {
  return expandRelease(read(`../../../public/releases/${size}.json`));
}

const classroom = release('classroom');
const full = release('full');
const recorded = release('recorded');

function packageOf(from: Release, name: string, version: Version): PackageVersion {
  const found = from.packages.find((entry) => entry.name === name)?.versions[version];
  if (found === undefined) throw new Error(`${name} ${version}`);
  return found;
}

function filesOf(from: Release, version: Version): ReadonlyMap<string, ReleaseFile> {
  const files = from.packages.flatMap(({ name }) => packageOf(from, name, version).files);
  return new Map(files.map((file) => [file.path, file]));
}

function sameContent(one: ReleaseFile | undefined, other: ReleaseFile | undefined): boolean {
  return (
    one?.text === other?.text &&
    one?.sizeBytes === other?.sizeBytes &&
    one?.target === other?.target
  );
}

/** Where a link leads; absolute targets and relative ones. */
function ledTo({ path, target = '' }: ReleaseFile): string {
  const parts = target.startsWith('/') ? [] : path.split('/').slice(1, -1);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

describe('the classroom beside the full release', () => {
  test.each(versions)('has in %s the very files of the full one', (version) => {
    const whole = filesOf(full, version);
    const differing = [...filesOf(classroom, version).values()].filter(
      (file) => JSON.stringify(whole.get(file.path)) !== JSON.stringify(file),
    );
    expect(differing).toEqual([]);
  });

  test('is told the same about kernels, groups, people, and what a start needs', () => {
    for (const fact of [
      'lockstepGroups',
      'generated',
      'editedConfig',
      'accounts',
      'boot',
    ] as const) {
      expect(classroom[fact]).toEqual(full[fact]);
    }
    expect(classroom.kernels.v1?.release).toBe('6.1.0-50-amd64');
    expect(classroom.kernels.v2?.release).toBe('6.1.0-56-amd64');
    expect(full.kernels.v2?.image).toEqual(classroom.kernels.v2?.image);
  });

  test('is updated by dozens of packages and hundreds of files', () => {
    const before = filesOf(classroom, 'v1');
    const after = filesOf(classroom, 'v2');
    const paths = [...new Set([...before.keys(), ...after.keys()])];
    const touched = paths.filter((path) => !sameContent(before.get(path), after.get(path)));
    const packages = classroom.packages.filter(({ versions: all }) => all.v1 !== all.v2);
    expect(packages.length).toBeGreaterThanOrEqual(35);
    expect(packages.length).toBeLessThanOrEqual(60);
    expect(touched.length).toBeGreaterThanOrEqual(300);
    expect(touched.length).toBeLessThanOrEqual(450);
  });
});

describe.each([
  ['classroom', classroom],
  ['full', full],
])('the Debian release %s', (_, from) => {
  test.each(versions)('has in %s no library link that leads nowhere', (version) => {
    const files = filesOf(from, version);
    const links = [...files.values()].filter(
      ({ path, target }) => target !== undefined && /\.so(\.[0-9.]+)?$/.test(path),
    );
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !files.has(ledTo(link)))).toEqual([]);
  });

  test.each(versions)('keeps in %s a group to packages that carry one version text', (version) => {
    for (const { id } of from.lockstepGroups) {
      const members = from.packages.filter(({ lockstep }) => lockstep === id);
      const texts = new Set(members.map(({ name }) => packageOf(from, name, version).version));
      expect([id, texts.size]).toEqual([id, 1]);
    }
  });

  test.each(versions)(
    'has in %s as group systemd exactly the packages that link its private library',
    (version) => {
      const linking = from.packages.filter(({ name }) =>
        packageOf(from, name, version).files.some(({ path, needs = [] }) =>
          [path, ...needs].some((one) => one.endsWith('libsystemd-shared-252.so')),
        ),
      );
      const members = from.packages.filter(({ lockstep }) => lockstep === 'systemd');
      expect(members.map(({ name }) => name)).toEqual(linking.map(({ name }) => name));
    },
  );

  test('leaves to their makers the files that are made on the machine', () => {
    for (const version of versions) {
      const files = filesOf(from, version);
      expect(from.generated.filter(({ path }) => files.has(path))).toEqual([]);
    }
    expect(from.generated.filter(({ maker }) => maker === '')).toEqual([]);
  });

  test('ships a display manager in v2, and none in the version that forgot it', () => {
    const names = (version: Version | 'v2-no-display-manager'): readonly string[] =>
      from.packages.flatMap(({ versions: all }) => all[version]?.files.map((f) => f.path) ?? []);
    const need = from.boot.find(({ path }) => path === '/usr/sbin/gdm3');
    expect(need?.stage).toBe('login');
    expect(names('v2')).toContain(need?.path);
    expect(names('v2-no-display-manager')).not.toContain(need?.path);
    expect(names('v2').length - names('v2-no-display-manager').length).toBe(1);
  });
});

interface RecordedTree {
  readonly kernel: {
    readonly versions: { readonly v1: string; readonly v2: string };
    readonly files: readonly { readonly name: string; readonly size: number }[];
  };
  readonly packages: {
    readonly [name: string]: {
      readonly lockstep: string | null;
      readonly boot: boolean;
      readonly files: readonly {
        readonly path: string;
        readonly v1: number | null;
        readonly v2: number | null;
        readonly changed: boolean;
      }[];
    };
  };
  readonly etc: readonly {
    readonly path: string;
    readonly v1: number;
    readonly v2: number;
    readonly package: string;
    readonly editedByUser: boolean;
  }[];
}

describe('the release of the recorded runs', () => {
  const tree = JSON.parse(read('../backends/fixtures/lab-tree.json')) as RecordedTree;

  test('has the packages of the recorded tree, in its order, and the kernel last', () => {
    const facts = recorded.packages.map(({ name, boot, lockstep = null }) => ({
      name,
      boot,
      lockstep,
    }));
    expect(facts).toEqual([
      ...Object.entries(tree.packages).map(([name, { boot, lockstep }]) => ({
        name,
        boot,
        lockstep,
      })),
      { name: 'kernel', boot: true, lockstep: null },
    ]);
  });

  test.each(Object.entries(tree.packages))('has the files of %s', (name, { files }) => {
    const etc = tree.etc.filter((entry) => entry.package === name);
    for (const version of versions) {
      const sizes = new Map(
        packageOf(recorded, name, version).files.map((file) => [file.path, file.sizeBytes]),
      );
      const expected = [...files, ...etc].filter((file) => file[version] !== null);
      expect(sizes).toEqual(new Map(expected.map((file) => [file.path, file[version]])));
    }
  });

  test('changes the files that the recorded update changes, and no others', () => {
    const recordedFiles = Object.values(tree.packages).flatMap(({ files }) => files);
    const etc = tree.etc.map((file) => ({ ...file, changed: file.v1 !== file.v2 }));
    const before = filesOf(recorded, 'v1');
    const after = filesOf(recorded, 'v2');
    const wrong = [...recordedFiles, ...etc].filter(
      ({ path, changed }) => sameContent(before.get(path), after.get(path)) === changed,
    );
    expect(wrong).toEqual([]);
  });

  test('has the kernels of the recorded tree under the paths of the runs', () => {
    for (const version of versions) {
      const number = tree.kernel.versions[version];
      const kernel = recorded.kernels[version];
      const found = [kernel?.image, kernel?.initramfs, ...(kernel?.modules ?? [])];
      const sizes = new Map(found.map((file) => [file?.path, file?.sizeBytes]));
      const placeOf = (name: string): string =>
        /^(vmlinuz|initramfs\.img)$/.test(name)
          ? `/boot/${name}-${number}`
          : `/usr/lib/modules/${number}/${name}`;
      expect(sizes).toEqual(
        new Map(tree.kernel.files.map(({ name, size }) => [placeOf(name), size])),
      );
    }
  });

  test('lets sam have edited what was edited in the runs', () => {
    expect(recorded.editedConfig.map(({ path }) => path)).toEqual(
      tree.etc.filter(({ editedByUser }) => editedByUser).map(({ path }) => path),
    );
  });
});
