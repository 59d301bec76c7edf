import type { Profile } from '../profile.ts';

/**
 * XFS with its defaults: the log is written every 30 s or by any fsync, which carries everything before it. Size and
 * extents are updated after the data, so an unsynced new file is empty, never zeros; measured, litmus `xfs/*`.
 */
export const xfs: Profile = {
  id: 'xfs',
  label: 'XFS',
  recordedAs: ['xfs'],
  metadataOrder: 'prefix',
  allocation: 'after-data',
  overwrite: 'in-place',
  fsyncScope: 'everything-before',
  renameHalves: 'never',
  fdatasyncCarriesAttributes: true,
  zeroesTruncatedTail: true,
  commitMicroseconds: 30_000_000,
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: false, closeAfterTruncate: true },
  loaderLags: true,
  dataRacesCommit: true,
  syncfsLeavesLog: true,
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/xfs.html',
    'recorded litmus tests xfs/*, kernel 6.18',
  ],
};
