import type { Profile } from '../profile.ts';

/**
 * XFS with its defaults: the log is written every 30 s or by any fsync, which carries everything before it. Size and
 * extents are updated after the data, so an unsynced new file is empty, never zeros; measured, litmus `xfs/*`. Whether
 * data of the same age makes it into that write of the log is a race that was recorded both ways: all of a file at 31.5 s
 * (app-saves, rpm), or its name at 29 s and its content at 60 s (litmus). The likely clock lets the data win.
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
  commitMicroseconds: 31_000_000,
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: false, closeAfterTruncate: true },
  loaderLags: true,
  sources: [
    'https://www.kernel.org/doc/html/latest/admin-guide/xfs.html',
    'recorded litmus tests xfs/*, kernel 6.18',
  ],
};
