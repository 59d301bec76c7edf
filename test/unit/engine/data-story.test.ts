/** Which contents of a datum count as versions of it. */
import { expect, test } from 'vitest';
import { DataStory } from '../../../src/engine/data-story.ts';
import { wholeBlob } from '../../../src/model/content.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import { SmallDisk } from '../boot/small-machine.ts';

const path = '/etc/app.conf';

function holding(disk: SmallDisk, text: string): RootTree {
  disk.put(path, wholeBlob(disk.blobs.intern(text), text.length));
  return new RootTree(disk.view, disk.entry().root);
}

test('what a rollback brings back is no new version, what a start has migrated is one', () => {
  const disk = new SmallDisk();
  const story = new DataStory(disk.blobs);
  story.note('config', path, holding(disk, 'one'), 1);
  story.note('config', path, holding(disk, 'one and two'), 2);
  story.meet('config', path, holding(disk, 'one'), 3);
  expect(story.of('config').map(({ atMicroseconds }) => atMicroseconds)).toEqual([1, 2]);
  story.meet('config', path, holding(disk, 'format 2'), 4);
  expect(story.of('config').map(({ atMicroseconds }) => atMicroseconds)).toEqual([1, 2, 4]);
});

test('who writes an older content again on purpose has made a new version', () => {
  const disk = new SmallDisk();
  const story = new DataStory(disk.blobs);
  for (const [index, text] of ['one', 'two', 'one'].entries()) {
    story.note('config', path, holding(disk, text), index);
  }
  expect(story.of('config')).toHaveLength(3);
});
