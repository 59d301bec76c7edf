/** A disk or a boot partition that fills while a step is under way: the room lasts until an instant that the scenario names. */
import type { Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { wholeBlob } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import { fullDiskBytes } from '../model/limits.ts';
import type { FullPlace, Instant } from '../model/scenario.ts';
import { blockBytes } from '../model/space.ts';
import { microsecondsOf } from './instant.ts';
import type { Act } from './acts.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';
import type { Story } from './story.ts';

/** The log that fills the disk; whoever deletes it has room again. */
export const fillingLog = '/var/log/runaway.log';

/** What fills /boot. */
export const fillingImage = '/boot/rescue.img';

/**
 * Lets a log of root fill the file system that holds /var, before the step begins. What is left is a share of the room
 * that the step needs at most, or, where `at` is a time or a stage, what it takes until then. A file of root, because
 * ext4 keeps a part of the disk that only root can fill. Source: mke2fs(8), -m.
 */
export function fillDisk(story: Story, at: Instant, step: Act, place: FullPlace = 'var'): void {
  const volume = place === 'var' ? volumeAt(story, '/var') : bootVolume(story);
  if (volume === undefined) {
    if (place === 'boot') story.say(noBootPartition);
    return;
  }
  const account = story.limitSpace(volume, fullDiskBytes);
  const usedBytes = fullDiskBytes - account.free.freeBytes;
  const room = roomUntil(at, rehearse(story, step, place === 'boot'), volume, usedBytes);
  const sizeBytes = Math.floor((fullDiskBytes - usedBytes - room) / blockBytes) * blockBytes;
  const os = story.processOf('root');
  const path = place === 'var' ? fillingLog : fillingImage;
  story.machine.perform(os, fill(os, story, path, sizeBytes));
  const left = (room / 1_000_000).toFixed(1);
  story.say(
    place === 'var'
      ? `A log, ${path}, has filled the disk: ${left} MB are left on the file system with /var.`
      : `Somebody has put an image of a rescue system, ${path}, beside the kernels: ${left} MB are left on /boot.`,
  );
}

const noBootPartition =
  'Kernel and initramfs lie on the file system with the rest of the system here: there is no partition beside it that an update could find full.';

function volumeAt({ machine }: Story, path: string): VolumeId | undefined {
  return machine.tree.walk(path)?.volume;
}

/** The partition that the loader reads the running kernel from, if it is another one than that of the system. */
function bootVolume(story: Story): VolumeId | undefined {
  const { backend, brief, machine } = story;
  const [entry] = backend.bootMenu(brief, machine.disk).entries;
  const boot = volumeAt(story, '/boot');
  return entry?.kernel.volume === boot && boot !== volumeAt(story, '/usr') ? boot : undefined;
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

function* fill(os: SimulatedProcess, { brief }: Story, path: string, sizeBytes: number): Procedure {
  const blob = brief.blobs.intern('the same line, written again and again', sizeBytes);
  if (path === fillingLog && !(yield* os.readdir('/var')).includes('log')) {
    yield* os.mkdir('/var/log');
  }
  yield* os.writeFile(path, wholeBlob(blob, sizeBytes));
  yield* os.fsyncPath(path);
}
