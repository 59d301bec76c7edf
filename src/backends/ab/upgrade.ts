/**
 * `abroot upgrade` in the order of its source, ABRoot core/system.go RunOperation at 89b4ae0c,
 * https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go.
 */
import type { MachineBrief, Work } from '../backend.ts';
import { briefWithout, withDependents } from '../package-tools/dependencies.ts';
import { makeDirectories, namesIn, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import { initramfsMicroseconds, unpackMicroseconds } from '../tool-cost.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { wholeBlob } from '../../model/content.ts';
import type { VersionName } from '../../model/release.ts';
import { mainMenu, rootMenu } from './grub-menu.ts';
import { imageFiles, imageSizeBytes, pristineConfiguration } from './image-tree.ts';
import { grubMkconfigText } from './install-abroot.ts';
import { mergeConfiguration } from './merge-configuration.ts';
import {
  configurationDirectory,
  imageDigest,
  imageRecord,
  imageRecordPath,
  otherRoot,
  rootDirectories,
  rootMenuPath,
  roots,
  type Root,
} from './roots.ts';
import { listedPackages } from './package-lists.ts';
import { bufferBytes, synchronize } from './rsync.ts';

const futureMount = '/part-future';
const bootMount = '/run/abroot/tmp-boot-mount-1';
const lockFile = '/run/abroot/operation.lock';
const finishedFile = '/run/abroot/finished';
const storage = '/var/lib/abroot/storage/overlay';

/** Layers that an image comes in. */
const layerCount = 4;

/** How layers are packed. Source: OCI image specification, `application/vnd.oci.image.layer.v1.tar+gzip`. */
const layerCompression = 'gzip';

/** What asking the registry takes before the first byte arrives. */
const registryMicroseconds = 120_000;

/** `abroot upgrade`: the other root becomes the new version, then the menus change places. */
export function* upgrade(work: Work, to: VersionName): Procedure {
  yield* operation(work, 'upgrade', to);
}

/** One run of ABRoot: an upgrade stops when the image is not newer, applying packages does not. */
export function* operation(work: Work, kind: 'upgrade' | 'apply', to: VersionName): Procedure {
  const { os } = work;
  try {
    yield* transaction(work, kind, to);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
    yield* leave(work);
  }
}

function* transaction(work: Work, kind: 'upgrade' | 'apply', to: VersionName): Procedure {
  const { os, brief } = work;
  const present = yield* presentRoot(work);
  if ((yield* statusOf(os, finishedFile)) !== undefined) {
    os.print('another operation finished successfully, a reboot is required', 'error');
    return;
  }
  yield* lock(work);
  const isPresent = (yield* os.readText(imageRecordPath)) === imageRecord(brief, to);
  if (kind === 'upgrade' && isPresent) {
    os.print('No update available.');
    yield* os.unlink(lockFile);
    return;
  }
  const future = otherRoot(present);
  yield* leaveMounts(work);
  const source = { kind: 'volume', volume: future.volume } as const;
  yield* os.mount({ mountPoint: futureMount, source, readOnly: false });
  yield* pull(work, to);
  const image = yield* buildImage(work, to);
  if (image === undefined) {
    yield* leave(work);
    return;
  }
  yield* exportImage({ os, brief: image }, to, future);
  yield* updateLoader(work, to, future);
  os.stage('merge /etc', {
    note: 'Into the directory of the other root on /var; what was changed on this machine wins.',
  });
  yield* makeDirectories(os, `/var/${configurationDirectory(future)}`);
  yield* mergeConfiguration(os, {
    oldPristine: pristineConfiguration,
    newPristine: `${futureMount}${pristineConfiguration}`,
    running: '/etc',
    target: `/var/${configurationDirectory(future)}`,
  });
  yield* switchMenus(work, present, bootMount);
  yield* os.writeFile(finishedFile, '');
  os.stage('unmount', {
    note: 'The other root is unmounted first, then vos-boot; each is thereby written home. /var is not.',
  });
  os.print('Restart to boot the new version.');
  yield* leave(work);
}

/** The root that is running. */
export function* presentRoot({ os }: Work): Procedure<Root> {
  const { volume } = yield* os.stat('/');
  const found = roots.find((root) => root.volume === volume);
  if (found === undefined) throw new SystemError('ENODEV', 'findmnt', '/');
  return found;
}

function* lock({ os }: Work): Procedure {
  yield* makeDirectories(os, '/run/abroot');
  yield* os.writeFile(lockFile, String(os.id));
}

/**
 * What the cleanup queue of RunOperation does, lowest priority number first: future root (90), then vos-boot and the
 * lock (100). Source: https://github.com/Vanilla-OS/sdk/blob/main/pkg/v1/goodies/cleanup_queue.go.
 */
function* leave(work: Work): Procedure {
  yield* leaveMounts(work);
  yield* removeTree(work.os, lockFile);
}

/** Unmounts what this or an interrupted transaction mounted. */
function* leaveMounts({ os }: Work): Procedure {
  const root = yield* os.stat('/');
  const future = yield* os.stat(futureMount);
  if (future.volume !== root.volume) yield* os.unmount(futureMount);
  const boot = yield* statusOf(os, bootMount);
  if (boot?.volume === 'boot') yield* os.unmount(bootMount);
}

/** Layers of the image go to the storage on /var; nothing waits for them to be on the disk. */
function* pull({ os, brief }: Work, to: VersionName): Procedure {
  os.stage('unpack the layers of the image', {
    note: 'Into the storage on /var; neither root is touched. What was downloaded is there already.',
  });
  yield* os.compute(registryMicroseconds);
  const digest = imageDigest(brief, to).slice('sha256:'.length);
  for (const name of yield* namesIn(os, storage)) yield* removeTree(os, `${storage}/${name}`);
  yield* makeDirectories(os, `${storage}/${digest}`);
  const sizeBytes = Math.ceil(imageSizeBytes(imageFiles(brief, to)) / layerCount);
  for (let layer = 0; layer < layerCount; layer++) {
    const blob = brief.blobs.intern(`layer ${String(layer)} of ${digest}`, sizeBytes);
    const path = `${storage}/${digest}/layer-${String(layer)}`;
    yield* os.compute(unpackMicroseconds(layerCompression, sizeBytes));
    yield* writeInPieces(os, path, wholeBlob(blob, sizeBytes), { bufferBytes: 1_048_576 });
  }
}

/**
 * What people listed in /etc/abroot is done to the image before it is copied; nothing when that fails. What needs a
 * removed package goes with it, as apt-get does inside the build. Source: ABRoot core/system.go and core/packages.go.
 */
function* buildImage({ os, brief }: Work, to: VersionName): Procedure<MachineBrief | undefined> {
  const listed = yield* listedPackages(os, 'remove');
  if (listed.length === 0) return brief;
  os.stage('build an image without the listed packages', {
    note: 'From the image as it is published, anew each time; neither root is touched.',
  });
  const all = new Set(brief.release.packages.map(({ name }) => name));
  const going = withDependents(brief.release, listed, all);
  if (brief.release.packages.some(({ name, essential }) => essential && going.includes(name))) {
    os.print(
      'E: Essential packages were removed and -y was used without --allow-remove-essential.',
      'error',
    );
    os.print('ERROR: failed to build the image', 'error');
    return undefined;
  }
  const digest = imageDigest(brief, to).slice('sha256:'.length);
  yield* os.writeFile(`${storage}/${digest}/layer-${String(layerCount)}`, `- ${going.join(' ')}\n`);
  return briefWithout(brief, going);
}

function* exportImage({ os, brief }: Work, to: VersionName, future: Root): Procedure {
  os.stage('compare the image with the other root', {
    note: 'rsync --checksum reads every file of both, twice: ABRoot counts them first, for its progress bar.',
  });
  yield* os.writeFile('/run/abroot/finalizing', '');
  yield* makeDirectories(os, `${futureMount}/abroot-trans`);
  yield* os.writeFile(
    `${futureMount}/abroot-trans/imageRecipe`,
    `FROM ${imageDigest(brief, to)}\n`,
  );
  const source = { files: imageFiles(brief, to), directories: rootDirectories };
  yield* synchronize(os, source, futureMount, (phase) => {
    if (phase === 'delete') {
      os.stage(`delete from ${future.label} what the image lacks`, {
        note: 'From the first deletion on, the running system has no previous version to go back to; on the disk, it is gone from the next commit on.',
      });
    } else {
      os.stage(`copy the image onto ${future.label}`, {
        note: 'In place, file by file: compared by checksum, temporary name, then rename; nothing is synced.',
      });
    }
  });
  os.stage('write the record of the image');
  yield* os.writeFile(`${futureMount}${imageRecordPath}`, imageRecord(brief, to));
}

/** grub-mkconfig and update-initramfs in a chroot of the other root, then abroot.cfg. */
function* updateLoader({ os, brief }: Work, to: VersionName, future: Root): Procedure {
  os.stage('make menu and initramfs of the other root', {
    note: 'In its own /boot, with update-initramfs, which syncs the whole root at its end.',
  });
  const grub = `${futureMount}/boot/grub`;
  yield* makeDirectories(os, grub);
  yield* os.writeFile(`${grub}/grub.cfg.new`, grubMkconfigText(to));
  yield* os.writeFile(`${grub}/grub.cfg`, yield* os.read(`${grub}/grub.cfg.new`));
  yield* os.unlink(`${grub}/grub.cfg.new`);
  const kernel = brief.release.kernels[to];
  if (kernel !== undefined) {
    const { path, text, sizeBytes, mode } = kernel.initramfs;
    const content = wholeBlob(brief.blobs.intern(text, sizeBytes), sizeBytes);
    const image = `${futureMount}${path}`;
    yield* os.compute(initramfsMicroseconds(sizeBytes));
    yield* writeInPieces(os, `${image}.new`, content, { bufferBytes, mode });
    yield* os.rename(`${image}.new`, image);
    // `sync -f`, "Guard against an unclean shutdown": the whole root is on the disk before anything names it.
    // Source: Debian initramfs-tools 0.142, /usr/sbin/update-initramfs, line 145.
    yield* os.syncfs(image);
  }
  yield* os.writeFile(`${futureMount}${rootMenuPath}`, rootMenu(brief, future, to));
}

/**
 * Mounts vos-boot, and exchanges grub.cfg with grub.cfg.future when the running root is the default one. Used by
 * `abroot rollback` too, there when it is not.
 */
function* switchMenus(work: Work, present: Root, mountPoint: string): Procedure {
  const { os } = work;
  yield* makeDirectories(os, mountPoint);
  yield* os.mount({ mountPoint, source: { kind: 'volume', volume: 'boot' }, readOnly: false });
  const text = yield* os.readText(`${mountPoint}/grub/grub.cfg`);
  if (text === mainMenu(present)) yield* exchangeMenus(work, otherRoot(present), mountPoint);
  else os.print('The running root is not the default: the menus stay as they are.', 'note');
}

/** The commit point: renameat2 with RENAME_EXCHANGE. No fsync in the source. */
export function* exchangeMenus({ os }: Work, current: Root, mountPoint: string): Procedure {
  const menu = `${mountPoint}/grub/grub.cfg`;
  if ((yield* statusOf(os, `${menu}.future`)) === undefined) {
    yield* os.writeFile(`${menu}.future`, mainMenu(current));
  }
  os.stage('exchange the menus', {
    commitPoint: true,
    note: 'grub.cfg and grub.cfg.future change places in one step; the journal makes it last, nobody waits for it.',
  });
  yield* os.exchange(menu, `${menu}.future`);
}
