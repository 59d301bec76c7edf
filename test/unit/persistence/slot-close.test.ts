/** How a slot is written decides when its blocks are on the disk: recorded run ab-flag-first, and its opposite. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure } from '../../../src/kernel/process.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { recordedDrive, type Drive } from '../../../src/model/device.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { historyOfIncluded } from '../../../src/persistence/disk-history.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { durabilityClock } from '../../../src/persistence/durability.ts';
import { obligations } from '../../../src/persistence/legality.ts';
import { reasonsFor } from '../../../src/persistence/reasons.ts';
import { profileNamed } from '../../../src/persistence/registry.ts';

type End = 'fsync' | 'close' | 'held open';

function written(end: End, drive: Drive = recordedDrive) {
  const blobs = new BlobTable();
  const volume = new Volume(
    { id: 'slot', profile: 'raw-slot', label: 'slot' },
    new ImageBuilder().state(),
  );
  const kernel = new Kernel({ volumes: [volume], blobs });
  const os = kernel.process({ user: 0, group: 0 });
  function* write(): Procedure {
    yield* os.writeBlocks('slot', 0, wholeBlob(blobs.intern('image', 1_048_576), 1_048_576));
    if (end === 'fsync') yield* os.flushBlocks('slot');
    if (end === 'close') yield* os.closeBlocks('slot');
  }
  kernel.start(os, write());
  kernel.run();
  const compiled = compile(volume, profileNamed('raw-slot'), drive);
  const window = durabilityClock(compiled, 130_000_000).ofOperation(0);
  if (window === undefined) throw new Error('the write changes nothing');
  const count = compiled.operations.length;
  const duties = obligations(compiled, { completed: count, issued: count });
  const isForced = duties.isDataForced(volume.base.root, 0, 0);
  return { window, compiled, isForced, microseconds: kernel.nowMicroseconds };
}

const soon = 1_000_000;
const timer = 30_000_000;

describe('a slot that was written', () => {
  test('and synced is on the disk for certain', () => {
    const { window, isForced } = written('fsync');
    expect(isForced).toBe(true);
    expect(window.certainMicroseconds).toBeLessThan(soon);
  });

  test('and closed has been sent, and a volatile cache may still lose it', () => {
    const { window, isForced } = written('close');
    expect(isForced).toBe(false);
    expect(window.likelyMicroseconds).toBeLessThan(soon);
    expect(window.certainMicroseconds).toBeGreaterThanOrEqual(timer);
  });

  test.each(['power-loss-protected', 'write-through'] as const)(
    'and closed is there for certain on a drive that loses nothing: %s',
    (cache) => {
      const { window, isForced } = written('close', { ...recordedDrive, cache });
      expect(isForced).toBe(true);
      expect(window.certainMicroseconds).toBeLessThan(soon);
    },
  );

  test('while something else holds it open waits for the timer, on any drive', () => {
    for (const cache of ['volatile', 'power-loss-protected'] as const) {
      const { window, isForced } = written('held open', { ...recordedDrive, cache });
      expect(isForced).toBe(false);
      expect(window.likelyMicroseconds).toBeGreaterThanOrEqual(timer);
    }
  });

  test('takes a flush longer when it is synced', () => {
    const gap = written('fsync').microseconds - written('close').microseconds;
    expect(gap).toBeGreaterThan(2000);
  });

  test('and closed tells why its blocks may be missing', () => {
    const { compiled } = written('close');
    const count = compiled.operations.length;
    const history = historyOfIncluded(new CrashState(compiled), {
      completed: count,
      issued: count,
    });
    const rules = reasonsFor(history, '/').map(({ rule }) => rule);
    expect(rules).toEqual(['slot-blocks', 'close-sends-without-flush']);
  });
});
