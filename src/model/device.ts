/** The hardware under a machine: how long its drive takes, and what it promises. */

/** Name of a volume of a machine: a partition with a file system, a raw slot, or firmware variables. */
export type VolumeId = string;

/** How long a drive takes; the default is the drive of the recordings (`device` in conformance/runs). */
export interface DeviceTiming {
  readonly writeMicroseconds: number;
  readonly bytesPerSecond: number;
  readonly flushMicroseconds: number;
}

/** The modelled drive of the recordings: 60 µs a write, 400 MB/s, 3 ms a flush. */
export const recordedTiming: DeviceTiming = {
  writeMicroseconds: 60,
  bytesPerSecond: 400_000_000,
  flushMicroseconds: 3000,
};

/** Microseconds that writing `lengthBytes` in one piece takes. */
export function writeMicroseconds(timing: DeviceTiming, lengthBytes: number): number {
  return timing.writeMicroseconds + Math.ceil((lengthBytes * 1_000_000) / timing.bytesPerSecond);
}

/** What a drive does with writes that it has accepted. */
export const driveCaches = ['volatile', 'power-loss-protected', 'write-through'] as const;

/** One of {@link driveCaches}. */
export type DriveCache = (typeof driveCaches)[number];

/** Bytes that a drive writes in one piece. */
export const driveSectorSizes = [512, 4096] as const;

/**
 * What a drive promises. Whatever it is, it can keep only what it was given: what a file system still holds in memory,
 * in its page cache or in a journal that has not been committed, is lost on every drive. Source: persistence.md section
 * 2, from https://www.kernel.org/doc/html/latest/block/writeback_cache_control.html.
 */
export interface Drive {
  /**
   * `volatile`: accepted writes wait in memory, and are on the medium for certain after a flush alone.
   * `power-loss-protected`: they wait in memory that a capacitor keeps alive. `write-through`: there is no cache, a
   * write is accepted when it is on the medium.
   */
  readonly cache: DriveCache;
  /** Bytes that are old or new as one: nothing smaller tears. */
  readonly sectorBytes: (typeof driveSectorSizes)[number];
  /** Whether a flush is carried out, or only said to be. */
  readonly honoursFlush: boolean;
}

/** The drive of the recordings: it tears a 4096-byte superblock, and it flushes when it is told to. */
export const recordedDrive: Drive = { cache: 'volatile', sectorBytes: 512, honoursFlush: true };

/** Whether a flush means nothing: only a volatile cache has anything to lose, so only there a lie costs something. */
export function losesFlushed({ cache, honoursFlush }: Drive): boolean {
  return cache === 'volatile' && !honoursFlush;
}

/** Whether a write is safe as soon as the drive has accepted it, without a flush. */
export function keepsAccepted({ cache }: Drive): boolean {
  return cache !== 'volatile';
}

/**
 * How long a drive takes. The figures of the volatile cache are those of the recordings; the rest is a choice of this
 * model: a flush that has nothing to do, or is not carried out, takes as long as a write, and where there is no cache
 * each write waits as long as a flush would.
 */
export function timingOf({ cache, honoursFlush }: Drive): DeviceTiming {
  const { writeMicroseconds: write, flushMicroseconds: flush } = recordedTiming;
  if (cache === 'write-through') {
    return { ...recordedTiming, writeMicroseconds: write + flush, flushMicroseconds: write };
  }
  const answersAtOnce = cache === 'power-loss-protected' || !honoursFlush;
  return answersAtOnce ? { ...recordedTiming, flushMicroseconds: write } : recordedTiming;
}
