/** The profiles there are, one line each. */
import { LabError } from '../model/lab-error.ts';
import type { Profile } from './profile.ts';
import { btrfs } from './profiles/btrfs.ts';
import { ext4 } from './profiles/ext4.ts';
import { rawSlot } from './profiles/raw-slot.ts';
import { vfat } from './profiles/vfat.ts';

/** Every profile, by its id. */
export const profiles: readonly Profile[] = [ext4, btrfs, vfat, rawSlot];

/** The profile of this name. Throws `unknown-profile`. */
export function profileNamed(id: string): Profile {
  const profile = profiles.find((candidate) => candidate.id === id);
  if (profile === undefined) throw new LabError('unknown-profile', id);
  return profile;
}
