/** A version as OSTree stores it: a tree of files below /usr, and the objects that hold them. */
import type { MachineBrief } from '../backend.ts';
import { wholeBlob, type Content } from '../../model/content.ts';
import { moduleIndexes } from '../../model/module-indexes.ts';
import { parentOf } from '../../model/path.ts';
import type { ReleaseFile, VersionName } from '../../model/release.ts';
import { checksum, commitOf } from './names.ts';

/** One object of the repository. */
export interface RepositoryObject {
  /** Checksum and kind: `<64 hex>.file`, `.dirtree`, `.dirmeta`, `.commit`. */
  readonly name: string;
  readonly content: Content;
  readonly mode: number;
  /** Target of a symbolic link. */
  readonly target?: string;
}

/** A file of a commit, at its path below the deployment. */
export interface CommitFile {
  readonly path: string;
  readonly object: RepositoryObject;
}

/** One version, ready to be stored or checked out. */
export interface CommitTree {
  readonly version: VersionName;
  readonly commit: string;
  readonly files: readonly CommitFile[];
  /** Directories, parents before children. */
  readonly directories: readonly string[];
  /** Every object of the commit, each once; the commit object last. */
  readonly objects: readonly RepositoryObject[];
}

/**
 * Where a package's file lies in a commit. Only /usr is shipped: /etc becomes /usr/etc, /var becomes the factory copy,
 * the kernel lies beside its modules. Source: ostree "Adapting existing mainstream distributions".
 */
export function commitPath(brief: MachineBrief, path: string, version: VersionName): string {
  const kernel = brief.release.kernels[version];
  if (kernel !== undefined) {
    const directory = `/usr/lib/modules/${kernel.release}`;
    if (path === kernel.image.path) return `${directory}/vmlinuz`;
    if (path === kernel.initramfs.path) return `${directory}/initramfs.img`;
  }
  if (path.startsWith('/usr/')) return path;
  if (path.startsWith('/etc/')) return `/usr${path}`;
  if (path.startsWith('/boot/')) return `/usr/lib/ostree-boot${path.slice('/boot'.length)}`;
  if (path.startsWith('/var/')) return `/usr/share/factory${path}`;
  return `/usr/lib${path}`;
}

/** Every file of a version, kernel and initramfs included, each path once. */
function releaseFiles(brief: MachineBrief, version: VersionName): readonly ReleaseFile[] {
  const { packages, kernels } = brief.release;
  const kernel = kernels[version];
  const files = packages.flatMap((entry) => entry.versions[version]?.files ?? []);
  const extra =
    kernel === undefined
      ? []
      : [kernel.image, kernel.initramfs, ...kernel.modules, ...moduleIndexes(kernel)];
  const byPath = new Map<string, ReleaseFile>();
  for (const file of [...files, ...extra]) byPath.set(commitPath(brief, file.path, version), file);
  return [...byPath].map(([path, file]) => ({ ...file, path }));
}

/** The package database that rpm-ostree keeps inside the tree; the recorded tree had none. */
export const packageDatabasePath = '/usr/share/rpm/rpmdb.sqlite';

/** What composing a tree adds to the packages' files: generated ones, the package database, the link to /usr/local. */
function treeFiles(brief: MachineBrief, version: VersionName): readonly ReleaseFile[] {
  if (brief.release.size === 'recorded') return [];
  const lines = brief.release.packages.flatMap((entry) => {
    const installed = entry.versions[version];
    return installed === undefined ? [] : [`${entry.name} ${installed.version}`];
  });
  const made = brief.release.generated.filter(({ path }) => path.startsWith('/usr/'));
  const text = `rpm database\n${lines.join('\n')}\n`;
  return [
    ...made.map(({ path, maker, sizeBytes }) => {
      return { path, sizeBytes, mode: 0o644, text: `${path} made by ${maker}` };
    }),
    { path: packageDatabasePath, sizeBytes: text.length, mode: 0o644, text },
    { path: '/usr/local', sizeBytes: 0, mode: 0o777, text: '', target: '../var/usrlocal' },
  ];
}

/** Builds the tree of a version. */
export function commitTree(brief: MachineBrief, version: VersionName): CommitTree {
  const files = [...releaseFiles(brief, version), ...treeFiles(brief, version)]
    .map((file) => ({ path: file.path, object: fileObject(brief, file) }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  const directories = directoriesOf(files);
  const commit = commitOf(brief, version);
  const objects = new Map<string, RepositoryObject>();
  for (const { object } of files) objects.set(object.name, object);
  const root = addDirectoryObjects(brief, files, directories, objects);
  const name = `${commit}.commit`;
  objects.set(name, metadata(brief, name, `commit ${version} ${root}`));
  return { version, commit, files, directories, objects: [...objects.values()] };
}

function fileObject(brief: MachineBrief, file: ReleaseFile): RepositoryObject {
  const identity = `${String(file.mode)} ${String(file.sizeBytes)} ${file.target ?? file.text}`;
  const name = `${checksum(`file ${file.target === undefined ? '' : 'link '}${identity}`)}.file`;
  const sizeBytes = file.target === undefined ? file.sizeBytes : 0;
  const content = wholeBlob(brief.blobs.intern(file.text, sizeBytes), sizeBytes);
  const object = { name, content, mode: file.mode };
  return file.target === undefined ? object : { ...object, target: file.target };
}

function metadata(brief: MachineBrief, name: string, text: string): RepositoryObject {
  const content = wholeBlob(brief.blobs.intern(text), text.length);
  return { name, content, mode: 0o644 };
}

function directoriesOf(files: readonly CommitFile[]): readonly string[] {
  const found = new Set<string>();
  for (const { path } of files) {
    for (let at = parentOf(path); at !== '/' && !found.has(at); at = parentOf(at)) found.add(at);
  }
  return [...found].sort();
}

/** One `.dirtree` per distinct directory and one `.dirmeta` for all; returns the name of the root's. */
function addDirectoryObjects(
  brief: MachineBrief,
  files: readonly CommitFile[],
  directories: readonly string[],
  objects: Map<string, RepositoryObject>,
): string {
  const listings = new Map<string, string[]>([['/', []]]);
  for (const directory of directories) listings.set(directory, []);
  for (const { path, object } of files) {
    listings.get(parentOf(path))?.push(`${path} ${object.name}`);
  }
  const directoryMode = `${checksum('dirmeta 0755')}.dirmeta`;
  objects.set(directoryMode, metadata(brief, directoryMode, 'dirmeta 0755'));
  let root = '';
  for (const directory of [...directories].reverse().concat('/')) {
    const text = `dirtree\n${(listings.get(directory) ?? []).sort().join('\n')}`;
    const name = `${checksum(text)}.dirtree`;
    objects.set(name, metadata(brief, name, text));
    if (directory !== '/') listings.get(parentOf(directory))?.push(`${directory} ${name}`);
    root = name;
  }
  return root;
}
