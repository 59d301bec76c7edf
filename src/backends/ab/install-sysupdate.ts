/**
 * The disk of a machine that systemd-sysupdate keeps: two partitions for /usr, kernel images on the EFI system
 * partition, one root for everything else. Source: systems.md 3.5 and 3.6, https://github.com/GNOME/gnome-build-meta
 * (files/secure-repart-config/main, files/sysupdate).
 */
import type { MachineBrief } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { emptyContent } from '../../model/content.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { countedName, imageDirectory } from './boot-counter.ts';
import { firmwareVariables } from './firmware-variables.ts';
import { dataVolume } from './install-slots.ts';
import { partitionTable } from './partition-table.ts';
import { slotImage, slots } from './slot.ts';
import { emptyLabel, partitionLabel, unifiedImage } from './unified-image.ts';
import { putUsrTrees } from './usr-tree.ts';

/** Partition A holds `v1`, which has started before; partition B is free. */
export function installSysupdate(brief: MachineBrief): readonly Volume[] {
  return [
    espVolume(brief),
    firmwareVariables(brief),
    partitionTable(brief, { A: partitionLabel('v1'), B: emptyLabel }),
    ...slots.map(({ volume, letter }) => {
      const builder = new ImageBuilder();
      builder.setContent(builder.root, letter === 'A' ? slotImage(brief, 'v1') : emptyContent);
      putUsrTrees(brief, builder);
      const label = `/usr, partition ${letter}`;
      return new Volume({ id: volume, profile: 'raw-slot-verity', label }, builder.state());
    }),
    dataVolume(brief, 'btrfs'),
  ];
}

function espVolume(brief: MachineBrief): Volume {
  const esp = new ImageBuilder();
  for (const path of ['EFI/BOOT/BOOTX64.EFI', 'EFI/systemd/systemd-bootx64.efi']) {
    esp.file(esp.root, path, textContent(brief.blobs, `boot loader ${path}\n`));
  }
  const image = `${imageDirectory}/${countedName('v1')}`;
  esp.file(esp.root, image.slice(1), unifiedImage(brief, 'v1'));
  const label = 'EFI system partition';
  return new Volume({ id: 'esp', profile: 'vfat', label }, esp.state());
}
