import type { Profile } from '../profile.ts';

/** tmpfs: it lives in memory, every sync succeeds and does nothing, and no power cut leaves any of it. */
export const tmpfs: Profile = {
  id: 'tmpfs',
  label: 'tmpfs',
  recordedAs: ['tmpfs'],
  metadataOrder: 'nowhere',
  allocation: 'with-operation',
  overwrite: 'with-operation',
  fsyncScope: 'nothing',
  renameHalves: 'never',
  fdatasyncCarriesAttributes: false,
  zeroesTruncatedTail: false,
  writebackMicroseconds: Infinity,
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  loaderLags: false,
  sources: ['https://docs.kernel.org/filesystems/tmpfs.html'],
};
