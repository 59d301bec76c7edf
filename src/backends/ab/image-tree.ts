/** What the image of a version holds, at its paths in a root. */
import type { MachineBrief } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { factoryPath, generatedFiles, versionFiles, type VersionFile } from '../version-files.ts';
import type { VersionName } from '../../model/release.ts';
import { rootLinks } from './roots.ts';

/** The package database inside the image; where Vanilla keeps it exactly was not looked up. */
export const packageDatabasePath = '/usr/lib/dpkg/db/status';

/** Pristine copy of the image's /etc, not covered by anything. Source: ABRoot core/system.go, stage 7. */
export const pristineConfiguration = '/sysconf';

function database(brief: MachineBrief, version: VersionName): VersionFile {
  const lines = brief.release.packages.flatMap((entry) => {
    const installed = entry.versions[version];
    return installed === undefined
      ? []
      : [`Package: ${entry.name}\nStatus: install ok installed\nVersion: ${installed.version}\n`];
  });
  const content = textContent(brief.blobs, lines.join('\n'));
  return { path: packageDatabasePath, content, mode: 0o644 };
}

/** Every file and link of an image, sorted by path. */
export function imageFiles(brief: MachineBrief, version: VersionName): readonly VersionFile[] {
  const packaged = versionFiles(brief, version, factoryPath);
  const pristine = packaged
    .filter(({ path }) => path.startsWith('/etc/'))
    .map((file) => ({
      ...file,
      path: `${pristineConfiguration}${file.path.slice('/etc'.length)}`,
    }));
  const links = rootLinks.map(([path, target]) => ({
    path,
    target,
    mode: 0o777,
    content: { sizeBytes: 0, segments: [] },
  }));
  const all = [
    ...packaged,
    ...pristine,
    ...generatedFiles(brief),
    ...links,
    database(brief, version),
  ];
  return all.sort((left, right) => (left.path < right.path ? -1 : 1));
}

/** Bytes of all files of an image. */
export function imageSizeBytes(files: readonly VersionFile[]): number {
  return files.reduce((sum, { content }) => sum + content.sizeBytes, 0);
}
