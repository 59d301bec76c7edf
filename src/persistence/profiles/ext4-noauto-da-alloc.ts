import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/** ext4 with noauto_da_alloc: the same states are possible, and nothing starts write-back early: they are likely. */
export const ext4NoautoDaAlloc: Profile = {
  ...ext4,
  id: 'ext4-noauto-da-alloc',
  label: 'ext4 with noauto_da_alloc',
  recordedAs: ['ext4noda'],
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html',
    'recorded litmus tests ext4noda/*, kernel 6.18: empty in 36 of 74 images',
  ],
};
