/** Everything that one version of a release puts into a root, at the paths that a mechanism gives it. */
import type { MachineBrief } from './backend.ts';
import { emptyContent, wholeBlob, type Content } from '../model/content.ts';
import { moduleIndexes } from '../model/module-indexes.ts';
import type { ReleaseFile, VersionName } from '../model/release.ts';

/** A file, or a symbolic link, of a version in a root. */
export interface VersionFile {
  readonly path: string;
  readonly content: Content;
  readonly mode: number;
  /** Target of a symbolic link; such an entry has no content. */
  readonly target?: string;
  /** A file that the package manager treats as configuration. */
  readonly conffile?: true;
}

/** A release file as it lies at `path`. */
export function versionFile(brief: MachineBrief, file: ReleaseFile, path: string): VersionFile {
  const { text, sizeBytes, mode, target, conffile } = file;
  if (target !== undefined) return { path, content: emptyContent, mode, target };
  const content = wholeBlob(brief.blobs.intern(text, sizeBytes), sizeBytes);
  return { path, content, mode, ...(conffile === undefined ? {} : { conffile }) };
}

/**
 * Files of all packages of a version, kernel image, modules and their indexes included, sorted by path, each path once.
 * What the initramfs generator and other makers write on the machine is not among them.
 */
export function versionFiles(
  brief: MachineBrief,
  version: VersionName,
  pathOf: (path: string) => string,
): readonly VersionFile[] {
  const { packages, kernels } = brief.release;
  const kernel = kernels[version];
  const found = new Map<string, VersionFile>();
  const files = packages.flatMap((entry) => entry.versions[version]?.files ?? []);
  for (const file of [
    ...files,
    ...(kernel === undefined ? [] : [kernel.image, ...kernel.modules, ...moduleIndexes(kernel)]),
  ]) {
    const path = pathOf(file.path);
    found.set(path, versionFile(brief, file, path));
  }
  return [...found.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Files outside of /etc and /boot that a named maker writes; the same text in every version. */
export function generatedFiles(brief: MachineBrief): readonly VersionFile[] {
  return brief.release.generated
    .filter(({ path }) => !path.startsWith('/etc/') && !path.startsWith('/boot/'))
    .map(({ path, maker, sizeBytes }) => ({
      path,
      mode: 0o644,
      content: wholeBlob(brief.blobs.intern(`${path} made by ${maker}`, sizeBytes), sizeBytes),
    }));
}

/**
 * Paths that a read-only root does not carry: /var and the other shared directories hide what a package puts there,
 * so it goes to the factory directory that systemd-tmpfiles copies from. Source: tmpfiles.d(5), `C` lines.
 */
export function factoryPath(path: string): string {
  const shared = ['/var/', '/opt/', '/srv/', '/home/', '/root/', '/usr/local/'];
  return shared.some((prefix) => path.startsWith(prefix)) ? `/usr/share/factory${path}` : path;
}
