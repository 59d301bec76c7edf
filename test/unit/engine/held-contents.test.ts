/** What a file held while the machine ran, also where it lies in a snapshot that was taken meanwhile. */
import { expect, test } from 'vitest';
import { heldContents } from '../../../src/engine/held-contents.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';

function textsHeld(work: (os: Process) => Procedure, path: string): readonly string[] {
  const blobs = new BlobTable();
  const builder = new ImageBuilder();
  builder.file(builder.root, 'base/database', wholeBlob(blobs.intern('old old'), 7));
  const volume = new Volume({ id: 'root', profile: 'btrfs', label: 'root' }, builder.state());
  const kernel = new Kernel({ volumes: [volume], blobs });
  const os = kernel.process({ user: 0, group: 0 });
  function* body(): Procedure {
    const source = { kind: 'volume', volume: 'root' } as const;
    yield* os.mount({ mountPoint: '/', source, readOnly: false });
    yield* work(os);
  }
  kernel.start(os, body());
  kernel.run();
  const inode = path
    .split('/')
    .reduce((directory, name) => volume.live.lookup(directory, name), volume.live.root);
  return heldContents(volume, path, inode).map(({ segments }) =>
    segments
      .map(({ blob, fromBytes, lengthBytes }) =>
        blobs.get(blob).text.slice(fromBytes, fromBytes + lengthBytes),
      )
      .join(''),
  );
}

function* writeOver(os: Process, path: string, text: string): Procedure {
  const fd = yield* os.open(path, { access: 'write' });
  yield* os.writeText(fd, text);
  yield* os.close(fd);
}

test('every content in turn', () => {
  expect(textsHeld((os) => writeOver(os, '/base/database', 'new'), 'base/database')).toEqual([
    'old old',
    'new old',
  ]);
});

test('in a snapshot, on top of what its source held when it was taken', () => {
  function* work(os: Process): Procedure {
    yield* os.createSubvolume('/one');
    yield* os.writeFile('/one/database', 'one one');
    yield* os.snapshot('/one', '/two', false);
    yield* os.snapshot('/two', '/three', false);
    yield* writeOver(os, '/three/database', 'new');
  }
  const held = textsHeld(work, 'three/database');
  expect(held.at(-1)).toBe('new one');
  expect(held).not.toContain('new');
});
