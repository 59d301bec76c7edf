/**
 * Names on the disk of a Fedora Workstation: btrfs with the subvolumes root and home, /boot of its own, kernels that
 * are copied there from beside their modules. Source: systems.md 1.1,
 * https://fedoraproject.org/wiki/Changes/BtrfsByDefault; Fedora's grub2 package, 20-grub.install,
 * https://src.fedoraproject.org/rpms/grub2.
 */
import type { MachineBrief } from '../backend.ts';
import { kernelArchive, type Archive } from '../package-tools/archive.ts';
import type { ReleaseFile, VersionName } from '../../model/release.ts';
import { optionsOf } from './options.ts';

/** Subvolumes of the btrfs file system, by their mount points. */
export const subvolumes = { '/': 'root', '/home': 'home' } as const;

/** Directory of the boot entries. Source: 20-grub.install, BLS_DIR. */
export const entriesDirectory = '/boot/loader/entries';

/** What GRUB reads first; it asks for the entries, and nothing in it changes with a kernel. */
export const fedoraMenuPath = '/boot/grub2/grub.cfg';

/** Where GRUB looks up which entry starts unasked. Source: GRUB manual, "The GRUB environment block". */
export const environmentPath = '/boot/grub2/grubenv';

/** Whether a machine is laid out as a Fedora Workstation. */
export function isFedora({ options }: MachineBrief): boolean {
  return optionsOf(options).layout === 'fedora';
}

/** Copy of a kernel that GRUB starts. */
export function bootCopy(release: string): string {
  return `/boot/vmlinuz-${release}`;
}

/** The initramfs that goes with it. */
export function bootInitramfsOf(release: string): string {
  return `/boot/initramfs-${release}.img`;
}

/** Where a file lies: the kernel's image beside its modules, the rest where every package has it. */
export function fedoraPath(brief: MachineBrief, file: Pick<ReleaseFile, 'path'>): string {
  for (const { release, image, initramfs } of Object.values(brief.release.kernels)) {
    if (file.path === image.path) return `/usr/lib/modules/${release}/vmlinuz`;
    if (file.path === initramfs.path) return bootInitramfsOf(release);
  }
  return file.path;
}

/** The kernel package of a version; what it ships does not lie in /boot. */
export function fedoraKernel(brief: MachineBrief, version: VersionName): Archive | undefined {
  const archive = kernelArchive(brief, version);
  if (archive === undefined) return undefined;
  const files = archive.files
    .map((file) => ({ ...file, path: fedoraPath(brief, file) }))
    .filter(({ path }) => !path.startsWith('/boot/'));
  return { ...archive, files };
}
