/** A drive in words: what is typed, what is read, and what a run id keeps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  driveCaches,
  driveSectorSizes,
  losesFlushed,
  recordedDrive,
  timingOf,
} from '../../../src/model/device.ts';
import {
  driveCode,
  driveLesson,
  driveOfCode,
  driveText,
  driveWords,
  readDrive,
} from '../../../src/model/drive-words.ts';

const drives = driveCaches.flatMap((cache) =>
  driveSectorSizes.flatMap((sectorBytes) =>
    [true, false].map((honoursFlush) => ({ cache, sectorBytes, honoursFlush })),
  ),
);

describe('words of a drive', () => {
  test.each([
    ['lies', { ...recordedDrive, honoursFlush: false }],
    ['4096', { ...recordedDrive, sectorBytes: 4096 }],
    [
      'power-loss-protected, 4096',
      { cache: 'power-loss-protected', sectorBytes: 4096, honoursFlush: true },
    ],
    ['512 write-through lies', { cache: 'write-through', sectorBytes: 512, honoursFlush: false }],
  ])('%s', (text, drive) => {
    expect(readDrive(text)).toEqual({ ok: true, drive });
  });

  test.each([
    '',
    ' , ',
    'fast',
    'volatile,write-through',
    '512,4096',
    'lies,honours-flush',
    '1024',
  ])('refuses "%s" with a sentence', (text) => {
    const read = readDrive(text);
    expect(read.ok ? '' : read.text).toMatch(/^a drive is .+/);
  });

  test('a wrong word is answered with all the good ones', () => {
    const read = readDrive('ssd');
    for (const word of driveWords) expect(read.ok ? '' : read.text).toContain(word);
  });

  test('never throw, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readDrive(text)).toHaveProperty('ok');
      }),
    );
  });
});

test.each(drives)(
  '$cache, $sectorBytes, $honoursFlush has a text and a code of its own',
  (drive) => {
    expect(driveOfCode(driveCode(drive))).toEqual(drive);
    expect(drives.filter((other) => driveText(other) === driveText(drive))).toHaveLength(1);
    expect(driveLesson(drive)).toContain('still holds in memory is lost on every drive');
  },
);

test('only a volatile cache loses anything by a lie', () => {
  expect(drives.filter(losesFlushed).map(({ cache }) => cache)).toEqual(['volatile', 'volatile']);
});

test('a flush that has nothing to do costs a write, and without a cache each write waits', () => {
  const { writeMicroseconds, flushMicroseconds } = timingOf(recordedDrive);
  expect(timingOf({ ...recordedDrive, cache: 'power-loss-protected' })).toMatchObject({
    writeMicroseconds,
    flushMicroseconds: writeMicroseconds,
  });
  expect(timingOf({ ...recordedDrive, cache: 'write-through' })).toMatchObject({
    writeMicroseconds: writeMicroseconds + flushMicroseconds,
    flushMicroseconds: writeMicroseconds,
  });
});
