/** A drive in words: as people type it, as people read it, and as a run id holds it. */
import { driveCaches, driveSectorSizes, recordedDrive, type Drive } from './device.ts';

/** Words for a drive's flushes. */
const flushWords = ['honours-flush', 'lies'] as const;

/** Every word that may be said of a drive. */
export const driveWords: readonly string[] = [
  ...driveCaches,
  ...driveSectorSizes.map(String),
  ...flushWords,
];

/** A drive, or a sentence on what is wrong with its words. */
export type ReadDrive =
  { readonly ok: true; readonly drive: Drive } | { readonly ok: false; readonly text: string };

/** Reads words such as `power-loss-protected,4096`; what they leave open is as on the drive of the recordings. */
export function readDrive(text: string): ReadDrive {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const unknown = words.find((word) => !driveWords.includes(word));
  if (words.length === 0 || unknown !== undefined) {
    const known = driveWords.join(', ');
    return {
      ok: false,
      text: `a drive is not described by "${unknown ?? ''}"; there are ${known}`,
    };
  }
  const caches = driveCaches.filter((word) => words.includes(word));
  const sizes = driveSectorSizes.filter((size) => words.includes(String(size)));
  const flushes = flushWords.filter((word) => words.includes(word));
  const twice = [caches, sizes, flushes].find((chosen) => chosen.length > 1);
  if (twice !== undefined) {
    return { ok: false, text: `a drive is only one of ${twice.join(', ')}` };
  }
  const [cache = recordedDrive.cache] = caches;
  const [sectorBytes = recordedDrive.sectorBytes] = sizes;
  return { ok: true, drive: { cache, sectorBytes, honoursFlush: flushes[0] !== 'lies' } };
}

const cacheTexts = {
  volatile: 'volatile cache',
  'power-loss-protected': 'power-loss-protected cache',
  'write-through': 'no cache (write-through)',
} as const;

/** A drive in a few words, such as `volatile cache, 512-byte sectors, honours flushes`. */
export function driveText({ cache, sectorBytes, honoursFlush }: Drive): string {
  const flushes = honoursFlush ? 'honours flushes' : 'ignores flushes';
  return `${cacheTexts[cache]}, ${String(sectorBytes)}-byte sectors, ${flushes}`;
}

/** What a drive can and cannot save, in a sentence or two, for whoever is told of it. */
export function driveLesson({ cache, honoursFlush }: Drive): string {
  const page = 'What the system still holds in memory is lost on every drive.';
  if (cache !== 'volatile') {
    const lie = honoursFlush
      ? ''
      : 'That it ignores flushes has no effect: there is nothing for a flush to save. ';
    return `This drive loses nothing that it has accepted, flushed or not. ${lie}${page}`;
  }
  return honoursFlush
    ? `This drive may lose what it has accepted, until it is flushed. ${page}`
    : `This drive may lose what it has accepted, even after a flush. ${page}`;
}

/** A drive in the few letters that a run id has for it. */
export function driveCode({ cache, sectorBytes, honoursFlush }: Drive): string {
  return `${cache.charAt(0)}${String(sectorBytes)}${honoursFlush ? 'h' : 'l'}`;
}

/** The drive of such letters; undefined for any other text. */
export function driveOfCode(code: string): Drive | undefined {
  for (const cache of driveCaches) {
    for (const sectorBytes of driveSectorSizes) {
      for (const honoursFlush of [true, false]) {
        const drive = { cache, sectorBytes, honoursFlush };
        if (driveCode(drive) === code) return drive;
      }
    }
  }
  return undefined;
}
