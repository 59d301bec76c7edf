import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/** ext4 with data=journal: data goes through the journal with its operation, so an operation is whole or not there. */
export const ext4DataJournal: Profile = {
  ...ext4,
  id: 'ext4-data-journal',
  label: 'ext4 with data=journal',
  recordedAs: ['ext4j'],
  allocation: 'with-operation',
  overwrite: 'with-operation',
  fdatasyncCarriesAttributes: true,
  zeroesTruncatedTail: false,
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html',
    'recorded litmus tests ext4j/*, kernel 6.18: only whole operations, no tearing',
  ],
};
