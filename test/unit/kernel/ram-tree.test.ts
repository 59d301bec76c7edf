/** What a mounted tree shows through memfs' own calls: by path from its root, or by inode. */
import { expect, test } from 'vitest';
import { Kernel } from '../../../src/kernel/kernel.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import { handleOf, type RamTree } from '../../../src/kernel/ram-tree.ts';
import { attributes } from '../../../src/model/attributes.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';

interface Machine {
  readonly tree: RamTree;
  /** Runs a program of root. */
  readonly run: (program: (os: Process) => Procedure) => void;
}

function machine(): Machine {
  const blobs = new BlobTable();
  const builder = new ImageBuilder();
  const text = wholeBlob(blobs.intern('kept'), 4);
  builder.file(builder.root, 'etc/secret', text, attributes('file', 0o000));
  builder.file(builder.root, 'usr/libbig', wholeBlob(blobs.intern('libbig 2.36', 90_000), 90_000));
  builder.symlink(builder.root, 'lib', 'usr');
  const volume = new Volume({ id: 'root', profile: 'ext4', label: 'root' }, builder.state());
  const kernel = new Kernel({ volumes: [volume], blobs });
  const run = (program: (os: Process) => Procedure): void => {
    const os = kernel.process({ user: 0, group: 0 });
    kernel.start(os, program(os));
    kernel.run();
  };
  run((os) =>
    os.mount({ mountPoint: '/', source: { kind: 'volume', volume: 'root' }, readOnly: false }),
  );
  return { tree: kernel.tree('root'), run };
}

test('memfs walks into what nobody has fetched from the disk yet, symbolic links included', () => {
  const { files } = machine().tree;
  expect(files.readdirSync('/')).toEqual(['etc', 'lib', 'usr']);
  expect(files.readdirSync('/lib')).toEqual(['libbig']);
  expect(files.existsSync('/usr/missing')).toBe(false);
});

test('memfs forbids root nothing, whatever the mode says', () => {
  expect(machine().tree.files.readFileSync('/etc/secret', 'utf8')).toBe('kept');
});

test('a package file has its size without having its bytes, and reads as its name', () => {
  const { files } = machine().tree;
  expect(files.statSync('/usr/libbig').size).toBe(90_000);
  expect(files.readFileSync('/usr/libbig', 'utf8')).toBe('libbig 2.36');
});

test('what a process writes, links and renames is there for memfs at once, under the new paths', () => {
  const { tree, run } = machine();
  run(function* (os) {
    yield* os.mkdir('/home');
    yield* os.writeFile('/home/a', 'thesis');
    yield* os.link('/home/a', '/home/b');
    yield* os.rename('/home', '/people');
  });
  expect(tree.files.readFileSync('/people/b', 'utf8')).toBe('thesis');
  expect(tree.files.statSync('/people/a').nlink).toBe(2);
  expect(tree.files.existsSync('/home')).toBe(false);
});

test('an open file without a name is still found by its inode', () => {
  const { tree, run } = machine();
  run(function* (os) {
    yield* os.open('/etc/secret', { access: 'read' });
  });
  const inode = Number(tree.files.statSync('/etc/secret').ino);
  run((os) => os.unlink('/etc/secret'));
  expect(tree.files.readFileSync(handleOf(inode), 'utf8')).toBe('kept');
});

test('an inode that a mount shows as its root is listed by its number', () => {
  const { files } = machine().tree;
  const usr = Number(files.statSync('/usr').ino);
  expect(files.readdirSync(handleOf(usr))).toEqual(['libbig']);
});
