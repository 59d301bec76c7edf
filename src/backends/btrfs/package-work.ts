/** The package tool at work inside a snapshot. */
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import type { AfterConfigure } from '../package-tools/dpkg-configure.ts';
import { synchronizePackages } from '../package-tools/synchronize.ts';
import { installArchives } from '../package-tools/dpkg.ts';
import { upgradeWithRpm } from '../package-tools/rpm-upgrade.ts';
import { inTransactionOrder } from '../package-tools/rpm-order.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { databasePath, pathInSnapshot } from './install.ts';
import { versionNames } from './names.ts';
import { optionsOf } from './options.ts';

/** Bytes of one write of dpkg on btrfs, fitted to the 662 writes of recorded run btrfs; on ext4 the same tool made 1025. */
const copyBufferBytes = 10_240;

/** Which root is changed, from which version to which. */
export interface PackageWork {
  readonly prefix: string;
  readonly from: VersionName;
  readonly to: VersionName;
  /** What the script of a kernel package does. */
  readonly kernelHook: () => Procedure;
}

/** Brings all packages of a root to a version; the kernel of before stays beside the new one. */
export function* updatePackages(work: Work, packages: PackageWork): Procedure {
  const { os, brief } = work;
  const { prefix } = packages;
  const after = placedArchives(work, packages.to);
  const kernel = placedKernel(work, packages.to);
  const kernels = kernel === undefined ? [] : [kernel];
  switch (optionsOf(brief.options).tool) {
    case 'rpm':
      yield* upgradeInSnapshot(work, packages, after, kernel);
      yield* packages.kernelHook();
      break;
    case 'dpkg':
      yield* installWithDpkg(work, packages, after, kernels);
      break;
    case 'rsync':
      yield* synchronizePackages(os, prefix, {
        before: placedArchives(work, packages.from),
        after: [...after, ...kernels],
      });
      yield* packages.kernelHook();
  }
}

/** Archives of a version, with their files at their places in a snapshot. */
export function placedArchives(work: Work, version: VersionName): readonly Archive[] {
  return archivesOf(work.brief, version).map((archive) => placed(work, archive));
}

/** The kernel package of a version, likewise. */
export function placedKernel(work: Work, version: VersionName): Archive | undefined {
  const kernel = kernelArchive(work.brief, version);
  return kernel === undefined ? undefined : placed(work, kernel);
}

/** The archive with its files at their places in a snapshot. */
function placed({ brief }: Work, archive: Archive): Archive {
  const files = archive.files.map((file) => ({ ...file, path: pathInSnapshot(brief, file.path) }));
  return { ...archive, files };
}

/** `zypper dup` with its root in the snapshot. Source: systems.md 4.3. */
function* upgradeInSnapshot(
  work: Work,
  { prefix }: PackageWork,
  after: readonly Archive[],
  kernel: Archive | undefined,
): Procedure {
  const { os, brief } = work;
  const database = databasePath(brief);
  yield* upgradeWithRpm(
    { os, blobs: brief.blobs, root: prefix, database },
    {
      packages: inTransactionOrder(brief.release, after),
      known: versionNames.flatMap((version) => placedArchives(work, version)),
      removable: new Set(archivesOf(brief, 'v1').map(({ name }) => name)),
      ...(kernel === undefined ? {} : { kernel }),
    },
  );
}

/** Packages first, the kernel in a run of its own, as in recorded run btrfs. */
function* installWithDpkg(
  { os, brief }: Work,
  { prefix, kernelHook }: PackageWork,
  archives: readonly Archive[],
  kernels: readonly Archive[],
): Procedure {
  const context = { os, blobs: brief.blobs, root: prefix, unsafeIo: false, copyBufferBytes };
  const isKernel = new Set(kernels.map(({ name }) => name));
  const after: AfterConfigure = function* (name) {
    if (isKernel.has(name)) yield* kernelHook();
  };
  for (const run of [archives, kernels]) {
    if (run.length === 0 || (yield* installArchives(context, run, after))) continue;
    throw new SystemError('ENOSPC', 'write', prefix);
  }
}
