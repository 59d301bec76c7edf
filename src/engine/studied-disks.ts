/** The disks that a report is about, kept for whoever wants to look into them afterwards. */
import type { BlobTable } from '../model/content.ts';
import type { Release } from '../model/release.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';

/** The volumes of one machine over the step that is judged. */
export interface StudiedDisks {
  readonly windows: readonly VolumeWindow[];
  /** Start of the step, in microseconds of the machine; what was done before it counts as there before. */
  readonly startMicroseconds: number;
  /** End of the quiet time after it: what comes later was not looked at. */
  readonly endMicroseconds: number;
  /** The one instant that there is to look at, where no power cut is searched; Infinity with everything written. */
  readonly only?: number;
  readonly release: Release;
  readonly blobs: BlobTable;
}

/** An instant from the start of the step, as the clock of the machine shows it. */
export function machineInstant(studied: StudiedDisks, instantMicroseconds: number): number {
  const { only, startMicroseconds, endMicroseconds } = studied;
  return only ?? Math.min(startMicroseconds + instantMicroseconds, endMicroseconds);
}
