/**
 * Random programs run on the kernel of this machine and on ours: every call gives the same result or the same error,
 * and the trees are equal at the end. FUZZ_RUNS sets the number of programs; 10,000 take about a minute.
 */
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.ts';
import { SystemError, type Procedure } from '../../src/kernel/process.ts';
import type { SimulatedProcess } from '../../src/kernel/simulated-process.ts';
import { BlobTable } from '../../src/model/content.ts';
import { ImageBuilder, Volume } from '../../src/model/volume.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? '400');
let scratch = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'fuzz-'));
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

const name = fc.constantFrom('a', 'b', 'c', 'd');
const path = fc
  .array(name, { minLength: 1, maxLength: 3 })
  .chain((parts) =>
    fc.constantFrom('', '', '', '/').map((slash) => `/r/${parts.join('/')}${slash}`),
  );
const step = fc.oneof(
  fc.record({ call: fc.constant('write' as const), path, text: fc.constantFrom('', 'x', 'long') }),
  fc.record({ call: fc.constant('append' as const), path, text: fc.constantFrom('y', 'zz') }),
  fc.record({ call: fc.constant('truncate' as const), path, size: fc.constantFrom(0, 1, 3, 9) }),
  fc.record({ call: fc.constant('mkdir' as const), path }),
  fc.record({ call: fc.constant('rmdir' as const), path }),
  fc.record({ call: fc.constant('unlink' as const), path }),
  fc.record({ call: fc.constant('readlink' as const), path }),
  fc.record({ call: fc.constant('lstat' as const), path }),
  fc.record({ call: fc.constant('rename' as const), path, to: path }),
  fc.record({ call: fc.constant('link' as const), path, to: path }),
  fc.record({
    call: fc.constant('symlink' as const),
    path,
    target: fc.constantFrom('a', 'b/c', '../b', '.', 'nowhere', '../a/b'),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** What the kernel of this machine says. */
function onReality(root: string, one: Step): string {
  const at = (where: string): string => root + where;
  try {
    switch (one.call) {
      case 'write':
        writeFileSync(at(one.path), one.text);
        break;
      case 'append':
        appendFileSync(at(one.path), one.text);
        break;
      case 'truncate':
        truncateSync(at(one.path), one.size);
        break;
      case 'mkdir':
        mkdirSync(at(one.path));
        break;
      case 'rmdir':
        rmdirSync(at(one.path));
        break;
      case 'unlink':
        unlinkSync(at(one.path));
        break;
      case 'readlink':
        return readlinkSync(at(one.path));
      case 'lstat': {
        const status = lstatSync(at(one.path));
        const links = status.isFile() ? ` ${String(status.nlink)}` : '';
        return status.isDirectory() ? 'directory' : `${String(status.size)}${links}`;
      }
      case 'rename':
        renameSync(at(one.path), at(one.to));
        break;
      case 'link':
        linkSync(at(one.path), at(one.to));
        break;
      case 'symlink':
        symlinkSync(one.target, at(one.path));
    }
    return 'done';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'thrown';
  }
}

function* callsOf(os: SimulatedProcess, one: Step): Procedure<string> {
  switch (one.call) {
    case 'write':
      yield* os.writeFile(one.path, one.text);
      break;
    case 'append':
      yield* os.writeFile(one.path, one.text, { access: 'write', create: true, append: true });
      break;
    case 'truncate': {
      const fd = yield* os.open(one.path, { access: 'read-write' });
      yield* os.ftruncate(fd, one.size);
      yield* os.close(fd);
      break;
    }
    case 'mkdir':
      yield* os.mkdir(one.path);
      break;
    case 'rmdir':
      yield* os.rmdir(one.path);
      break;
    case 'unlink':
      yield* os.unlink(one.path);
      break;
    case 'readlink':
      return yield* os.readlink(one.path);
    case 'lstat': {
      const status = yield* os.lstat(one.path);
      const links = status.kind === 'file' ? ` ${String(status.linkCount)}` : '';
      return status.kind === 'directory' ? 'directory' : `${String(status.sizeBytes)}${links}`;
    }
    case 'rename':
      yield* os.rename(one.path, one.to);
      break;
    case 'link':
      yield* os.link(one.path, one.to);
      break;
    case 'symlink':
      yield* os.symlink(one.target, one.path);
  }
  return 'done';
}

/** Our kernel, with one empty file system. */
class Simulation {
  readonly kernel: Kernel;
  readonly os: SimulatedProcess;

  constructor() {
    const blobs = new BlobTable();
    const state = new ImageBuilder().state();
    const volume = new Volume({ id: 'root', profile: 'ext4', label: 'root' }, state);
    this.kernel = new Kernel({ volumes: [volume], blobs });
    this.os = this.kernel.process({ user: 0, group: 0 });
    const source = { kind: 'volume', volume: 'root' } as const;
    this.run(this.os.mount({ mountPoint: '/', source, readOnly: false }));
    this.run(this.os.mkdir('/r'));
  }

  run(procedure: Procedure<unknown>): unknown {
    let result: unknown;
    function* keep(): Procedure {
      try {
        result = yield* procedure;
      } catch (error) {
        if (!(error instanceof SystemError)) throw error;
        result = error.code;
      }
    }
    this.kernel.start(this.os, keep());
    this.kernel.run();
    return result;
  }

  *tree(where: string): Procedure<string[]> {
    const lines: string[] = [];
    for (const entry of yield* this.os.readdir(where)) {
      const below = where === '/' ? `/${entry}` : `${where}/${entry}`;
      const status = yield* this.os.lstat(below);
      if (status.kind === 'directory') lines.push(`${below}/`, ...(yield* this.tree(below)));
      else if (status.kind === 'symlink') lines.push(`${below} -> ${status.target ?? ''}`);
      else lines.push(`${below}: ${String(status.sizeBytes)} bytes`);
    }
    return lines;
  }
}

function realTree(root: string, where: string): string[] {
  return readdirSync(root + where)
    .sort()
    .flatMap((entry) => {
      const below = where === '/' ? `/${entry}` : `${where}/${entry}`;
      const status = lstatSync(root + below);
      if (status.isDirectory()) return [`${below}/`, ...realTree(root, below)];
      if (status.isSymbolicLink()) return [`${below} -> ${readlinkSync(root + below)}`];
      return [`${below}: ${String(readFileSync(root + below).length)} bytes`];
    });
}

test('our kernel says and does what the kernel of this machine says and does', () => {
  let count = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), (steps) => {
      const root = join(scratch, String(count++));
      // One directory down, so that `..` at the top leads to the same empty place in both.
      mkdirSync(join(root, 'r'), { recursive: true });
      const simulation = new Simulation();
      const real = steps.map((one) => onReality(root, one));
      const ours = steps.map((one) => simulation.run(callsOf(simulation.os, one)));
      const told = steps.map((one, index) => `${JSON.stringify(one)} ${String(real[index])}`);
      expect(steps.map((one, index) => `${JSON.stringify(one)} ${String(ours[index])}`)).toEqual(
        told,
      );
      expect(simulation.run(simulation.tree('/'))).toEqual(realTree(root, '/'));
      rmSync(root, { recursive: true, force: true });
    }),
    { numRuns: runs },
  );
});
