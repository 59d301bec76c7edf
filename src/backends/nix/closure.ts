/** A version as Nix stores it: one store path per package, one for /etc, one for the system that names them all. */
import type { MachineBrief } from '../backend.ts';
import { installedConfiguration, textContent } from '../machine-files.ts';
import { emptyContent, wholeBlob, type Content } from '../../model/content.ts';
import { moduleIndexes } from '../../model/module-indexes.ts';
import { parentOf } from '../../model/path.ts';
import type { ReleaseFile, ReleaseKernel, VersionName } from '../../model/release.ts';
import { configurationPath, kernelOwner, packagePath, pathInStore, systemPath } from './names.ts';

/** A file or symbolic link of a store path. */
export interface StoreFile {
  /** Path below the store path, with a slash. */
  readonly path: string;
  readonly content: Content;
  readonly mode: number;
  readonly target?: string;
}

/** One path of the store. */
export interface StorePath {
  readonly path: string;
  readonly files: readonly StoreFile[];
  /** Directories below it, parents first. */
  readonly directories: readonly string[];
}

/** Accounts stay plain files: `users.mutableUsers` is on by default. Source: NixOS manual, user management. */
const mutableFiles: ReadonlySet<string> = new Set(['/etc/passwd', '/etc/group', '/etc/shadow']);

/** Files of /etc that stay plain files. */
export function isMutable(path: string): boolean {
  return mutableFiles.has(path);
}

/** Every store path of a version, what is referred to first, the system last. */
export function closureOf(brief: MachineBrief, version: VersionName): readonly StorePath[] {
  return [
    ...packagePaths(brief, version),
    configurationOf(brief, version),
    systemOf(brief, version),
  ];
}

function packagePaths(brief: MachineBrief, version: VersionName): readonly StorePath[] {
  const kernel = brief.release.kernels[version];
  const owner = kernelOwner(brief, version);
  const paths = brief.release.packages.flatMap((entry) => {
    const shipped = entry.versions[version];
    if (shipped === undefined || brief.without?.includes(entry.name) === true) return [];
    const extra = kernel === undefined || entry.name !== owner.name ? [] : kernelFiles(kernel);
    const path = packagePath(brief, entry, version);
    return [storePath(path, storeFiles(brief, version, [...shipped.files, ...extra]))];
  });
  if (kernel === undefined || owner.versions[version] !== undefined) return paths;
  const path = packagePath(brief, owner, version);
  return [...paths, storePath(path, storeFiles(brief, version, kernelFiles(kernel)))];
}

/** A kernel with what its builders make beside it. */
function kernelFiles(kernel: ReleaseKernel): readonly ReleaseFile[] {
  return [kernel.image, kernel.initramfs, ...kernel.modules, ...moduleIndexes(kernel)];
}

function storeFiles(
  brief: MachineBrief,
  version: VersionName,
  files: readonly ReleaseFile[],
): readonly StoreFile[] {
  const found = new Map<string, StoreFile>();
  for (const file of files) {
    if (file.path.startsWith('/etc/')) continue;
    const path = pathInStore(brief, file.path, version);
    found.set(path, storeFile(brief, path, file));
  }
  return [...found.values()];
}

/** A package's file as the store keeps it: nobody may write it. Source: systems.md M11. */
function storeFile(brief: MachineBrief, path: string, file: ReleaseFile): StoreFile {
  const mode = (file.mode & 0o111) === 0 ? 0o444 : 0o555;
  if (file.target !== undefined) {
    return { path, content: emptyContent, mode: 0o777, target: file.target };
  }
  const content = wholeBlob(brief.blobs.intern(file.text, file.sizeBytes), file.sizeBytes);
  return { path, content, mode };
}

function storePath(path: string, files: readonly StoreFile[]): StorePath {
  const directories = new Set<string>();
  for (const file of files) {
    for (let at = parentOf(file.path); at !== '/' && !directories.has(at); at = parentOf(at)) {
      directories.add(at);
    }
  }
  return { path, files, directories: [...directories].sort() };
}

/**
 * /etc of a version, also of one that lacks some packages: their configuration files stay in it. What people changed before the story begins they declared in configuration.nix, as NixOS wants it,
 * so every generation holds it; what someone types into /etc later is not here.
 */
function configurationOf(brief: MachineBrief, version: VersionName): StorePath {
  const files = new Map<string, StoreFile>();
  const put = (path: string, content: Content): void => {
    if (!isMutable(path)) files.set(path, { path, content, mode: 0o444 });
  };
  for (const { path, content } of installedConfiguration(brief)) put(path, content);
  for (const entry of brief.release.packages) {
    for (const file of entry.versions[version]?.files ?? []) {
      if (!file.path.startsWith('/etc/') || isMutable(file.path)) continue;
      files.set(file.path, storeFile(brief, file.path, file));
    }
  }
  for (const { path, text } of brief.release.editedConfig) {
    put(path, textContent(brief.blobs, text));
  }
  return storePath(configurationPath(brief, version), [...files.values()]);
}

function link(path: string, target: string): StoreFile {
  return { path, content: emptyContent, mode: 0o777, target };
}

/** The system: its init and version, and links to everything that it consists of. */
function systemOf(brief: MachineBrief, version: VersionName): StorePath {
  const { blobs, release } = brief;
  const path = systemPath(brief, version);
  const kernel = packagePath(brief, kernelOwner(brief, version), version);
  const packages = release.packages.filter(
    ({ name, versions }) =>
      versions[version] !== undefined && brief.without?.includes(name) !== true,
  );
  const init = packages.find(({ name }) => name === 'systemd') ?? packages[0];
  const files: readonly StoreFile[] = [
    { path: '/init', content: textContent(blobs, `stage 2 of ${version}\n`), mode: 0o555 },
    { path: '/nixos-version', content: textContent(blobs, `${version}\n`), mode: 0o444 },
    link('/etc', `${configurationPath(brief, version)}/etc`),
    link('/kernel', `${kernel}/bzImage`),
    link('/initrd', `${kernel}/initrd`),
    link('/kernel-modules', kernel),
    ...(init === undefined ? [] : [link('/systemd', packagePath(brief, init, version))]),
    ...packages.map((entry) => link(`/sw/${entry.name}`, packagePath(brief, entry, version))),
  ];
  return storePath(path, files);
}

/**
 * The two programs that NixOS puts outside of the store, as path → path below a system. Source: nixpkgs
 * activation-script.nix, `binsh` and `usrbinenv`.
 */
export function outsidePrograms(brief: MachineBrief): readonly (readonly [string, string])[] {
  const find = (outside: string, candidates: readonly string[]): readonly [string, string][] => {
    for (const path of candidates) {
      const owner = brief.release.packages.find(({ versions }) =>
        versions.v1?.files.some((file) => file.path === path),
      );
      if (owner !== undefined) return [[outside, `/sw/${owner.name}${path.slice('/usr'.length)}`]];
    }
    return [];
  };
  return [
    ...find('/bin/sh', ['/usr/bin/sh', '/usr/bin/bash', '/usr/bin/dash']),
    ...find('/usr/bin/env', ['/usr/bin/env']),
  ];
}
