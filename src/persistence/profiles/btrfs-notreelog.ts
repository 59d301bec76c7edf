import type { Profile } from '../profile.ts';
import { btrfs } from './btrfs.ts';

/** btrfs with notreelog: an fsync is a full commit, and carries everything before it. */
export const btrfsNotreelog: Profile = {
  ...btrfs,
  id: 'btrfs-notreelog',
  label: 'btrfs with notreelog',
  recordedAs: ['btrfsnolog'],
  fsyncScope: 'everything-before',
  renameHalves: 'never',
  sources: [
    'https://btrfs.readthedocs.io/en/latest/Administration.html',
    'recorded litmus tests btrfsnolog/*, kernel 6.18',
  ],
};
