/** Room on a disk: counted by blocks, shared where blocks are shared, and refused where there is none. */
import { describe, expect, test } from 'vitest';
import { Kernel } from '../../../src/kernel/kernel.ts';
import { SystemError, type Procedure } from '../../../src/kernel/process.ts';
import { SpaceAccount } from '../../../src/kernel/space-account.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { allocatedBytes, usedBytes } from '../../../src/model/space.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';

function machine(profile: string, capacityBytes = Infinity) {
  const blobs = new BlobTable();
  const volume = new Volume({ id: 'root', profile, label: 'root' }, new ImageBuilder().state());
  const kernel = new Kernel({ volumes: [volume], blobs });
  const os = kernel.process({ user: 0, group: 0 });
  const run = (procedure: Procedure<unknown>): void => {
    kernel.start(os, procedure);
    kernel.run();
  };
  run(os.mount({ mountPoint: '/', source: { kind: 'volume', volume: 'root' }, readOnly: false }));
  kernel.limitSpace('root', new SpaceAccount(kernel.tree('root'), capacityBytes));
  const sized = (sizeBytes: number) =>
    wholeBlob(blobs.intern(`${String(sizeBytes)} bytes`, sizeBytes), sizeBytes);
  const used = (): number => usedBytes(volume.live, profile);
  return { kernel, os, run, sized, used, empty: used() };
}

test.each([
  [0, 0],
  [1, 4096],
  [4096, 4096],
  [4097, 8192],
])('%i bytes take %i on the disk', (sizeBytes, onDisk) => {
  expect(allocatedBytes(sizeBytes)).toBe(onDisk);
});

describe('the account agrees with a count of everything', () => {
  test.each(['ext4', 'xfs', 'btrfs'])('on %s', (profile) => {
    const capacity = 1_000_000_000;
    const { kernel, os, run, sized, used } = machine(profile, capacity);
    const agree = (): void => {
      expect(capacity - (kernel.spaceOf('root')?.free.freeBytes ?? 0)).toBe(used());
    };
    run(os.mkdir('/d'));
    run(os.writeFile('/d/a', sized(10_000)));
    agree();
    run(os.link('/d/a', '/d/b'));
    agree();
    run(os.unlink('/d/a'));
    agree();
    run(os.writeFile('/d/b', sized(100)));
    agree();
    run(os.writeFile('/d/c', sized(9000)));
    run(os.rename('/d/c', '/d/b'));
    agree();
    run(os.unlink('/d/b'));
    agree();
  });
});

test('two names of one file take its room once', () => {
  const { os, run, sized, used, empty } = machine('ext4');
  run(os.writeFile('/a', sized(10_000)));
  run(os.link('/a', '/b'));
  expect(used() - empty).toBe(12_288);
});

test('a snapshot takes room for what differs from its source', () => {
  const { os, run, sized, used } = machine('btrfs');
  run(os.createSubvolume('/s'));
  run(os.writeFile('/s/same', sized(40_000)));
  run(os.writeFile('/s/changed', sized(20_000)));
  const before = used();
  run(os.snapshot('/s', '/t', false));
  expect(used()).toBe(before);
  run(os.writeFile('/t/changed', sized(8192)));
  expect(used() - before).toBe(8192);
});

test('a write for which there is no room fails with ENOSPC and changes nothing', () => {
  const { os, run, sized, used, empty } = machine('ext4', 20_000);
  const failed: string[] = [];
  run(
    (function* (): Procedure {
      yield* os.writeFile('/a', sized(8000));
      try {
        yield* os.writeFile('/b', sized(12_000));
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        failed.push(error.code);
      }
      yield* os.unlink('/a');
      yield* os.writeFile('/b', sized(12_000));
    })(),
  );
  expect(failed).toEqual(['ENOSPC']);
  expect(used() - empty).toBe(12_288);
});
