/**
 * What system calls cost in simulated time. The drive is the one of the recordings (model/device.ts); the CPU figures
 * are round numbers of the right size for a small machine: a system call takes a few microseconds.
 */
import { writeMicroseconds, type DeviceTiming } from '../model/device.ts';

/** Microseconds of a system call that touches memory only. */
export const callMicroseconds = 4;

/** Microseconds per name that a recursive walk looks at or removes, directory reading included. */
export const walkMicroseconds = 60;

/**
 * Microseconds until a terminal has taken a line. An assumption: terminals show some ten thousand lines a second. It
 * matters to `rm -rf /*` alone, which prints tens of thousands.
 */
export const terminalLineMicroseconds = 100;

/**
 * Flushes of the drive that a barrier makes when names or sizes changed: one before and one with the commit block.
 * Measured: 427 fsyncs made 789 flushes in recorded run mutable-dpkg.
 */
const flushesPerCommit = 2;

/** Microseconds for a barrier that finds this many dirty bytes, in this many files. */
export function barrierMicroseconds(
  timing: DeviceTiming,
  dirty: { readonly bytes: number; readonly files: number; readonly metadata: boolean },
): number {
  // Measured: 421 fsyncs of the recorded run ostree made 34 flushes, because most of them found nothing to do.
  if (dirty.bytes === 0 && !dirty.metadata) return callMicroseconds;
  const data =
    dirty.bytes === 0
      ? 0
      : writeMicroseconds(timing, dirty.bytes) + (dirty.files - 1) * timing.writeMicroseconds;
  const flushes = dirty.metadata ? flushesPerCommit : 1;
  const journal = dirty.metadata ? 2 * timing.writeMicroseconds : 0;
  return data + journal + flushes * timing.flushMicroseconds;
}

/** Bytes of one write to a partition. Measured: ten writes brought 2.6 MB in recorded run ab-flag-first. */
const requestBytes = 262_144;

/** Microseconds for sending this many dirty bytes to the drive, and waiting for them, without a flush. */
export function sendMicroseconds(timing: DeviceTiming, dirtyBytes: number): number {
  const requests = Math.ceil(dirtyBytes / requestBytes);
  if (requests === 0) return callMicroseconds;
  return writeMicroseconds(timing, dirtyBytes) + (requests - 1) * timing.writeMicroseconds;
}

/** Microseconds that copying these bytes into the page cache takes, at 4 GB/s. */
export function copyMicroseconds(bytes: number): number {
  return callMicroseconds + Math.ceil(bytes / 4000);
}
