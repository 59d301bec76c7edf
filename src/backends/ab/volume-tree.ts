/** One volume of a disk as a tree of its own, and what firmware finds on the EFI system partition. */
import type { BootMenu, DiskView } from '../../model/boot-entry.ts';
import type { VolumeId } from '../../model/device.ts';
import { contentText } from '../../model/content.ts';
import { RootTree } from '../../model/root-tree.ts';

/** A volume, its root directory as `/`. */
export function volumeTree(disk: DiskView, volume: VolumeId): RootTree {
  const directory = disk.volumes.get(volume)?.root ?? 0;
  return new RootTree(disk, [{ mountPoint: '/', volume, directory }]);
}

/** Text of a file of a volume; empty when there is none. */
export function textOf(disk: DiskView, tree: RootTree, path: string): string {
  const content = tree.file(path);
  return content === undefined ? '' : contentText(content, disk.blobs);
}

/** Why nothing starts, when the firmware finds no program. */
export function firmwareStop(
  disk: DiskView,
  vendor: string,
  program = 'grubx64.efi',
): NonNullable<BootMenu['nothing']> | undefined {
  const esp = volumeTree(disk, 'esp');
  const found = [`/EFI/${vendor}/${program}`, '/EFI/BOOT/BOOTX64.EFI'].some(
    (path) => (esp.file(path)?.sizeBytes ?? 0) > 0,
  );
  if (found) return undefined;
  return {
    stage: 'firmware',
    because: {
      text: 'The EFI system partition holds no boot loader: the firmware finds nothing to start.',
      source: 'recorded runs rm-ab-rmroot and rm-microos-rmroot',
    },
    console: ['No bootable device.'],
  };
}
