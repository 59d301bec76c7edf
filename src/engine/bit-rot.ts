/** A bit that changes on the disk, and who notices. Source of the words: conformance/survive, one flipped byte. */
import { overwrite, wholeBlob, type Content } from '../model/content.ts';
import type { Reason } from '../model/verdict.ts';
import { namedFile } from './named-file.ts';
import type { Story } from './story.ts';

const recorded = 'conformance/survive, one byte flipped on the raw device';

/** An image whose blocks have hashes. */
const underVerity = 'raw-slot-verity';

/** Flips one bit in the middle of a file that nobody is writing. */
export function flipBit(story: Story, name: string): void {
  const { backend, brief, running, machine } = story;
  const { path, datum } = namedFile(backend, brief, running, name);
  const { tree } = machine;
  const place = tree.walk(path);
  const content = place === undefined ? undefined : tree.content(place);
  const volume = story.volumes.find(({ description }) => description.id === place?.volume);
  if (place === undefined || content === undefined || volume === undefined) {
    story.say(`No bit can change in ${path}: it is not on a disk of this machine.`, 'error');
    return;
  }
  if (content.sizeBytes === 0) {
    story.say(`No bit can change in ${path}: it holds none.`, 'error');
    return;
  }
  const { profile } = volume.description;
  const without = brief.system.withoutChecksums?.paths ?? [];
  const isChecked =
    profile === underVerity ||
    (profile.startsWith('btrfs') && !without.some((one) => path.startsWith(`${one}/`)));
  volume.decay(place.inode, flipped(story, path, content, isChecked));
  story.say(`One bit of ${path} changes on the disk.`);
  if (datum === undefined) return;
  const because = whoNotices(path, profile, isChecked, brief.system.withoutChecksums?.source);
  story.marks.push({ kind: 'decayed', datum, because });
}

function flipped({ brief }: Story, path: string, content: Content, isChecked: boolean): Content {
  const { blobs } = brief;
  const words = `a byte of ${path} with one bit changed`;
  const blob = isChecked ? blobs.internUnreadable(words, 1) : blobs.intern(words, 1);
  return overwrite(content, Math.floor(content.sizeBytes / 2), wholeBlob(blob, 1));
}

function whoNotices(path: string, profile: string, isChecked: boolean, source?: string): Reason {
  if (profile === underVerity) {
    const text = `One bit of ${path} changed on the disk. dm-verity holds every block that is read against its hash, so reading it fails with EIO instead of giving wrong bytes; nobody reads the blocks that nobody asks for.`;
    return { text, source: 'https://docs.kernel.org/admin-guide/device-mapper/verity.html' };
  }
  if (isChecked) {
    const text = `One bit of ${path} changed on the disk. btrfs keeps a checksum of every block, so reading it fails with EIO instead of giving wrong bytes, and \`btrfs scrub\` counts it; with one copy of the data there is nothing to mend it from but a backup.`;
    return { text, source: recorded };
  }
  if (profile.startsWith('btrfs')) {
    const text = `One bit of ${path} changed on the disk. Its directory has \`chattr +C\`, and then btrfs keeps no checksum: reading gives the wrong bytes without an error, and \`btrfs scrub\` finds nothing.`;
    return { text, source: source ?? recorded };
  }
  const text = `One bit of ${path} changed on the disk. ${profile} keeps no checksum of data: reading gives the wrong bytes without an error, and the check of the file system finds nothing.`;
  return { text, source: recorded };
}
