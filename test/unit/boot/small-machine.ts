import type { BootEntry, BootMenu, DiskView } from '../../../src/model/boot-entry.ts';
import { absent, type Cell } from '../../../src/model/cell-table.ts';
import {
  BlobTable,
  emptyContent,
  wholeBlob,
  zeros,
  type Content,
} from '../../../src/model/content.ts';
import { ObservedState } from '../../../src/model/observed-state.ts';
import { nameOf, parentOf } from '../../../src/model/path.ts';
import type {
  Release,
  ReleaseFile,
  ReleasePackage,
  VersionName,
} from '../../../src/model/release.ts';
import { ImageBuilder } from '../../../src/model/volume.ts';

type Extra = Partial<Pick<ReleaseFile, 'needs' | 'soname' | 'target' | 'conffile'>>;

/** A file whose bytes name path and `edition`; equal editions are equal files. */
function file(path: string, edition: string, sizeBytes = 100, extra: Extra = {}): ReleaseFile {
  return { path, sizeBytes, mode: 0o755, text: `${path} ${edition}`, ...extra };
}

function pack(
  name: string,
  v1: readonly ReleaseFile[],
  v2: readonly ReleaseFile[],
  extra: Partial<Pick<ReleasePackage, 'boot' | 'lockstep' | 'application'>> = {},
): ReleasePackage {
  return {
    name,
    depends: [],
    essential: false,
    boot: false,
    versions: { v1: { version: '1', files: v1 }, v2: { version: '2', files: v2 } },
    ...extra,
  };
}

const libc = (edition: string): readonly ReleaseFile[] => [
  file('/usr/lib/libc.so.6', edition, 500, { soname: 'libc.so.6', needs: ['ld.so.2'] }),
  file('/usr/lib/ld.so.2', edition, 300, { soname: 'ld.so.2', needs: ['libc.so.6'] }),
  file('/usr/share/libc/zones', edition, 40),
];

const shared = (edition: string): readonly ReleaseFile[] => [
  file(`/usr/lib/systemd/libshared-${edition}.so`, edition, 400, {
    soname: `libshared-${edition}.so`,
    needs: ['libc.so.6'],
  }),
];

const systemd = (edition: string): readonly ReleaseFile[] => [
  file('/usr/lib/systemd/systemd', edition, 700, {
    needs: [`libshared-${edition}.so`, 'libc.so.6', 'libfrom-elsewhere.so'],
  }),
  file('/usr/sbin/init', 'same', 0, { target: '../lib/systemd/systemd' }),
  ...(edition === '2' ? [file('/usr/lib/systemd/system/oomd.service', '2', 50)] : []),
];

const mount = (edition: string): readonly ReleaseFile[] => [
  file('/usr/bin/mount', edition, 100, { needs: ['libblkid.so.1'] }),
  file('/usr/lib/libblkid.so.1', 'same', 120, { soname: 'libblkid.so.1' }),
];

const dash: readonly ReleaseFile[] = [file('/usr/bin/sh', 'same', 80, { needs: ['libc.so.6'] })];

const desktop = (edition: string): readonly ReleaseFile[] => [
  file('/usr/bin/desk-shell', edition, 200, { needs: ['libdesk.so'] }),
  file('/usr/lib/libdesk.so', edition, 210, { soname: 'libdesk.so' }),
];

/** Account files, each with a line for the one person. */
const accounts: readonly ReleaseFile[] = ['/etc/passwd', '/etc/shadow'].map((path) => {
  const text = 'root:*:\nsam:x:1000:\n';
  return { path, sizeBytes: text.length, mode: 0o600, text };
});

const kernel = (edition: '1' | '2'): NonNullable<Release['kernels']['v1']> => ({
  release: `6.${edition}.0`,
  package: 'linux-image',
  image: file(`/boot/vmlinuz-6.${edition}.0`, edition, 900),
  initramfs: file(`/boot/initramfs.img-6.${edition}.0`, edition, 800),
  modules: [
    file(`/usr/lib/modules/6.${edition}.0/modules.dep`, edition, 60),
    file(`/usr/lib/modules/6.${edition}.0/net.ko`, edition, 70),
  ],
});

/** A release of a few files, every kind of which there is at least one. */
export const release: Release = {
  size: 'recorded',
  packages: [
    pack('libc6', libc('1'), libc('2'), { boot: true, lockstep: 'libc' }),
    pack('libsystemd0', shared('1'), shared('2'), { boot: true, lockstep: 'systemd' }),
    pack('systemd', systemd('1'), systemd('2'), { boot: true, lockstep: 'systemd' }),
    pack('mount', mount('1'), mount('2'), { boot: true }),
    pack('dash', dash, dash),
    pack('editor', [file('/usr/bin/edit', '1', 90)], [file('/usr/bin/edit', '2', 95)], {
      application: 'editor',
    }),
    pack('desktop', desktop('1'), desktop('2'), { lockstep: 'desktop', application: 'desktop' }),
    pack(
      'base-files',
      [
        file('/usr/share/motd', 'same', 30),
        file('/usr/lib/os-release', 'same', 35),
        file('/etc/issue', '1', 20, { conffile: true }),
        file('/etc/app.conf', '1', 25, { conffile: true }),
        ...accounts,
      ],
      [
        file('/usr/share/motd', 'same', 30),
        file('/usr/lib/os-release', 'same', 35),
        file('/etc/issue', '2', 22, { conffile: true }),
        file('/etc/app.conf', '2', 27, { conffile: true }),
        ...accounts,
      ],
    ),
    pack('linux-image', kernel('1').modules, kernel('2').modules),
  ],
  lockstepGroups: [
    { id: 'libc', why: 'the loader and the library share private interfaces' },
    { id: 'systemd', why: 'programs are linked against one private library' },
    { id: 'desktop', why: 'the shell calls private functions of its library' },
  ],
  kernels: { v1: kernel('1'), v2: kernel('2') },
  generated: [],
  editedConfig: [{ path: '/etc/app.conf', text: 'colour = mine\n' }],
  accounts: [{ name: 'sam', uid: 1000, home: '/home/sam' }],
  boot: [
    {
      stage: 'init',
      path: '/usr/sbin/init',
      message: 'not printed: the initramfs has words of its own',
    },
    {
      stage: 'services',
      path: '/usr/bin/mount',
      message:
        '[FAILED] Failed to start systemd-remount-fs.service - Remount Root and Kernel File Systems.',
    },
    { stage: 'applications', path: '/usr/bin/desk-shell', message: 'Failed to start desk-shell.' },
  ],
};

/** Every file of a version, kernel and initramfs included. */
export function filesOf(version: VersionName): readonly ReleaseFile[] {
  const { image, initramfs } = release.kernels[version] ?? kernel('1');
  const shipped = release.packages.flatMap((owner) => owner.versions[version]?.files ?? []);
  return [...shipped, image, initramfs];
}

export const pathOf = ({ path }: ReleaseFile): string => path;

/** One volume with everything on it, that can be changed in place. */
export class SmallDisk {
  readonly blobs = new BlobTable();
  readonly state: ObservedState;
  /** Cells that were set since the last call of {@link takeChanges}. */
  #changes: Cell[] = [];
  readonly #inodes = new Map<string, { readonly name: Cell; readonly inode: number }>();

  constructor(version: VersionName = 'v1') {
    const image = new ImageBuilder();
    for (const known of [...filesOf('v1'), ...filesOf('v2')]) {
      if (this.#inodes.has(known.path)) continue;
      const inode =
        known.target === undefined
          ? image.file(image.root, known.path, emptyContent)
          : image.symlink(image.root, known.path, known.target);
      const directory = image.directory(image.root, parentOf(known.path));
      const name = image.table.nameCell(directory, nameOf(known.path));
      image.table.contentCell(inode);
      this.#inodes.set(known.path, { name, inode });
    }
    const cells = new Int32Array(image.table.size);
    cells.set(image.state().cells.slice(0, cells.length));
    this.state = new ObservedState(image.table, cells);
    for (const path of this.#inodes.keys()) this.remove(path);
    for (const known of filesOf(version)) this.install(known);
    this.#changes = [];
  }

  get view(): DiskView {
    return { volumes: new Map([['root', this.state]]), blobs: this.blobs };
  }

  /** The content that a release file has when it is whole. */
  contentOf({ text, sizeBytes }: ReleaseFile): Content {
    return wholeBlob(this.blobs.intern(text, sizeBytes), sizeBytes);
  }

  install(known: ReleaseFile): void {
    this.put(known.path, this.contentOf(known));
  }

  /** Installs the file that a version has at a path; where it has none, the path is removed. */
  installFrom(version: VersionName, path: string): void {
    const known = filesOf(version).find((one) => one.path === path);
    if (known === undefined) this.remove(path);
    else this.install(known);
  }

  put(path: string, content: Content): void {
    const { name, inode } = this.#find(path);
    this.#set(name, inode);
    this.#set(this.state.table.contentCell(inode), this.state.table.contentValue(content));
  }

  remove(path: string): void {
    this.#set(this.#find(path).name, absent);
  }

  /** Makes a whole directory disappear. */
  removeDirectory(path: string): void {
    const parent = parentOf(path);
    const directory = this.#directory(parent);
    this.#set(this.state.table.nameCell(directory, nameOf(path)), absent);
  }

  #directory(path: string): number {
    return path
      .split('/')
      .filter((name) => name !== '')
      .reduce((at, name) => this.state.lookup(at, name), this.state.root);
  }

  takeChanges(): readonly Cell[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }

  get paths(): readonly string[] {
    return [...this.#inodes.keys()];
  }

  #find(path: string): { readonly name: Cell; readonly inode: number } {
    const found = this.#inodes.get(path);
    if (found === undefined) throw new Error(`no cell for ${path}`);
    return found;
  }

  #set(cell: Cell, value: number): void {
    this.state.cells[cell] = value;
    this.#changes.push(cell);
  }

  entry(version: 'v1' | 'v2' = 'v1'): BootEntry {
    const { image, initramfs } = release.kernels[version] ?? kernel('1');
    const at = (path: string) => ({ volume: 'root', directory: this.state.root, path });
    return {
      id: version,
      title: `Linux ${version}`,
      version,
      kernel: at(image.path),
      initramfs: at(initramfs.path),
      root: [{ mountPoint: '/', volume: 'root', directory: this.state.root }],
      init: '/usr/sbin/init',
    };
  }

  menu(...versions: readonly ('v1' | 'v2')[]): BootMenu {
    return {
      entries: versions.map((version) => this.entry(version)),
      wayToOther: { kind: 'menu', how: 'Choose the other entry in the menu.' },
    };
  }
}

/** Contents that are no version's. */
export const damages: { readonly [name: string]: (whole: Content) => Content } = {
  empty: () => emptyContent,
  zeros: ({ sizeBytes }) => zeros(sizeBytes),
  cut: ({ segments }) => {
    const [first] = segments;
    return first === undefined
      ? emptyContent
      : { sizeBytes: 10, segments: [{ ...first, lengthBytes: 10 }] };
  },
};
