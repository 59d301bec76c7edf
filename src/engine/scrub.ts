/**
 * `btrfs scrub`: reads every block of a file system and compares it with its checksum, used or not, in every snapshot.
 * Source: btrfs-scrub(8); conformance/survive, one byte flipped on the raw device: it counted the two flips in data with
 * checksums, mended none because there is one copy, and passed over the one under `chattr +C`.
 */
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { Procedure } from '../kernel/process.ts';
import { rootOf, type Inode } from '../model/cell-table.ts';
import type { BlobTable } from '../model/content.ts';
import { recordedDrive, timingOf } from '../model/device.ts';
import { usedBytes } from '../model/space.ts';
import type { Volume } from '../model/volume.ts';
import { refuse } from './lifecycle.ts';
import type { Story } from './story.ts';

const recorded =
  'conformance/survive, one byte flipped on the raw device; https://btrfs.readthedocs.io/en/latest/btrfs-scrub.html';

/** Scrubs every file system that can be scrubbed, and notes how many blocks could not be mended. */
export function scrub(story: Story, step: string): void {
  const { machine, brief, volumes } = story;
  const checked = volumes.filter(({ description }) => description.profile.startsWith('btrfs'));
  if (checked.length === 0) {
    const text =
      'No file system of this machine keeps checksums of data, so there is nothing that a scrub could compare; the check of ext4 or vfat reads names and tables, and not what is in files.';
    refuse(story, { text, source: recorded });
    return;
  }
  const found = checked.map((volume) => ({ volume, paths: unreadablePaths(volume, brief.blobs) }));
  const timing = timingOf(brief.settings.drive ?? recordedDrive);
  const os = story.processOf('root');
  machine.perform(os, reading(os, found, timing.bytesPerSecond));
  const value = found.reduce((sum, { paths }) => sum + paths.size, 0);
  const first = [...(found.find(({ paths }) => paths.size > 0)?.paths.values() ?? [])][0];
  const text =
    value === 0
      ? '`btrfs scrub` has read every block and found none whose checksum does not fit. Of blocks that have none, as below a directory with `chattr +C`, it cannot tell.'
      : `\`btrfs scrub\` has read every block and counts ${String(value)} that it cannot mend, because there is one copy; the kernel names ${first ?? ''}.`;
  story.measured.push({ step, what: 'scrub', value, text });
  story.say(text);
  tellDecayed(story);
}

function* reading(
  os: SimulatedProcess,
  found: readonly { readonly volume: Volume; readonly paths: ReadonlyMap<number, string> }[],
  bytesPerSecond: number,
): Procedure {
  for (const { volume, paths } of found) {
    os.print(`# btrfs scrub start -B on ${volume.description.label}`, 'note');
    const bytes = usedBytes(volume.live, volume.description.profile);
    yield* os.compute((bytes * 1_000_000) / bytesPerSecond);
    for (const path of paths.values()) {
      os.print(
        `BTRFS warning (device ${volume.description.id}): checksum error, path: ${path}`,
        'error',
      );
    }
    if (paths.size > 0) {
      os.print(`ERROR: there are ${String(paths.size)} uncorrectable errors`, 'error');
    }
  }
}

/** Damaged blocks, by the stand-in of their bytes, each with the first path that leads to it. */
function unreadablePaths({ live }: Volume, blobs: BlobTable): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  const seen = new Set<Inode>();
  const open: (readonly [inode: Inode, path: string])[] = [[rootOf(0), '']];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [inode, path] = next;
    if (seen.has(inode)) continue;
    seen.add(inode);
    if (live.attributes(inode)?.kind === 'directory') {
      for (const { name, inode: child } of live.list(inode)) open.push([child, `${path}/${name}`]);
      continue;
    }
    for (const segment of live.content(inode).segments) {
      const isBad = blobs.isUnreadable({ sizeBytes: segment.lengthBytes, segments: [segment] });
      // The top level is called @ on openSUSE; everything is mounted below it.
      if (isBad && !found.has(segment.blob)) found.set(segment.blob, path.replace(/^\/@\//, '/'));
    }
  }
  return found;
}

/** What it comes to for each datum in which a bit has changed. */
function tellDecayed(story: Story): void {
  const { brief, machine, marks } = story;
  const decayed = new Set(marks.flatMap((mark) => (mark.kind === 'decayed' ? [mark.datum] : [])));
  for (const { id, path } of brief.data.filter((datum) => decayed.has(datum.id))) {
    const content = machine.tree.file(path);
    const isNamed = content !== undefined && brief.blobs.isUnreadable(content);
    const text = isNamed
      ? `\`btrfs scrub\` names ${path}, and cannot mend it: there is one copy.`
      : `\`btrfs scrub\` does not name ${path}: its blocks have no checksum.`;
    marks.push({ kind: 'decayed', datum: id, because: { text, source: recorded } });
  }
}
