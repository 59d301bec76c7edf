/**
 * What the running machine sees in memfs is what the history says: folding all operations over the disk at power-on
 * gives the very names, attributes, targets and bytes.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.ts';
import { SystemError, type Procedure, type Process } from '../../src/kernel/process.ts';
import type { RamTree } from '../../src/kernel/ram-tree.ts';
import { BlobTable, contentText, wholeBlob } from '../../src/model/content.ts';
import { liveWrites } from '../../src/model/effect-cells.ts';
import { FileSystemState } from '../../src/model/file-system-state.ts';
import { ImageBuilder, Volume } from '../../src/model/volume.ts';

const path = fc
  .array(fc.constantFrom('a', 'b', 'c', 'old'), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join('/')}`);
const step = fc.oneof(
  fc.record({ call: fc.constant('write' as const), path, text: fc.string({ maxLength: 9 }) }),
  fc.record({ call: fc.constant('append' as const), path, text: fc.constantFrom('tail', 'end') }),
  fc.record({ call: fc.constant('package' as const), path }),
  fc.record({ call: fc.constant('resize' as const), path, size: fc.nat(12) }),
  fc.record({ call: fc.constant('poke' as const), path, at: fc.nat(20) }),
  fc.record({ call: fc.constant('mkdir' as const), path }),
  fc.record({ call: fc.constant('rmdir' as const), path }),
  fc.record({ call: fc.constant('unlink' as const), path }),
  fc.record({ call: fc.constant('chmod' as const), path, mode: fc.nat(0o777) }),
  fc.record({ call: fc.constant('link' as const), path, to: path }),
  fc.record({ call: fc.constant('symlink' as const), path, to: path }),
  fc.record({ call: fc.constant('rename' as const), path, to: path }),
  fc.record({ call: fc.constant('exchange' as const), path, to: path }),
  fc.record({ call: fc.constant('subvolume' as const), path }),
  fc.record({ call: fc.constant('snapshot' as const), path, to: path }),
  fc.record({ call: fc.constant('readdir' as const), path }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

function* perform(
  os: Process & { seek(fd: number, at: number): Procedure },
  one: Step,
  blobs: BlobTable,
): Procedure {
  switch (one.call) {
    case 'write':
      return yield* os.writeFile(one.path, one.text);
    case 'append':
      return yield* os.writeFile(one.path, one.text, { access: 'write', append: true });
    case 'package':
      return yield* os.writeFile(one.path, wholeBlob(blobs.intern('libc6 2.36', 90_000), 90_000));
    case 'resize': {
      const fd = yield* os.open(one.path, { access: 'write' });
      yield* os.ftruncate(fd, one.size);
      return yield* os.close(fd);
    }
    case 'poke': {
      const fd = yield* os.open(one.path, { access: 'write', create: true });
      yield* os.seek(fd, one.at);
      yield* os.writeText(fd, 'xyz');
      return yield* os.close(fd);
    }
    case 'mkdir':
      return yield* os.mkdir(one.path);
    case 'rmdir':
      return yield* os.rmdir(one.path);
    case 'unlink':
      return yield* os.unlink(one.path);
    case 'chmod':
      return yield* os.chmod(one.path, one.mode);
    case 'link':
      return yield* os.link(one.path, one.to);
    case 'symlink':
      return yield* os.symlink(one.to, one.path);
    case 'rename':
      return yield* os.rename(one.path, one.to);
    case 'exchange':
      return yield* os.exchange(one.path, one.to);
    case 'subvolume':
      return yield* os.createSubvolume(one.path);
    case 'snapshot':
      return yield* os.snapshot(one.path, one.to, one.to.length % 2 === 0);
    case 'readdir':
      yield* os.readdir(one.path);
  }
}

function image(blobs: BlobTable): Volume {
  const builder = new ImageBuilder();
  const content = (text: string) => wholeBlob(blobs.intern(text), text.length);
  builder.file(builder.root, 'old/a', content('from the installer'));
  builder.file(builder.root, 'old/b/c', content('deep'));
  builder.link(
    builder.directory(builder.root, 'a'),
    'old',
    builder.lookup(builder.lookup(builder.root, 'old'), 'a'),
  );
  builder.symlink(builder.root, 'b', 'old');
  return new Volume({ id: 'root', profile: 'btrfs', label: 'root' }, builder.state());
}

/** Runs the steps; calls that the kernel refuses change nothing. */
function run(kernel: Kernel, steps: readonly Step[]): void {
  const os = kernel.process({ user: 0, group: 0 });
  function* program(): Procedure {
    yield* os.mount({
      mountPoint: '/',
      source: { kind: 'volume', volume: 'root' },
      readOnly: false,
    });
    for (const one of steps) {
      try {
        yield* perform(os, one, kernel.blobs);
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
      }
    }
  }
  kernel.start(os, program());
  kernel.run();
}

/** The state that the operations give, folded one by one over the disk at power-on. */
function replayed({ table, base, operations }: Volume): FileSystemState {
  const cells = new Int32Array(table.size);
  cells.set(base.cells.subarray(0, table.size));
  const state = new FileSystemState(table, cells);
  for (const { effect } of operations) {
    for (const { cell, value } of liveWrites(state, effect)) cells[cell] = value;
  }
  return state;
}

function describeState(
  state: FileSystemState,
  inode: number,
  blobs: BlobTable,
  path: string,
): string[] {
  const record = state.attributes(inode);
  if (record?.kind === 'directory') {
    const below = state
      .list(inode)
      .flatMap((entry) => describeState(state, entry.inode, blobs, `${path}/${entry.name}`));
    return [`${path} ${String(inode)} ${JSON.stringify(record)}`, ...below];
  }
  const text = contentText(state.content(inode), blobs).replaceAll('\0', '');
  return [`${path} ${String(inode)} ${JSON.stringify(record)} ${text}`];
}

/** The tree as memfs shows it, by path: kind, owner, mode and target from its calls, what memfs lacks from the node. */
function describeTree(tree: RamTree, path: string): string[] {
  const { files } = tree;
  const stats = files.lstatSync(path === '' ? '/' : path);
  const inode = Number(stats.ino);
  const {
    kind: _kind,
    mode: _mode,
    user: _user,
    group: _group,
    ...more
  } = tree.attributesOf(inode);
  const { target: _target, ...lacking } = more;
  const record = {
    kind: stats.isDirectory() ? 'directory' : stats.isSymbolicLink() ? 'symlink' : 'file',
    mode: Number(stats.mode) & 0o7777,
    user: stats.uid,
    group: stats.gid,
    ...(stats.isSymbolicLink() ? { target: files.readlinkSync(path) } : {}),
    ...lacking,
  };
  const head = `${path} ${String(inode)} ${JSON.stringify(record)}`;
  if (stats.isDirectory()) {
    const names = files.readdirSync(path === '' ? '/' : path).map(String);
    return [head, ...names.flatMap((name) => describeTree(tree, `${path}/${name}`))];
  }
  if (stats.isSymbolicLink()) return [`${head} `];
  return [`${head} ${String(files.readFileSync(path, 'utf8')).replaceAll('\0', '')}`];
}

test('replay of the whole history is the live tree of memfs', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const blobs = new BlobTable();
      const volume = image(blobs);
      const kernel = new Kernel({ volumes: [volume], blobs });
      run(kernel, steps);
      const state = replayed(volume);
      const tree = kernel.tree('root');
      expect(describeTree(tree, '')).toEqual(describeState(state, state.root, blobs, ''));
      expect(volume.live.cells.slice(0, state.cells.length)).toEqual(state.cells);
    }),
    { numRuns: 300 },
  );
});
