/** The small operating system of the recorded runs, packed; what the recordings leave open is chosen here. */
import type { BootNeed } from '../../src/model/release.ts';
import type { PackedPackage, PackedRelease } from '../../src/releases/packed.ts';
import { accounts } from './debian-choice.ts';
import type { ManifestFile, ManifestPackage } from './manifest.ts';
import { packPackage, SonameTable } from './pack.ts';

interface RecordedFile {
  readonly path: string;
  readonly v1: number | null;
  readonly v2: number | null;
  readonly changed: boolean;
}

interface RecordedTree {
  readonly kernel: {
    readonly versions: { readonly v1: string; readonly v2: string };
    readonly files: readonly { readonly name: string; readonly size: number }[];
  };
  readonly packages: {
    readonly [name: string]: {
      readonly lockstep: string | null;
      readonly boot: boolean;
      readonly files: readonly RecordedFile[];
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

type Version = 'v1' | 'v2';

const init = '/usr/lib/systemd/systemd';

/** The recordings name the groups; why is the same as for the real packages of these names. */
const whys: { readonly [id: string]: string } = {
  libc: 'the dynamic linker, libc.so.6 and its companions call one another by private symbols of the same build',
  systemd: 'its programs link libsystemd-shared, a private library whose name carries its version',
  desktop: 'the shell loads its plug-ins and its library, built together',
  ssl: 'libssl.so.3 calls libcrypto.so.3 by internal symbols of the same release',
  python: 'the interpreter, its library and its modules are of the same build',
};

const stages: readonly (readonly [RegExp, BootNeed['stage'], string])[] = [
  [/^\/usr\/bin\/sh$/, 'login', 'login: cannot execute /usr/bin/sh: No such file or directory'],
  [/(mount|fsck)$/, 'services', '[FAILED] Failed to mount the file systems.'],
  [
    /(systemd-udevd|systemctl|\.target)$/,
    'services',
    '[FAILED] Failed to start a unit of the system.',
  ],
];

/**
 * The recordings call a system broken-torn when any file of a boot package is damaged, unit files apart; so every such
 * file is needed. Files that one version alone ships are reached through what the init of that version links.
 */
function bootNeeds(tree: RecordedTree): readonly BootNeed[] {
  const files = Object.values(tree.packages)
    .filter(({ boot }) => boot)
    .flatMap((entry) => entry.files)
    .filter(({ path, v1, v2 }) => v1 !== null && v2 !== null && !path.endsWith('.service'));
  const needs = files.map(({ path }): BootNeed => {
    const [, stage, message] = stages.find(([pattern]) => pattern.test(path)) ?? [];
    return {
      stage: stage ?? 'init',
      path,
      message: message ?? 'Kernel panic - not syncing: No working init found.',
    };
  });
  const order = ['init', 'services', 'login', 'applications'];
  const rank = ({ stage, path }: BootNeed): number =>
    order.indexOf(stage) * 2 + (path === init ? 0 : 1);
  return [
    ...needs.sort((left, right) => rank(left) - rank(right)),
    { stage: 'applications', path: '/usr/bin/desk-shell', message: 'desk-shell: not found' },
  ];
}

function manifestPackage(tree: RecordedTree, name: string): ManifestPackage {
  const etc = tree.etc.filter((entry) => entry.package === name);
  const recorded: readonly Omit<RecordedFile, 'changed'>[] = [
    ...(tree.packages[name]?.files ?? []),
    ...etc,
  ];
  const version = (at: Version): ManifestPackage['v1'] => ({
    version: at === 'v1' ? '1' : '2',
    essential: tree.packages[name]?.boot ?? false,
    conffiles: etc.map(({ path }) => path),
    files: recorded.flatMap((file) => fileOf(tree, file, at)),
  });
  return { name, v1: version('v1'), v2: version('v2') };
}

function fileOf(
  tree: RecordedTree,
  file: Omit<RecordedFile, 'changed'>,
  version: Version,
): readonly ManifestFile[] {
  const size = file[version];
  if (size === null) return [];
  const program = /^\/usr\/s?bin\//.test(file.path) || /\/systemd(-udevd)?$/.test(file.path);
  const needs = file.path === init ? privateLibraries(tree, version) : [];
  return [
    {
      path: file.path,
      size,
      ...(program ? { mode: '755' } : {}),
      ...(needs.length > 0 ? { needs } : {}),
    },
  ];
}

function privateLibraries(tree: RecordedTree, version: Version): readonly string[] {
  return (tree.packages['libsystemd0']?.files ?? [])
    .filter((file) => file[version] !== null)
    .map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
}

function kernelPackage(tree: RecordedTree): ManifestPackage {
  const { versions, files } = tree.kernel;
  const version = (at: Version): ManifestPackage['v1'] => {
    const release = versions[at];
    const shipped = files.filter(({ name }) => name !== 'initramfs.img');
    return {
      version: release,
      files: shipped.map(({ name, size }) => ({
        path:
          name === 'vmlinuz' ? `/boot/vmlinuz-${release}` : `/usr/lib/modules/${release}/${name}`,
        size,
      })),
    };
  };
  return { name: 'kernel', v1: version('v1'), v2: version('v2') };
}

/** Packs the tree; packages keep its order, the kernel comes last, as the recorded dpkg run unpacks it. */
export function recordedRelease(text: string): PackedRelease {
  const tree = JSON.parse(text) as RecordedTree;
  const sonames = new SonameTable();
  const packages = Object.entries(tree.packages).map(([name, { lockstep, boot, files }]) => {
    const same = new Set(files.filter(({ changed }) => !changed).map(({ path }) => path));
    const facts = {
      ...(lockstep === null ? {} : { lockstep }),
      ...(boot ? { boot: true as const } : {}),
    };
    return packPackage(manifestPackage(tree, name), facts, sonames, [], (path) => same.has(path));
  });
  const { versions: releases } = tree.kernel;
  const replaced = [releases.v1, releases.v2];
  const kernel = packPackage(kernelPackage(tree), { boot: true }, sonames, replaced);
  return { ...recordedFacts(tree), sonames: sonames.names, packages: [...packages, kernel] };
}

function recordedFacts(
  tree: RecordedTree,
): Omit<PackedRelease, 'sonames' | 'packages'> & { readonly packages?: readonly PackedPackage[] } {
  const initramfs = tree.kernel.files.find(({ name }) => name === 'initramfs.img');
  const groups = Object.values(tree.packages).flatMap(({ lockstep }) => lockstep ?? []);
  return {
    format: 1,
    size: 'recorded',
    source: 'The small operating system of the recorded runs (lab-tree.json)',
    kernel: {
      package: 'kernel',
      releases: tree.kernel.versions,
      image: '/boot/vmlinuz-{kernel}',
      initramfs: {
        path: '/boot/initramfs.img-{kernel}',
        sizeBytes: initramfs?.size ?? 0,
        maker: 'update-initramfs',
      },
    },
    patches: [
      {
        version: 'v2-no-display-manager',
        package: 'desktop',
        packageVersion: '2+defect1',
        without: '/usr/bin/desk-shell',
      },
      {
        version: 'v2-broken-kernel',
        package: 'kernel',
        packageVersion: `${tree.kernel.versions.v2}+defect1`,
        panics: true,
      },
    ],
    lockstepGroups: [...new Set(groups)].map((id) => ({ id, why: whys[id] ?? 'built together' })),
    generated: [],
    editedConfig: tree.etc
      .filter(({ editedByUser }) => editedByUser)
      .map(({ path }) => ({ path, text: `# changed by sam: ${path}\n` })),
    accounts,
    boot: bootNeeds(tree),
  };
}
