/** dpkg's database inside a snapshot, as in the recorded run: everything of `v1` is installed. */
import type { MachineBrief } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { archivesOf, kernelArchive } from '../package-tools/archive.ts';
import { digestOf } from '../package-tools/dpkg-database.ts';
import { sumsText } from '../package-tools/dpkg-unpack.ts';
import { statusText } from '../package-tools/status-file.ts';
import type { Inode } from '../../model/cell-table.ts';
import type { ImageBuilder } from '../../model/volume.ts';

/** Writes the database below the root of a snapshot. */
export function putDpkgDatabase(brief: MachineBrief, builder: ImageBuilder, root: Inode): void {
  const { blobs } = brief;
  const kernel = kernelArchive(brief, 'v1');
  const archives = [...archivesOf(brief, 'v1'), ...(kernel === undefined ? [] : [kernel])];
  const put = (path: string, text: string): void => {
    builder.file(root, `/var/lib/dpkg/${path}`, textContent(blobs, text));
  };
  const records = archives.map(({ name, version, files }) => ({
    name,
    version,
    want: 'install' as const,
    flag: 'ok' as const,
    state: 'installed' as const,
    conffiles: new Map(
      files
        .filter(({ conffile }) => conffile === true)
        .map(({ path, content }): readonly [string, string] => [path, digestOf(blobs, content)]),
    ),
  }));
  put('status', statusText(records));
  put('status-old', statusText(records));
  for (const name of ['info', 'triggers', 'updates']) {
    builder.directory(root, `/var/lib/dpkg/${name}`);
  }
  for (const name of ['lock', 'lock-frontend', 'triggers/Lock']) put(name, '');
  builder.directory(root, '/var/log');
  for (const { name, files } of archives) {
    put(`info/${name}.list`, files.map(({ path }) => `${path}\n`).join(''));
    put(`info/${name}.md5sums`, sumsText(blobs, files));
    const conffiles = files.filter(({ conffile }) => conffile === true);
    if (conffiles.length === 0) continue;
    put(`info/${name}.conffiles`, conffiles.map(({ path }) => `${path}\n`).join(''));
  }
}
