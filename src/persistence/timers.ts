/**
 * How late the timers of a file system may be: the one place from which the certain clock and the sentences of the rules
 * take their bounds, so that no two of them differ.
 */
import type { Profile } from './profile.ts';

/**
 * How late a commit may be after its age: jbd2 rounds its timer up to a whole second, the threads of btrfs and XFS look
 * now and then, and writing takes time. The latest that was recorded is 1.5 s (mutable-rpm on XFS).
 * Source: https://github.com/torvalds/linux/blob/v6.18/fs/jbd2/transaction.c, jbd2_get_transaction.
 */
const lateMicroseconds = 2_000_000;

/**
 * Expired data is written when the flusher wakes the next time, every 5 s by default. Source: dirty_writeback_centisecs,
 * https://www.kernel.org/doc/html/latest/admin-guide/sysctl/vm.html.
 */
export const flusherMicroseconds = 5_000_000;

/** The longest that a change waits for the commit it belongs to; Infinity where nothing commits by itself. */
export function committedAfterMicroseconds({ commitMicroseconds }: Profile): number {
  return (commitMicroseconds ?? Infinity) + lateMicroseconds;
}

/** The longest until new blocks are part of their file: they are written, and the commit after that has them. */
export function attachedAfterMicroseconds(profile: Profile): number {
  return writtenAfterMicroseconds(profile) + committedAfterMicroseconds(profile);
}

/** The longest that content stays in memory which nobody waits for, on a drive that keeps up. */
export function writtenAfterMicroseconds({ writebackMicroseconds }: Profile): number {
  return writebackMicroseconds + flusherMicroseconds + lateMicroseconds;
}
