/** A root that is updated by rsync alone, as a laboratory does it: no package database, no sync. */
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive } from '../package-tools/archive.ts';
import { synchronizePackages } from '../package-tools/synchronize.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { kernelHook } from './kernel-hook.ts';

/** The files of a version over those that are there; the kernel, its initramfs and the menu come last. */
export function* synchronizeRoot(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  const kernel = kernelArchive(brief, to);
  os.stage('copy the files of the new version', {
    note: 'Each under a temporary name that is renamed over the old one; nothing is synced.',
  });
  yield* synchronizePackages(os, '', {
    before: archivesOf(brief, 'v1'),
    after: [...archivesOf(brief, to), ...(kernel === undefined ? [] : [kernel])],
  });
  if (kernel !== undefined) yield* kernelHook(work)(kernel.name, kernel.version);
}
