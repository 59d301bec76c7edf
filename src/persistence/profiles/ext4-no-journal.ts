import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/**
 * ext4 without a journal: every block by itself. A name may point to an inode that was never written, or was freed;
 * reading it fails with EBADMSG (74) or EUCLEAN (117); measured, litmus `ext4nj/*`.
 */
export const ext4NoJournal: Profile = {
  ...ext4,
  id: 'ext4-no-journal',
  label: 'ext4 without a journal',
  recordedAs: ['ext4nj'],
  metadataOrder: 'sectors',
  fsyncScope: 'own-chain',
  renameHalves: 'between-directories',
  errorsOfMissing: [74, 117],
  loaderLags: false,
  sources: ['recorded litmus tests ext4nj/*, kernel 6.18'],
};
