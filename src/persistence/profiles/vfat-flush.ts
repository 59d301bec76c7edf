import type { Profile } from '../profile.ts';
import { vfat } from './vfat.ts';

/** vfat mounted with -o flush: it writes earlier, and leaves the same states; measured, 21 programs. */
export const vfatFlush: Profile = {
  ...vfat,
  id: 'vfat-flush',
  label: 'vfat with flush',
  recordedAs: ['vfatflush'],
  sources: ['recorded litmus tests vfatflush/*, kernel 6.1'],
};
