/**
 * The rules by which a power cut takes or leaves something, one row each: a sentence for people, and who shows it. A
 * row's recordings are ids of litmus tests; where a profile has none, its own sources stand for it.
 */
import type { Profile } from './profile.ts';
import { recordedOn } from './recordings.ts';
import {
  attachedAfterMicroseconds,
  flusherMicroseconds,
  writtenAfterMicroseconds,
} from './timers.ts';

const flushDocument = 'https://www.kernel.org/doc/html/latest/block/writeback_cache_control.html';

/**
 * One rule. In its sentence `{profile}` stands for the profile's name; `{commit}` and `{writeback}` for the ages at which
 * it acts, `{flusher}` for how often the kernel looks, `{written}` for the latest instant that the certain clock knows,
 * `{attached}` for what comes after it where new blocks wait for a commit, `{starters}` for what starts a write,
 * `{asks}` for what makes it commit, and `{before}` for what else goes with it.
 */
export interface RuleRow {
  readonly sentence: string;
  /** Addresses that say so, of all profiles or of those whose id begins like this. */
  readonly documents?: readonly { readonly address: string; readonly on?: string }[];
  /** Litmus programs that show it; the id of a recording is the profile's recorded name, `/`, and the program. */
  readonly programs: readonly string[];
}

/** Every rule, by its id. */
export const rules = {
  'not-called': {
    sentence: 'The power failed before the program made this call.',
    programs: [],
  },
  untouched: {
    sentence: 'Nothing in this program touches it. It was on the disk before.',
    programs: [],
  },
  'commit-timer': {
    sentence:
      '{profile} keeps changes of names, sizes and modes in memory and writes them together, none before an older one: about {commit} after the first of them, or earlier when a program asks with {asks}. That is called a commit.',
    programs: ['meta-order-2creat', 'ren-over-nosync'],
  },
  'delayed-allocation': {
    sentence:
      'The content of a file is written later than its name: {profile} writes it when it is about {writeback} old, and on the disk the file keeps its old length until then. A commit of the name does not wait for it.',
    programs: ['create-write-nosync', 'ren-over-nosync'],
  },
  'unwritten-extents': {
    sentence:
      '{profile} may commit the place and the length of new content before the content itself is on the disk. A place that is reserved and not yet written reads as zeros.',
    documents: [
      {
        address:
          'https://git.zx2c4.com/linux-dev/commit/?id=244adf6426ee31a83f397b700d964cff12a247d3',
        on: 'ext4',
      },
    ],
    programs: ['ren-over-nosync', 'append-small-nosync'],
  },
  'zeros-without-journal': {
    sentence:
      '{profile} writes the length of a file and its content apart, in any order. Where the length came first, the recordings showed zeros.',
    programs: ['ren-over-nosync', 'create-write-nosync'],
  },
  'size-after-data': {
    sentence:
      '{profile} lengthens a file only when its content is on the disk: never zeros, never garbage. The name does not wait for that, so until then the file is as long as it was before the write.',
    programs: ['create-write-nosync', 'ren-over-nosync'],
  },
  'with-operation': {
    sentence:
      '{profile} commits the content together with the change that it belongs to. Both are on the disk, or neither.',
    programs: ['create-write-nosync', 'ren-over-nosync'],
  },
  'overwrite-in-place': {
    sentence:
      '{profile} writes new bytes over the old ones, at the same place. A drive promises only that a single sector (512 or 4096 bytes) is old or new, and it may write sectors in any order.',
    programs: ['overwrite-1blk', 'overwrite-16blk'],
  },
  'length-before-bytes': {
    sentence:
      'New bytes in the last block of a file need no new place. {profile} commits the new length with the names; the bytes follow when they are about {writeback} old. Until then the end of the file reads as zeros.',
    programs: ['append-small-nosync'],
  },
  'length-before-bytes-unseen': {
    sentence:
      'The model lets the length of a file come before bytes that go into its last block. {profile} should not: it moves the length after the bytes, and in the recordings the length never came first.',
    programs: ['append-small-nosync'],
  },
  'zeroed-tail': {
    sentence:
      'To shorten a file, {profile} first writes zeros over the rest of the last block that it keeps. The new length is committed later, so the old length can meet zeroed bytes.',
    programs: ['trunc-shrink'],
  },
  'written-back': {
    sentence:
      'Content that nobody waits for is written once it is {writeback} old. The kernel looks every {flusher} and may be a little late, so that is after {written} at the latest if the drive keeps up, and it may be earlier.',
    programs: [],
  },
  'attached-later': {
    sentence:
      'Content that nobody waits for is written once it is {writeback} old; the kernel looks every {flusher}. New blocks are part of their file with the next commit, so that is after {attached} at the latest if the drive keeps up, and it may be earlier.',
    programs: [],
  },
  'fsync-carries-everything': {
    sentence:
      'When fsync returns, the content of the file is on the disk. So is every earlier change of names, anywhere on this file system: {profile} keeps the order.',
    programs: ['unlink-fsync-sibling', 'link-backup-then-rename', 'create-write-fsync'],
  },
  'fsync-carries-closure': {
    sentence:
      'When fsync returns, {profile} has written a small log: this file, its names, and the new folders above it. It also holds its content. Other changes, even older ones, wait for the commit.',
    programs: ['link-backup-then-rename', 'unlink-fsync-sibling', 'create-write-fsync'],
  },
  'fsync-leaves-others': {
    sentence:
      'fsync of one file or folder does not carry older changes of others, on {profile}. Its log holds that one and what it needs; the older change still waits for the commit.',
    programs: ['link-backup-then-rename', 'unlink-fsync-sibling', 'chmod-fsync-other'],
  },
  'fsync-directory-names': {
    sentence:
      'fsync of a folder puts its names on the disk, and not the content of the files behind them.{before}',
    programs: ['fsyncdir-not-data', 'ren-over-fsyncdir-only', 'unlink-fsyncdir'],
  },
  'fsync-own-chain': {
    sentence:
      'fsync on {profile} writes the content of this file, the list of its places and its entry. It writes nothing of the folders above.',
    programs: ['create-write-fsync', 'ren-over-fsync'],
  },
  'fdatasync-leaves-attributes': {
    sentence:
      'fdatasync carries the content and what is needed to read it. A mode or an attribute is not needed for that, and waits for the commit.',
    programs: ['chmod-fdatasync'],
  },
  'sync-carries-everything': {
    sentence: 'When sync or syncfs returns, everything before it is on the disk.',
    documents: [{ address: 'https://man7.org/linux/man-pages/man2/sync.2.html' }],
    programs: ['ren-over-syncfs'],
  },
  'rename-halves-in-log': {
    sentence:
      'A rename between two folders is a new name here and the loss of the old name there. fsync of the new folder makes {profile} log the new name alone; the loss of the old one waits for the commit.',
    programs: ['rename-crossdir-fsync-newdir'],
  },
  'rename-halves-in-sectors': {
    sentence:
      'A rename changes two entries. Nothing ties them on {profile}: it writes them one by one, and either can reach the disk without the other.',
    documents: [{ address: 'https://github.com/ostreedev/ostree/pull/1967', on: 'vfat' }],
    programs: ['rename-crossdir', 'ren-over-nosync'],
  },
  'sectors-in-any-order': {
    sentence:
      '{profile} keeps no changes together and none in order: each sector with names, places or content reaches the disk by itself.',
    programs: ['meta-order-2creat', 'ren-over-nosync', 'gap-2creat'],
  },
  'exchange-in-sector': {
    sentence:
      'Both names are in the same sector of the folder, and a drive writes a sector as a whole. In two sectors, or in two folders, nothing would hold the halves together.',
    programs: ['exchange'],
  },
  'chain-missing': {
    sentence:
      'The entry of the file names a first place on the disk, and the list of places says that it is free. Reading such a file fails.',
    programs: ['ren-over-nosync', 'ren-over-fsync'],
  },
  'entry-without-start': {
    sentence:
      'The entry was written before it got its new length and its first place. The file looks empty.',
    programs: ['create-write-nosync', 'rename-crossdir'],
  },
  'inode-missing': {
    sentence:
      'Names and what they stand for lie in different blocks, and no journal ties them. The name can stand for something that was never written, or was given back.',
    programs: ['ren-over-nosync'],
  },
  'default-waits-for-commit': {
    sentence:
      'Setting the default subvolume changes one record, all or nothing. It is not on the disk when the command returns: it waits for the commit, about {commit} later.',
    programs: ['btrfs-setdefault'],
  },
  'snapshot-commits': {
    sentence:
      'Making a snapshot writes all content and commits. When it returns, it is on the disk, with everything before it.',
    programs: ['btrfs-snapshot', 'btrfs-snap-then-write'],
  },
  'slot-blocks': {
    sentence:
      'An image is written block by block. Until it has been flushed, each of its blocks may be the old one or the new one. No checksum of the slot tells them apart; the file system in it may refuse such a mix, or serve it.',
    programs: [],
  },
  'flush-writes-slot': {
    sentence:
      'fsync of a partition sends all of its blocks to the drive and has them flushed. When it returns, the image is on the disk.',
    documents: [{ address: flushDocument }],
    programs: [],
  },
  'close-sends-without-flush': {
    sentence:
      'Closing the last handle of a partition sends its blocks to the drive and waits, but tells the drive no flush: a volatile cache can still lose them. While another program holds the partition open, closing sends nothing.',
    documents: [
      { address: 'https://github.com/torvalds/linux/blob/master/block/bdev.c' },
      { address: flushDocument },
    ],
    programs: [],
  },
  'verity-refuses': {
    sentence:
      'Every block is compared with a checksum when it is read (dm-verity). A block that does not fit gives a read error, never wrong bytes. The checksums here are those of the new image, so the old one does not fit either.',
    documents: [{ address: 'https://docs.kernel.org/admin-guide/device-mapper/verity.html' }],
    programs: [],
  },
  'memory-only': {
    sentence: '{profile} lives in memory. No call puts any of it on a disk.',
    documents: [{ address: 'https://docs.kernel.org/filesystems/tmpfs.html' }],
    programs: [],
  },
  'lying-drive': {
    sentence:
      'This drive says that it has written when it has not. No fsync means anything on it: any of the writes may be missing. What the system had not sent to it yet is lost on every drive.',
    documents: [{ address: flushDocument }],
    programs: [],
  },
  'writeback-starts-early': {
    sentence:
      '{starters} makes {profile} start writing the content at once. Nobody waits for it: on a quiet, fast drive the content is there before the names and lengths are, on a busy one it may not be.',
    documents: [
      { address: 'https://www.kernel.org/doc/html/latest/admin-guide/ext4.html', on: 'ext4' },
      {
        address: 'https://git.kernel.org/linus/8d875f95da43c6a8f18f77869f2ef26e9594fecc',
        on: 'btrfs',
      },
    ],
    programs: [],
  },
} as const satisfies Record<string, RuleRow>;

/** Name of a rule. */
export type RuleId = keyof typeof rules;

/** Rules that the model needs and that no recording showed at work. */
export const unseenRules: ReadonlySet<RuleId> = new Set<RuleId>(['length-before-bytes-unseen']);

/** A time in words: `5 s`. */
export function secondsText(microseconds: number): string {
  return `${String(Number((microseconds / 1_000_000).toFixed(1)))} s`;
}

/** The sentence of a rule, for this profile. */
export function ruleSentence(id: RuleId, profile: Profile): string {
  const { commitMicroseconds, writebackMicroseconds, label } = profile;
  return rules[id].sentence
    .replaceAll('{profile}', label)
    .replaceAll('{commit}', secondsText(commitMicroseconds ?? writebackMicroseconds))
    .replaceAll('{writeback}', secondsText(writebackMicroseconds))
    .replaceAll('{flusher}', secondsText(flusherMicroseconds))
    .replaceAll('{written}', secondsText(writtenAfterMicroseconds(profile)))
    .replaceAll('{attached}', secondsText(attachedAfterMicroseconds(profile)))
    .replaceAll('{starters}', startersText(profile))
    .replaceAll('{asks}', profile.fsyncScope === 'everything-before' ? 'fsync or sync' : 'sync')
    .replaceAll('{before}', profile.fsyncScope === 'everything-before' ? withAllBefore : '');
}

const withAllBefore =
  ' Every earlier change of names goes with them, anywhere on this file system.';

/** What makes a file system write early, as the beginning of a sentence. */
function startersText({ startsWriteback }: Profile): string {
  const { renameOver, closeAfterTruncate } = startsWriteback;
  const causes = [
    ...(renameOver ? ['a rename over a file'] : []),
    ...(closeAfterTruncate ? ['the close of a file that was emptied to be written anew'] : []),
  ];
  const text = causes.length === 0 ? 'this call' : causes.join(' or ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Ids of the litmus tests that show the rule on this profile. */
export function recordingsOf(id: RuleId, { recordedAs }: Profile): readonly string[] {
  const { programs }: RuleRow = rules[id];
  return recordedAs.flatMap((name) =>
    programs
      .filter((program) => recordedOn[program]?.includes(name))
      .map((program) => `${name}/${program}`),
  );
}

/** Who says so: recordings and documents of the rule, else what the profile rests on. Never empty. */
export function ruleSources(id: RuleId, profile: Profile): readonly string[] {
  const { documents = [] }: RuleRow = rules[id];
  const own = [
    ...recordingsOf(id, profile).map((recording) => `recorded litmus test ${recording}`),
    ...documents.filter(({ on = '' }) => profile.id.startsWith(on)).map(({ address }) => address),
  ];
  return own.length > 0 ? own : profile.sources;
}
