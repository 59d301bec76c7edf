/** How fast the kernel makes and records calls: what an update consists of, and what a mount costs. */
import { Kernel } from '../../src/kernel/kernel.ts';
import type { Procedure, Process } from '../../src/kernel/process.ts';
import { BlobTable, wholeBlob } from '../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../src/model/volume.ts';
import { medianMilliseconds, type Bench } from './bench.ts';

const fileCount = 8000;

function image(blobs: BlobTable): Volume {
  const builder = new ImageBuilder();
  for (let index = 0; index < fileCount; index++) {
    const content = wholeBlob(blobs.intern(`old ${String(index)}`, 9000), 9000);
    builder.file(builder.root, `usr/${String(index % 80)}/${String(index)}`, content);
  }
  return new Volume({ id: 'root', profile: 'ext4', label: 'root' }, builder.state());
}

/** As dpkg does: a new file beside the old one, two writes, fsync, rename over it. */
function* update(os: Process, blobs: BlobTable): Procedure {
  yield* os.mount({ mountPoint: '/', source: { kind: 'volume', volume: 'root' }, readOnly: false });
  for (let index = 0; index < fileCount; index++) {
    const path = `/usr/${String(index % 80)}/${String(index)}`;
    const part = wholeBlob(blobs.intern(`new ${String(index)}`, 9000), 4500);
    const fd = yield* os.open(`${path}.new`, { access: 'write', create: true, truncate: true });
    yield* os.write(fd, part);
    yield* os.write(fd, part);
    yield* os.fsync(fd);
    yield* os.close(fd);
    yield* os.rename(`${path}.new`, path);
  }
}

function run(volume: Volume, blobs: BlobTable, program: (os: Process) => Procedure): number {
  const kernel = new Kernel({ volumes: [volume], blobs });
  const os = kernel.process({ user: 0, group: 0 });
  kernel.start(os, program(os));
  kernel.run();
  return kernel.operationIndex;
}

function* mountAndLook(os: Process): Procedure {
  yield* os.mount({ mountPoint: '/', source: { kind: 'volume', volume: 'root' }, readOnly: false });
  yield* os.stat('/usr/1/1');
}

const bench: Bench = {
  title: 'Kernel',
  run: () => {
    const blobs = new BlobTable();
    const volumes = Array.from({ length: 4 }, () => image(blobs));
    let operations = 0;
    const milliseconds = medianMilliseconds(3, () => {
      operations = run(volumes.pop() ?? image(blobs), blobs, (os) => update(os, blobs));
    });
    const mounted = image(blobs);
    const note = `${String(fileCount)} files: create, two writes, fsync, rename`;
    return [
      {
        what: 'recorded operations',
        value: (operations / milliseconds) * 1000,
        unit: '/s',
        budget: { atLeast: 50_000 },
        note,
      },
      {
        what: 'power on, mount, stat of one file',
        value: medianMilliseconds(5, () => run(mounted, blobs, mountAndLook)),
        unit: 'ms',
        note: `${String(fileCount)} files on the volume`,
      },
    ];
  },
};

export default bench;
