/**
 * depmod: the indexes of a kernel's modules, each under a temporary name and renamed. Nothing is synced. Source:
 * https://github.com/kmod-project/kmod/blob/v30/tools/depmod.c, depmod_output; called by the postinst of Debian's
 * linux-image before /etc/kernel/postinst.d, and by systemd's kernel-install in 50-depmod.install.
 */
import type { Work } from './backend.ts';
import { writeInPieces } from './tool-calls.ts';
import { versionFile } from './version-files.ts';
import type { Procedure } from '../kernel/process.ts';
import { moduleIndexes } from '../model/module-indexes.ts';
import type { ReleaseKernel } from '../model/release.ts';

/** What the standard library writes at once. Source: glibc, st_blksize of the file. */
const bufferBytes = 4096;

/** Runs depmod for a kernel that lies below `root`, which is empty for the running root. */
export function* runDepmod({ os, brief }: Work, kernel: ReleaseKernel, root = ''): Procedure {
  const indexes = moduleIndexes(kernel);
  if (indexes.length === 0) return;
  os.stage('make the indexes of the modules', {
    note: 'depmod renames them over the old ones and syncs none; without them no driver is found.',
  });
  for (const index of indexes) {
    const path = `${root}${index.path}`;
    const { content, mode } = versionFile(brief, index, index.path);
    yield* writeInPieces(os, `${path}.1.1.1`, content, { bufferBytes, mode });
    yield* os.rename(`${path}.1.1.1`, path);
  }
}
