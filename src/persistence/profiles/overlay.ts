import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/**
 * overlayfs over ext4: whiteouts and copies are ordinary files of the upper file system, so its rules hold. Not
 * recorded: it follows from the document alone.
 */
export const overlay: Profile = {
  ...ext4,
  id: 'overlay',
  label: 'overlayfs, upper on ext4',
  recordedAs: ['overlayfs, ext4 upper'],
  sources: ['https://docs.kernel.org/filesystems/overlayfs.html'],
};
