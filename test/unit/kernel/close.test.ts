/** What closing a file starts, and what it does not. */
import { describe, expect, test } from 'vitest';
import { flushesOnClose } from '../../../src/kernel/close-flush.ts';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';
import { profiles } from '../../../src/persistence/registry.ts';

function operationsOf(profile: string, program: (os: Process) => Procedure): string[] {
  const blobs = new BlobTable();
  const builder = new ImageBuilder();
  builder.file(builder.root, 'there', wholeBlob(blobs.intern('old'), 3));
  const volume = new Volume({ id: 'root', profile, label: 'root' }, builder.state());
  const kernel = new Kernel({ volumes: [volume], blobs });
  const os = kernel.process({ user: 0, group: 0 });
  const source = { kind: 'volume', volume: 'root' } as const;
  function* all(): Procedure {
    yield* os.mount({ mountPoint: '/', source, readOnly: false });
    yield* program(os);
  }
  kernel.start(os, all());
  kernel.run();
  return volume.operations.map(({ effect }) => effect.kind);
}

function* save(os: Process, path: string, how: { truncate: boolean; fsync: boolean }): Procedure {
  const fd = yield* os.open(path, { access: 'write', create: true, truncate: how.truncate });
  yield* os.writeText(fd, 'new');
  if (how.fsync) yield* os.fsync(fd);
  yield* os.close(fd);
}

describe('closing a file', () => {
  test('that was truncated and written starts its write-back', () => {
    const done = operationsOf('ext4', (os) => save(os, '/there', { truncate: true, fsync: false }));
    expect(done).toEqual(['truncate', 'write', 'start-writeback']);
  });

  test.each([
    ['that was synced', 'ext4', '/there', { truncate: true, fsync: true }, 'barrier'],
    ['that was overwritten in place', 'ext4', '/there', { truncate: false, fsync: false }, 'write'],
    ['that is new', 'ext4', '/new', { truncate: true, fsync: false }, 'write'],
    ['on vfat', 'vfat', '/there', { truncate: true, fsync: false }, 'write'],
  ] as const)('%s starts nothing', (_name, profile, path, how, last) => {
    expect(operationsOf(profile, (os) => save(os, path, how)).at(-1)).toBe(last);
  });

  test.each(profiles.map(({ id, startsWriteback }) => [id, startsWriteback.closeAfterTruncate]))(
    'on %s hurries as its profile says: %s',
    (id, hurries) => {
      expect(flushesOnClose(id)).toBe(hurries);
    },
  );
});
