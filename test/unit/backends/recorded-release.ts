/** The small operating system of the recorded runs, as a release. */
import { readFileSync } from 'node:fs';
import type {
  Release,
  ReleaseFile,
  ReleaseKernel,
  ReleasePackage,
} from '../../../src/model/release.ts';

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

const tree = JSON.parse(
  readFileSync(new URL('fixtures/lab-tree.json', import.meta.url), 'utf8'),
) as RecordedTree;

function fileOf(name: string, file: RecordedFile, version: 'v1' | 'v2'): readonly ReleaseFile[] {
  const sizeBytes = file[version];
  if (sizeBytes === null) return [];
  const text = `${name} ${file.changed ? version : 'both'} ${file.path}`;
  return [{ path: file.path, sizeBytes, mode: 0o644, text }];
}

function packageOf(name: string): ReleasePackage {
  const recorded = tree.packages[name];
  const etc = tree.etc
    .filter((entry) => entry.package === name)
    .map((entry) => ({ ...entry, changed: entry.v1 !== entry.v2 }));
  const files = (version: 'v1' | 'v2'): readonly ReleaseFile[] => [
    ...(recorded?.files ?? []).flatMap((file) => fileOf(name, file, version)),
    ...etc.flatMap((file) =>
      fileOf(name, file, version).map((made) => ({ ...made, conffile: true as const })),
    ),
  ];
  return {
    name,
    depends: [],
    essential: recorded?.boot ?? false,
    boot: recorded?.boot ?? false,
    ...(typeof recorded?.lockstep === 'string' ? { lockstep: recorded.lockstep } : {}),
    versions: {
      v1: { version: '1', files: files('v1') },
      v2: { version: '2', files: files('v2') },
    },
  };
}

function kernelOf(version: 'v1' | 'v2'): ReleaseKernel {
  const release = tree.kernel.versions[version];
  const file = (name: string, path: string): ReleaseFile => ({
    path,
    sizeBytes: tree.kernel.files.find((one) => one.name === name)?.size ?? 0,
    mode: 0o644,
    text: `kernel ${release} ${name}`,
  });
  return {
    release,
    package: 'linux',
    image: file('vmlinuz', `/boot/vmlinuz-${release}`),
    initramfs: file('initramfs.img', `/boot/initrd.img-${release}`),
    modules: ['modules/ext4.ko', 'modules/nic.ko', 'modules.dep'].map((name) =>
      file(name, `/usr/lib/modules/${release}/${name}`),
    ),
  };
}

/** Sizes and names as recorded; one user, whose changed app.conf is there before the story begins. */
export const recordedRelease: Release = {
  size: 'recorded',
  packages: Object.keys(tree.packages).map(packageOf),
  lockstepGroups: ['libc', 'systemd', 'desktop', 'ssl', 'python'].map((id) => ({
    id,
    why: 'built together',
  })),
  kernels: { v1: kernelOf('v1'), v2: kernelOf('v2') },
  generated: [],
  editedConfig: tree.etc
    .filter(({ editedByUser }) => editedByUser)
    .map(({ path }) => ({ path, text: 'changed by its user\n' })),
  accounts: [{ name: 'sam', uid: 1000, home: '/home/sam' }],
  boot: [{ stage: 'init', path: '/usr/lib/systemd/systemd', message: 'no init' }],
};
