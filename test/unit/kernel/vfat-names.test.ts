import { expect, test } from 'vitest';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure } from '../../../src/kernel/process.ts';
import { BlobTable } from '../../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';

function found(profile: string): boolean {
  const builder = new ImageBuilder();
  builder.directory(builder.root, 'EFI/BOOT');
  const volume = new Volume({ id: 'esp', profile, label: 'esp' }, builder.state());
  const kernel = new Kernel({ volumes: [volume], blobs: new BlobTable() });
  const os = kernel.process({ user: 0, group: 0 });
  let there = false;
  function* looking(): Procedure {
    const source = { kind: 'volume', volume: 'esp' } as const;
    yield* os.mount({ mountPoint: '/', source, readOnly: false });
    yield* os.stat('/efi/boot');
    there = true;
  }
  kernel.start(os, looking());
  try {
    kernel.run();
  } catch {
    return false;
  }
  return there;
}

test.each([
  ['vfat', true],
  ['ext4', false],
])('on %s a name is found in any case: %s', (profile, there) => {
  expect(found(profile)).toBe(there);
});
