/** Fills a root that is writable in place, as the installer of a package-based distribution does. */
import type { MachineBrief } from './backend.ts';
import { installedConfiguration, ownerOf, putFile, writtenByPeople } from './machine-files.ts';
import { generatedFiles, versionFile, versionFiles, type VersionFile } from './version-files.ts';
import { attributes } from '../model/attributes.ts';
import type { Inode } from '../model/cell-table.ts';
import type { VersionName } from '../model/release.ts';
import type { ImageBuilder } from '../model/volume.ts';

/** Path and target of the links of a merged /usr. Source: file-hierarchy(7). */
export const mergedUsrLinks: readonly (readonly [path: string, target: string])[] = [
  ['/bin', 'usr/bin'],
  ['/lib', 'usr/lib'],
  ['/lib64', 'usr/lib64'],
  ['/sbin', 'usr/sbin'],
];

/** Path and mode of the directories that every root has. Source: file-hierarchy(7), tmpfiles.d(5). */
export const standardDirectories: readonly (readonly [path: string, mode: number])[] = [
  ...['/boot', '/dev', '/etc', '/home', '/media', '/mnt', '/opt', '/proc', '/run', '/srv', '/sys'],
  ...['/usr/bin', '/usr/lib', '/usr/lib64', '/usr/local', '/usr/sbin', '/usr/share'],
  ...['/var/cache', '/var/lib', '/var/log'],
]
  .map((path): readonly [string, number] => [path, 0o755])
  .concat([
    ['/root', 0o700],
    ['/tmp', 0o1777],
    ['/var/tmp', 0o1777],
  ]);

/** Puts files and links of a version below `root`, at the paths that they carry. */
export function putVersionFiles(
  builder: ImageBuilder,
  root: Inode,
  files: readonly VersionFile[],
): void {
  for (const { path, content, mode, target } of files) {
    if (target !== undefined) builder.symlink(root, path, target);
    else builder.file(root, path, content, attributes('file', mode));
  }
}

/** Homes of the accounts, edited configuration, and the scenario's data, each with its owner. */
export function putPeople(brief: MachineBrief, builder: ImageBuilder, root: Inode): void {
  const { accounts } = brief.release;
  for (const { uid, home } of accounts) {
    builder.directory(root, home, attributes('directory', 0o700, { user: uid, group: uid }));
  }
  for (const file of writtenByPeople(brief)) {
    putFile(builder, root, file.path, file, ownerOf(accounts, file.path));
  }
}

/**
 * A whole root with `version` below `root`: directories, links of a merged /usr, packages, the kernel with its
 * initramfs, generated files, accounts, homes and data. `pathOf` gives the place of a canonical path.
 */
export function populateRoot(
  brief: MachineBrief,
  builder: ImageBuilder,
  root: Inode,
  version: VersionName,
  pathOf: (path: string) => string = (path) => path,
): void {
  for (const [path, mode] of standardDirectories) {
    builder.directory(root, path, attributes('directory', mode));
  }
  for (const [path, target] of mergedUsrLinks) builder.symlink(root, path, target);
  const initramfs = brief.release.kernels[version]?.initramfs;
  putVersionFiles(builder, root, [
    ...versionFiles(brief, version, pathOf),
    ...generatedFiles(brief),
    ...(initramfs === undefined ? [] : [versionFile(brief, initramfs, pathOf(initramfs.path))]),
  ]);
  for (const file of installedConfiguration(brief)) {
    putFile(builder, root, file.path, file, { user: 0, group: 0 });
  }
  putPeople(brief, builder, root);
}
