/** The disk of the recorded A/B machine: two raw slots, /boot with the environment block, one file system for data. */
import type { MachineBrief } from '../backend.ts';
import {
  installedConfiguration,
  ownerOf,
  putFile,
  textContent,
  writtenByPeople,
} from '../machine-files.ts';
import { attributes } from '../../model/attributes.ts';
import { emptyContent } from '../../model/content.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { espVolume } from './install-abroot.ts';
import { optionsOf } from './options.ts';
import { environmentText, slotImage, slots } from './slot.ts';

/** Empty directories of the data volume: mount points, and where the shared data of a root lies. */
const dataDirectories = ['boot', 'etc', 'home', 'root', 'run', 'tmp', 'var', 'usr'];

/** Slot A holds `v1`, slot B nothing yet. */
export function installSlots(brief: MachineBrief): readonly Volume[] {
  return [
    espVolume(brief, 'lab'),
    bootVolume(brief),
    ...slots.map(({ volume, letter }) => {
      const builder = new ImageBuilder();
      builder.setContent(builder.root, letter === 'A' ? slotImage(brief, 'v1') : emptyContent);
      const label = `slot ${letter}`;
      return new Volume({ id: volume, profile: 'raw-slot', label }, builder.state());
    }),
    dataVolume(brief, 'ext4'),
  ];
}

function bootVolume(brief: MachineBrief): Volume {
  const boot = new ImageBuilder();
  const text = (content: string) => textContent(brief.blobs, content);
  boot.directory(boot.root, 'efi');
  boot.file(boot.root, 'grub/grub.cfg', text('set ORDER="A B"\nload_env\n'));
  boot.file(boot.root, 'grub/grubenv', text(environmentText({ order: slots, good: slots })));
  const { bootFilesystem } = optionsOf(brief.options);
  return new Volume({ id: 'boot', profile: bootFilesystem, label: 'boot' }, boot.state());
}

/** What all versions share: homes, configuration, data. */
export function dataVolume(brief: MachineBrief, profile: 'ext4' | 'btrfs'): Volume {
  const builder = new ImageBuilder();
  const { accounts } = brief.release;
  for (const path of dataDirectories) builder.directory(builder.root, path);
  for (const { uid, home } of accounts) {
    const owner = { user: uid, group: uid };
    builder.directory(builder.root, home, attributes('directory', 0o700, owner));
  }
  for (const file of [...installedConfiguration(brief), ...writtenByPeople(brief)]) {
    putFile(builder, builder.root, file.path, file, ownerOf(accounts, file.path));
  }
  return new Volume({ id: 'data', profile, label: 'data' }, builder.state());
}
