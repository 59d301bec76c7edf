/**
 * Unified kernel images beside slots: what they hold, which slot they belong to, and what keeps one from starting. An
 * image carries the hash of its own /usr, so that it starts with that version or not at all. Source: systemd-sysupdate,
 * https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html; GNOME OS, https://github.com/GNOME/gnome-build-meta
 * (files/sysupdate).
 */
import type { MachineBrief } from '../backend.ts';
import type { Reason } from '../../model/verdict.ts';
import { wholeBlob, type Content } from '../../model/content.ts';
import { sameContent } from '../../model/expected-file.ts';
import type { VersionName } from '../../model/release.ts';
import type { SlotWords } from './partition-table.ts';
import { slotImage, slots, type Slot } from './slot.ts';

/** Label of a partition that holds nothing. Source: sysupdate.d(5), `MatchPartitionType` and `_empty`. */
export const emptyLabel = '_empty';

/** Label of the partition that holds a version. */
export function partitionLabel(version: VersionName): string {
  return `usr_${version}`;
}

/** The slot whose label names a version. */
export function slotOf(table: SlotWords, version: VersionName): Slot | undefined {
  return slots.find(({ letter }) => table[letter] === partitionLabel(version));
}

/** Kernel, initramfs and command line of a version in one file. */
export function unifiedImage(brief: MachineBrief, version: VersionName): Content {
  const kernel = brief.release.kernels[version];
  const sizeBytes = (kernel?.image.sizeBytes ?? 0) + (kernel?.initramfs.sizeBytes ?? 0);
  return wholeBlob(brief.blobs.intern(`unified kernel image ${version}`, sizeBytes), sizeBytes);
}

/** What an entry consists of, as its bytes lie there now. */
export interface EntryBytes {
  readonly version: VersionName;
  readonly kernelImage: Content | undefined;
  /** Content of the partition that is labelled with its version, if there is one. */
  readonly partition: Content | undefined;
}

/**
 * Why a start of this entry does not reach user space, so that its counter stays; undefined when it does. What user
 * space then comes to is not looked at: by default nothing that fails there keeps boot-complete.target from being
 * reached. Source: https://systemd.io/AUTOMATIC_BOOT_ASSESSMENT
 */
export function whyNoStart(brief: MachineBrief, entry: EntryBytes): Reason | undefined {
  const { version, kernelImage, partition } = entry;
  const verity = 'https://docs.kernel.org/admin-guide/device-mapper/verity.html';
  if (kernelImage === undefined || !sameContent(kernelImage, unifiedImage(brief, version))) {
    const source = 'https://github.com/systemd/systemd/blob/main/src/boot/boot.c';
    return { text: 'its kernel image is not whole', source };
  }
  if (brief.release.kernels[version]?.broken === true) {
    const source = 'release data: the version is broken on purpose';
    return { text: 'its kernel panics before it looks for its root', source };
  }
  if (partition === undefined) {
    return { text: 'no partition carries the version that it asks for', source: verity };
  }
  if (!sameContent(partition, slotImage(brief, version))) {
    return { text: 'dm-verity refuses what is in its partition', source: verity };
  }
  return undefined;
}
