/**
 * What ostree does where /boot has no room for the kernels of the new menu: it first writes a menu without the
 * deployments that go anyway, deletes their kernels, and then writes the new one. Between the two steps there is nothing
 * to go back to. Source: https://github.com/ostreedev/ostree/blob/main/src/libostree/ostree-sysroot-deploy.c,
 * auto_early_prune_old_deployments, and https://github.com/coreos/rpm-ostree/issues/5594, which shows its words.
 */
import type { Work } from '../backend.ts';
import { namesIn, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { allocatedBytes } from '../../model/space.ts';
import { kernelDirectory, place, type Deployment, type PlacedDeployment } from './boot-files.ts';
import { stateroot } from './names.ts';
import { optionsOf } from './options.ts';

/** Room that ostree wants beside the kernels. Source: EARLY_PRUNE_SAFETY_MARGIN_SIZE in the same file. */
const marginBytes = 1_048_576;

/** The deployments of a first step, if the new menu needs one; undefined where there is room, or no step would help. */
export function* earlyPruned(
  work: Work,
  readCurrent: () => Procedure<readonly Deployment[]>,
  wanted: readonly Deployment[],
): Procedure<readonly Deployment[] | undefined> {
  const { os, brief } = work;
  const { bootDirectory, layout } = optionsOf(brief.options);
  // With /boot on the root the kernels are links, which take no room.
  if (layout === 'single' || os.freeSpace === undefined) return undefined;
  const space = yield* os.freeSpace(bootDirectory);
  if (space === undefined) return undefined;
  const current = yield* readCurrent();
  yield* removeKernels(work, current);
  const needed = new Map(place(brief, wanted).map((one) => [kernelDirectory(one), one]));
  let missingBytes = 0;
  for (const [directory, placed] of needed) {
    if ((yield* bytesIn(work, directory)) === 0) missingBytes += kernelBytes(work, placed);
  }
  if (missingBytes === 0 || space.freeBytes >= missingBytes + marginBytes) return undefined;
  let goingBytes = 0;
  for (const name of yield* namesIn(os, `${bootDirectory}/ostree`)) {
    if (!needed.has(`ostree/${name}`)) goingBytes += yield* bytesIn(work, `ostree/${name}`);
  }
  const shortBytes = missingBytes - goingBytes;
  if (shortBytes > 0 && space.freeBytes < shortBytes + marginBytes) {
    os.print('Disabling auto-prune optimization; insufficient space left in bootfs', 'error');
    return undefined;
  }
  os.stage('make room in /boot', {
    note: 'The rollback deployment leaves the menu and /boot before the new one comes: from here until the switch there is nothing to go back to.',
  });
  os.print('Insufficient space left in bootfs; updating bootloader in two steps');
  const placed = place(brief, current);
  return current.filter((_, index) => {
    const one = placed[index];
    return one !== undefined && needed.has(kernelDirectory(one));
  });
}

function kernelBytes({ brief }: Work, { version }: PlacedDeployment): number {
  const kernel = brief.release.kernels[version];
  if (kernel === undefined) return 0;
  return allocatedBytes(kernel.image.sizeBytes) + allocatedBytes(kernel.initramfs.sizeBytes);
}

function* bytesIn({ os, brief }: Work, directory: string): Procedure<number> {
  const path = `${optionsOf(brief.options).bootDirectory}/${directory}`;
  let bytes = 0;
  for (const name of yield* namesIn(os, path)) {
    bytes += allocatedBytes((yield* statusOf(os, `${path}/${name}`))?.sizeBytes ?? 0);
  }
  return bytes;
}

/** Deletes kernels of /boot that none of these deployments starts. */
export function* removeKernels({ os, brief }: Work, kept: readonly Deployment[]): Procedure {
  const directory = `${optionsOf(brief.options).bootDirectory}/ostree`;
  const needed = new Set(place(brief, kept).map(kernelDirectory));
  for (const name of yield* namesIn(os, directory)) {
    // What is no directory of a kernel is left alone: the note of a failed shutdown lies here too.
    if (name.startsWith(`${stateroot}-`) && !needed.has(`ostree/${name}`)) {
      yield* removeTree(os, `${directory}/${name}`);
    }
  }
}
