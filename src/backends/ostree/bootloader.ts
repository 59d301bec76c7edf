/** The switch: entries, bootlinks and kernels of the new order are written beside the live ones, then one rename. */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { namesIn, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { SystemError } from '../../kernel/process.ts';
import type { Content } from '../../model/content.ts';
import {
  bootLinkPath,
  bootLinkTarget,
  entryName,
  entryText,
  kernelDirectory,
  kernelNames,
  parseDeploymentName,
  parseEntry,
  place,
  type BootVersion,
  type Deployment,
  type PlacedDeployment,
} from './boot-files.ts';
import { deploymentDirectory } from './checkout.ts';
import { earlyPruned, removeKernels } from './early-prune.ts';
import { readOrigin } from './origin.ts';
import { stateroot, sysroot, versionOfCommit } from './names.ts';
import { optionsOf } from './options.ts';
import { bufferBytes } from './repository.ts';

/** The set of entries that `/boot/loader` names. */
export function* liveBootVersion({ os, brief }: Work): Procedure<BootVersion> {
  const { bootDirectory } = optionsOf(brief.options);
  return (yield* os.readlink(`${bootDirectory}/loader`)).endsWith('0') ? 0 : 1;
}

/** The deployments that the live entries name, in the order of the menu; read from the disk. */
export function* currentDeployments(work: Work): Procedure<readonly Deployment[]> {
  const { os, brief } = work;
  const { bootDirectory } = optionsOf(brief.options);
  const directory = `${bootDirectory}/loader/entries`;
  const found: Deployment[] = [];
  const names = [...(yield* namesIn(os, directory))].sort(
    (left, right) => Number(/\d+/.exec(right)?.[0]) - Number(/\d+/.exec(left)?.[0]),
  );
  for (const name of names) {
    const { bootLink } = parseEntry(yield* os.readText(`${directory}/${name}`));
    const deployment = bootLink === undefined ? undefined : yield* followLink(os, bootLink);
    const version =
      deployment === undefined ? undefined : versionOfCommit(brief, deployment.commit);
    if (deployment === undefined || version === undefined) continue;
    found.push({ ...deployment, version, ...(yield* readOrigin(os, deployment)) });
  }
  return found;
}

function* followLink(
  os: Process,
  bootLink: string,
): Procedure<{ commit: string; serial: number } | undefined> {
  try {
    const target = yield* os.readlink(`${sysroot}${bootLink}`);
    return parseDeploymentName(target.slice(target.lastIndexOf('/') + 1));
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** The deployment that is running: the one whose directory is the root. Source: ostree-sysroot.c. */
export function* bootedDeployment(
  os: Process,
  deployments: readonly Deployment[],
): Procedure<Deployment | undefined> {
  const root = yield* os.stat('/');
  for (const deployment of deployments) {
    const status = yield* statusOf(os, deploymentDirectory(deployment));
    if (status?.inode === root.inode && status.volume === root.volume) return deployment;
  }
  return undefined;
}

/**
 * Makes `deployments` the menu, in this order; where /boot has no room for their kernels, in two steps. The rename of
 * `/boot/loader` is the commit point.
 */
export function* writeDeployments(work: Work, deployments: readonly Deployment[]): Procedure {
  const keptFirst = yield* earlyPruned(work, () => currentDeployments(work), deployments);
  if (keptFirst !== undefined) {
    yield* writeMenu(work, keptFirst);
    yield* removeKernels(work, keptFirst);
  }
  yield* writeMenu(work, deployments);
}

function* writeMenu(work: Work, deployments: readonly Deployment[]): Procedure {
  const { os, brief } = work;
  const { bootDirectory, afterSwitch } = optionsOf(brief.options);
  const next: BootVersion = (yield* liveBootVersion(work)) === 0 ? 1 : 0;
  const placed = place(brief, deployments);
  os.stage('write kernels and boot entries', {
    note: 'A second set of entries and links is written beside the live one.',
  });
  yield* writeEntries(work, placed, next);
  yield* writeBootLinks(os, placed, next);
  yield* removeTree(os, `${bootDirectory}/loader.tmp.tmp`);
  yield* os.symlink(`loader.${String(next)}`, `${bootDirectory}/loader.tmp.tmp`);
  yield* os.rename(`${bootDirectory}/loader.tmp.tmp`, `${bootDirectory}/loader.tmp`);
  os.stage('sync everything that the new entry needs', {
    note: 'syncfs of the root, freeze and thaw of /boot: GRUB replays no journal.',
  });
  yield* os.syncfs(sysroot);
  yield* os.freezeAndThaw(bootDirectory);
  if (afterSwitch === 'fsync') yield* os.sync();
  os.stage('switch the boot entries', {
    commitPoint: true,
    note: 'One rename of /boot/loader: before it the old version starts, after it the new one.',
  });
  yield* os.rename(`${bootDirectory}/loader.tmp`, `${bootDirectory}/loader`);
  if (afterSwitch === 'fsync') yield* os.fsyncPath(bootDirectory);
  else yield* os.freezeAndThaw(bootDirectory);
}

function* writeEntries(
  work: Work,
  placed: readonly PlacedDeployment[],
  next: BootVersion,
): Procedure {
  const { os, brief } = work;
  const options = optionsOf(brief.options);
  const directory = `${options.bootDirectory}/loader.${String(next)}`;
  yield* removeTree(os, directory);
  yield* os.mkdir(directory);
  yield* os.mkdir(`${directory}/entries`);
  for (const deployment of placed) yield* installKernel(work, deployment);
  for (const deployment of placed) {
    const text = entryText(brief, options, deployment, placed.length, next);
    const temporary = `${directory}/entries/.tmp-entry`;
    yield* writeInPieces(os, temporary, textContent(brief.blobs, text), { bufferBytes });
    yield* os.rename(temporary, `${directory}/entries/${entryName(deployment, placed.length)}`);
  }
}

/** A kernel that is there already is trusted; links where one file system holds both, else copies with fdatasync. */
function* installKernel({ os, brief }: Work, placed: PlacedDeployment): Procedure {
  const { bootDirectory, layout } = optionsOf(brief.options);
  const directory = `${bootDirectory}/${kernelDirectory(placed)}`;
  const modules = `${deploymentDirectory(placed)}/usr/lib/modules/${placed.kernelRelease}`;
  const { kernel, initramfs } = kernelNames(placed);
  if ((yield* statusOf(os, `${bootDirectory}/ostree`)) === undefined) {
    yield* os.mkdir(`${bootDirectory}/ostree`);
  }
  if ((yield* statusOf(os, directory)) === undefined) yield* os.mkdir(directory);
  for (const [from, to] of [
    [`${modules}/vmlinuz`, `${directory}/${kernel}`],
    [`${modules}/initramfs.img`, `${directory}/${initramfs}`],
  ] as const) {
    if ((yield* statusOf(os, to)) !== undefined) continue;
    if (layout === 'single') {
      yield* os.link(from, to);
    } else {
      const content = yield* os.read(from);
      yield* copyKernel(os, content, directory, to);
    }
  }
}

/** The real copy has no name until it is whole: where it does not fit, nothing of it is left. */
function* copyKernel(os: Process, content: Content, directory: string, to: string): Procedure {
  const temporary = `${directory}/.tmp-kernel`;
  try {
    yield* writeInPieces(os, temporary, content, { bufferBytes, sync: 'fdatasync' });
  } catch (error) {
    yield* removeTree(os, temporary);
    throw error;
  }
  yield* os.rename(temporary, to);
}

function* writeBootLinks(
  os: Process,
  placed: readonly PlacedDeployment[],
  next: BootVersion,
): Procedure {
  const name = `boot.${String(next)}`;
  const directory = `${sysroot}/ostree/${name}.1`;
  yield* removeTree(os, directory);
  yield* os.mkdir(directory);
  yield* os.mkdir(`${directory}/${stateroot}`);
  for (const deployment of placed) {
    const path = `${directory}/${bootLinkPath(deployment)}`;
    if (deployment.bootSerial === 0) yield* os.mkdir(path.slice(0, path.lastIndexOf('/')));
    yield* os.symlink(bootLinkTarget(deployment), `${path}.tmp`);
    yield* os.rename(`${path}.tmp`, path);
  }
  yield* removeTree(os, `${sysroot}/ostree/${name}.tmp`);
  yield* os.symlink(`${name}.1`, `${sysroot}/ostree/${name}.tmp`);
  yield* os.rename(`${sysroot}/ostree/${name}.tmp`, `${sysroot}/ostree/${name}`);
}
