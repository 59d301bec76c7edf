/** The profiles there are, one line each. */
import { LabError } from '../model/lab-error.ts';
import type { Profile } from './profile.ts';
import { btrfs } from './profiles/btrfs.ts';
import { btrfsFlushoncommit } from './profiles/btrfs-flushoncommit.ts';
import { btrfsNotreelog } from './profiles/btrfs-notreelog.ts';
import { ext4 } from './profiles/ext4.ts';
import { ext4DataJournal } from './profiles/ext4-data-journal.ts';
import { ext4DataWriteback } from './profiles/ext4-data-writeback.ts';
import { ext4DioreadLock } from './profiles/ext4-dioread-lock.ts';
import { ext4FastCommit } from './profiles/ext4-fast-commit.ts';
import { ext4NoautoDaAlloc } from './profiles/ext4-noauto-da-alloc.ts';
import { ext4NoJournal } from './profiles/ext4-no-journal.ts';
import { ext4Nodelalloc } from './profiles/ext4-nodelalloc.ts';
import { overlay } from './profiles/overlay.ts';
import { rawSlot } from './profiles/raw-slot.ts';
import { rawSlotVerity } from './profiles/raw-slot-verity.ts';
import { tmpfs } from './profiles/tmpfs.ts';
import { vfat } from './profiles/vfat.ts';
import { vfatFlush } from './profiles/vfat-flush.ts';
import { xfs } from './profiles/xfs.ts';

/** Every profile, by its id. */
export const profiles: readonly Profile[] = [
  ext4,
  ext4DioreadLock,
  ext4Nodelalloc,
  ext4DataJournal,
  ext4DataWriteback,
  ext4NoautoDaAlloc,
  ext4FastCommit,
  ext4NoJournal,
  xfs,
  btrfs,
  btrfsFlushoncommit,
  btrfsNotreelog,
  vfat,
  vfatFlush,
  rawSlot,
  rawSlotVerity,
  tmpfs,
  overlay,
];

/** The profile of this name. Throws `unknown-profile`. */
export function profileNamed(id: string): Profile {
  const profile = profiles.find((candidate) => candidate.id === id);
  if (profile === undefined) throw new LabError('unknown-profile', id);
  return profile;
}

/** The profile that a recording means by a name of its own, such as `ext4lock`, or undefined. */
export function profileRecordedAs(name: string): Profile | undefined {
  return profiles.find(({ id, recordedAs }) => id === name || recordedAs.includes(name));
}
