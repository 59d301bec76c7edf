/** A disk that fills while a step is under way: the room lasts until an instant that the scenario names. */
import type { Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { wholeBlob } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import { fullDiskBytes } from '../model/limits.ts';
import type { Instant } from '../model/scenario.ts';
import { blockBytes } from '../model/space.ts';
import { microsecondsOf } from './instant.ts';
import type { Act } from './acts.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';
import type { Story } from './story.ts';

/** The log that fills the disk; whoever deletes it has room again. */
export const fillingLog = '/var/log/runaway.log';

/**
 * Lets a log of root fill the file system that holds /var, before the step begins. What is left is a share of the room
 * that the step needs at most, or, where `at` is a time or a stage, what it takes until then. A file of root, because
 * ext4 keeps a part of the disk that only root can fill. Source: mke2fs(8), -m.
 */
export function fillDisk(story: Story, at: Instant, step: Act): void {
  const place = story.machine.tree.walk('/var');
  if (place === undefined) return;
  const account = story.limitSpace(place.volume, fullDiskBytes);
  const usedBytes = fullDiskBytes - account.free.freeBytes;
  const room = roomUntil(at, rehearse(story, step), place.volume, usedBytes);
  const sizeBytes = Math.floor((fullDiskBytes - usedBytes - room) / blockBytes) * blockBytes;
  const os = story.processOf('root');
  story.machine.perform(os, fill(os, story, sizeBytes));
  const left = (room / 1_000_000).toFixed(1);
  story.say(
    `A log, ${fillingLog}, has filled the disk: ${left} MB are left on the file system with /var.`,
  );
}

function roomUntil(
  at: Instant,
  { step, peaks }: Rehearsal,
  volume: VolumeId,
  usedBytes: number,
): number {
  const isShare = at.kind === 'share';
  const until = isShare ? Infinity : step.startMicroseconds + microsecondsOf(at, step);
  const reached = (peaks.get(volume) ?? []).filter((peak) => peak.atMicroseconds <= until);
  const most = Math.max(usedBytes, ...reached.map((peak) => peak.usedBytes)) - usedBytes;
  return isShare ? Math.floor((most * at.percent) / 100) : most;
}

function* fill(os: SimulatedProcess, { brief }: Story, sizeBytes: number): Procedure {
  const blob = brief.blobs.intern('the same line, written again and again', sizeBytes);
  const [, , ...folders] = ['', 'var', 'log'];
  for (const name of folders) {
    const names = yield* os.readdir('/var');
    if (!names.includes(name)) yield* os.mkdir(`/var/${name}`);
  }
  yield* os.writeFile(fillingLog, wholeBlob(blob, sizeBytes));
  yield* os.fsyncPath(fillingLog);
}
