/**
 * The kernel of an Arch Linux: one package, replaced in place; copies with fixed names in /boot, which hooks remove
 * before the transaction and make again after it. Source: mkinitcpio, libalpm/hooks and libalpm/scripts/mkinitcpio,
 * https://gitlab.archlinux.org/archlinux/mkinitcpio/mkinitcpio; seen at an upgrade in
 * https://github.com/max-baz/arch-secure-boot/issues/23.
 */
import type { MachineBrief, Work } from '../backend.ts';
import { runDepmod } from '../depmod.ts';
import { kernelArchive, type Archive } from '../package-tools/archive.ts';
import { statusOf, writeInPieces } from '../tool-calls.ts';
import { initramfsMicroseconds } from '../tool-cost.ts';
import { versionFile } from '../version-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { ReleaseFile, ReleaseKernel, VersionName } from '../../model/release.ts';
import { versionNames } from './options.ts';

/** Name of the kernel's package. */
export const kernelPackage = 'linux';

/** The copies that GRUB starts. */
export const bootImage = '/boot/vmlinuz-linux';

/** The initramfs that goes with them. */
export const bootInitramfs = '/boot/initramfs-linux.img';

/** What install(1) and a shell's redirection write at once. Source: coreutils src/ioblksize.h, IO_BUFSIZE. */
const bufferBytes = 131_072;

/** Where a file lies: the kernel's image beside its modules, the rest where every package has it. */
export function archPath(brief: MachineBrief, file: Pick<ReleaseFile, 'path'>): string {
  for (const kernel of Object.values(brief.release.kernels)) {
    if (file.path === kernel.image.path) return `/usr/lib/modules/${kernel.release}/vmlinuz`;
    if (file.path === kernel.initramfs.path) return bootInitramfs;
  }
  return file.path;
}

/** The kernel package of a version. What else a release ships into /boot, Arch does not. */
export function archKernel(brief: MachineBrief, version: VersionName): Archive | undefined {
  const archive = kernelArchive(brief, version);
  if (archive === undefined) return undefined;
  const files = archive.files
    .map((file) => ({ ...file, path: archPath(brief, file) }))
    .filter(({ path }) => !path.startsWith('/boot/'));
  return { ...archive, name: kernelPackage, files };
}

/** Before the transaction: image and initramfs of the version that goes are removed from /boot. */
export function* removeBootCopies({ os }: Work): Procedure {
  os.stage('remove kernel and initramfs from /boot', {
    note: 'A hook that runs before the transaction: from here until it has ended there is no kernel to start.',
  });
  os.print(':: Running pre-transaction hooks...');
  os.print('(1/1) Removing linux initcpios...');
  for (const path of [bootImage, bootInitramfs]) {
    if ((yield* statusOf(os, path)) !== undefined) yield* os.unlink(path);
  }
}

/** After the transaction: indexes of the modules, a copy of the image, an initramfs. */
export function* makeBootCopies(work: Work, kernel: ReleaseKernel): Procedure {
  const { os, brief } = work;
  os.print(':: Running post-transaction hooks...');
  yield* runDepmod(work, kernel);
  os.stage('copy the kernel to /boot', {
    commitPoint: true,
    note: 'The last step but one: only now there is a kernel again. Nothing is synced.',
  });
  os.print('Updating linux initcpios...');
  const image = versionFile(brief, kernel.image, bootImage);
  if ((yield* statusOf(os, bootImage)) !== undefined) yield* os.unlink(bootImage);
  yield* writeInPieces(os, bootImage, image.content, { bufferBytes, mode: 0o644 });
  yield* makeInitramfs(work, kernel);
}

/**
 * mkinitcpio writes beside its place, syncs and renames only where an image is there already; at an upgrade the hook
 * before has removed it. Source: mkinitcpio, build_image.
 */
function* makeInitramfs({ os, brief }: Work, { initramfs }: ReleaseKernel): Procedure {
  const there = yield* statusOf(os, bootInitramfs);
  os.stage('make the initramfs', {
    note: 'Written straight to its name and not synced, because the old one is gone.',
  });
  os.print(`==> Creating zstd-compressed initcpio image: '${bootInitramfs}'`);
  yield* os.compute(initramfsMicroseconds(initramfs.sizeBytes));
  const { content } = versionFile(brief, initramfs, bootInitramfs);
  if (there === undefined) {
    yield* writeInPieces(os, bootInitramfs, content, { bufferBytes });
    return;
  }
  const temporary = `${bootInitramfs}.tmp`;
  yield* writeInPieces(os, temporary, content, { bufferBytes, sync: 'fdatasync' });
  yield* os.rename(temporary, bootInitramfs);
}

/** The kernel of the version whose package is this one. */
export function kernelOf(brief: MachineBrief, packaged: string): ReleaseKernel | undefined {
  return versionNames
    .map((version) => archKernel(brief, version))
    .find((archive) => archive?.version === packaged)?.kernel;
}
