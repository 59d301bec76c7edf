/** The package tool at work inside a snapshot. */
import { copyFile } from '../ab/rsync.ts';
import type { Work } from '../backend.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import type { AfterConfigure } from '../package-tools/dpkg-configure.ts';
import { installArchives } from '../package-tools/dpkg.ts';
import { upgradeWithRpm } from '../package-tools/rpm-upgrade.ts';
import { inTransactionOrder } from '../package-tools/rpm-order.ts';
import { makeDirectories, removeTree, statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
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
  const { brief } = work;
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
      yield* synchronizePackages(work, packages, [...after, ...kernels]);
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

/**
 * rsync of the new version's files over the old ones: temporary name, rename, no sync; then what is gone is deleted.
 * Configuration that was changed on this machine stays.
 */
function* synchronizePackages(
  work: Work,
  { prefix, from }: PackageWork,
  archives: readonly Archive[],
): Procedure {
  const { os } = work;
  const old = placedArchives(work, from).flatMap(({ files }) => files);
  const before = new Map(old.map((file) => [file.path, file]));
  for (const file of archives.flatMap(({ files }) => files)) {
    const path = `${prefix}${file.path}`;
    const there = yield* statusOf(os, path);
    const shipped = before.get(file.path);
    before.delete(file.path);
    const changedHere =
      file.conffile === true &&
      there?.kind === 'file' &&
      shipped !== undefined &&
      contentKey(yield* os.read(path)) !== contentKey(shipped.content);
    if (changedHere) continue;
    yield* makeDirectories(os, parentOf(path));
    yield* copyFile(os, file, prefix, there);
  }
  for (const path of before.keys()) yield* removeTree(os, `${prefix}${path}`);
}
