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

/** Bytes that the drive of the recordings writes in one piece: 512, so that a 4096-byte superblock can tear. */
export const recordedSectorBytes = 512;
