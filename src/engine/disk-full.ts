/** A disk that fills while a step is under way: the room lasts until an instant that the scenario names. */
import type { Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { wholeBlob } from '../model/content.ts';
import { fullDiskBytes } from '../model/limits.ts';
import type { Instant } from '../model/scenario.ts';
import { blockBytes } from '../model/space.ts';
import { microsecondsOf } from './instant.ts';
import type { Rehearsal } from './rehearse.ts';
import type { Story } from './story.ts';

/** The log that fills the disk; whoever deletes it has room again. */
export const fillingLog = '/var/log/runaway.log';

/**
 * Lets a log of root fill the file system that holds /var, before the step begins: what is left is what the step takes
 * until `at`. A file of root, because ext4 keeps a part of the disk that only root can fill. Source: mke2fs(8), -m.
 */
export function fillDisk(story: Story, at: Instant, rehearse: () => Rehearsal): void {
  const place = story.machine.tree.walk('/var');
  if (place === undefined) return;
  const { volume } = place;
  const account = story.limitSpace(volume, fullDiskBytes);
  const usedBytes = fullDiskBytes - account.free.freeBytes;
  const { step, peaks } = rehearse();
  const until = step.startMicroseconds + microsecondsOf(at, step);
  const reached = (peaks.get(volume) ?? []).filter(({ atMicroseconds }) => atMicroseconds <= until);
  const most = Math.max(usedBytes, ...reached.map((peak) => peak.usedBytes));
  const sizeBytes = Math.floor((fullDiskBytes - most) / blockBytes) * blockBytes;
  const os = story.processOf('root');
  story.machine.perform(os, fill(os, story, sizeBytes));
  const room = ((most - usedBytes) / 1_000_000).toFixed(1);
  story.say(
    `A log, ${fillingLog}, has filled the disk: ${room} MB are left on the file system with /var.`,
  );
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
