import type { Profile } from '../profile.ts';
import { btrfs } from './btrfs.ts';

/** btrfs with flushoncommit: a commit waits for the data of everything in it. */
export const btrfsFlushoncommit: Profile = {
  ...btrfs,
  id: 'btrfs-flushoncommit',
  label: 'btrfs with flushoncommit',
  recordedAs: ['btrfsfoc'],
  allocation: 'with-operation',
  overwrite: 'with-operation',
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  sources: [
    'https://btrfs.readthedocs.io/en/latest/Administration.html',
    'recorded litmus tests btrfsfoc/*, kernel 6.18',
  ],
};
