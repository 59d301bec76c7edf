import type { Profile } from '../profile.ts';

/**
 * vfat, as an EFI system partition: no journal; directory entries, chains and data are sectors that reach the disk
 * one by one. fsync of a file carries its data, chain and entry, not its new parents; syncfs carries everything. An
 * entry whose chain never arrived reads as EIO (5); measured, litmus `vfat/*`.
 */
export const vfat: Profile = {
  id: 'vfat',
  label: 'vfat',
  recordedAs: ['vfat'],
  metadataOrder: 'sectors',
  allocation: 'unwritten',
  overwrite: 'in-place',
  fsyncScope: 'own-chain',
  renameHalves: 'always',
  fdatasyncCarriesAttributes: true,
  zeroesTruncatedTail: false,
  errorsOfMissing: [5],
  writebackMicroseconds: 30_000_000,
  startsWriteback: { renameOver: false, closeAfterTruncate: false },
  loaderLags: false,
  sources: [
    'recorded litmus tests vfat/*, kernel 6.1',
    'https://github.com/ostreedev/ostree/pull/1967',
  ],
};
