import type { Profile } from '../profile.ts';
import { ext4 } from './ext4.ts';

/** ext4 made with fast_commit. The recordings show the states of the default; fast commits may not have been used. */
export const ext4FastCommit: Profile = {
  ...ext4,
  id: 'ext4-fast-commit',
  label: 'ext4 with fast_commit',
  recordedAs: ['ext4fc'],
  sources: ['recorded litmus tests ext4fc/*, kernel 6.18'],
};
