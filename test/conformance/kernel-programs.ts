/**
 * Random programs of two users and root over several mounts, as lines of text: `sam rename /pub/a /tmp/b`. A recorder
 * runs them on a real kernel and appends what each line gave; the test runs them on ours.
 */
import { Kernel } from '../../src/kernel/kernel.ts';
import { SystemError, type Procedure } from '../../src/kernel/process.ts';
import type { SimulatedProcess } from '../../src/kernel/simulated-process.ts';
import { BlobTable, zeroBlob, type Content } from '../../src/model/content.ts';
import { Seeded } from '../../src/model/seed.ts';
import { ImageBuilder, Volume } from '../../src/model/volume.ts';

/** What every program starts from: homes, shared directories, mounts of four kinds, an immutable directory. */
const prelude = `
root mkdir /home 755
root mkdir /home/sam 755
root chown /home/sam 1000 1000
root mkdir /home/eve 700
root chown /home/eve 1001 1001
root mkdir /tmp 1777
root mkdir /pub 777
root mkdir /team 775
root chown /team 0 1000
root chmod /team 2775
root mkdir /secret 700
root create /secret/a 600 key
root create /home/sam/a 644 thesis
root chown /home/sam/a 1000 1000
root create /home/eve/a 600 diary
root chown /home/eve/a 1001 1001
root symlink ../home/sam/a /pub/c
root mkdir /data 777
root tmpfs /data
root chmod /data 777
root mkdir /ro 755
root tmpfs /ro
root create /ro/a 644 fixed
root mkdir /ro/d 777
root create /ro/d/a 666 fixed
root read-only /ro
root mkdir /bound 755
root bind /pub /bound
root mkdir /view 755
root bind-read-only /pub /view
root mkdir /frozen 755
root create /frozen/a 666 ice
root mkdir /frozen/d 777
root immutable /frozen on`.trim();

const directories = [
  ['', '/pub', '/pub', '/tmp', '/tmp', '/home/sam', '/home/sam', '/home/eve', '/team'],
  ['/secret', '/data', '/data', '/ro', '/ro/d', '/bound', '/view', '/frozen', '/frozen/d'],
].flat();
const names = ['a', 'a', 'b', 'b', 'c', 'd', 'd', 'a/b', 'd/a', 'd/b', 'b/c'];
const endings = ['', '', '', '', '', '', '', '', '/', '/.', '/..', '/../b'];
const modes = ['644', '600', '777', '000', '755', '700', '444', '1777', '2755', '4755', '070', '007'];
const flags = ['r', 'w', 'wc', 'wct', 'wca', 'rwc', 'wcx', 'rw', 'wt', 'rc', 'rt', 'wa'];

/** One random program without its results. */
export function randomProgram(seed: number, length = 40): string[] {
  const random = new Seeded(seed);
  const one = (from: readonly string[]): string => from[random.below(from.length)] ?? '';
  const path = (): string => {
    if (random.below(40) === 0) return one(['/', '/pub', '/data', '/ro', '/view', '/', '/frozen']);
    if (random.below(80) === 0) return `/pub/${'n'.repeat(one(['', 'x']) === '' ? 255 : 256)}`;
    return `${one(directories)}/${one(names)}${one(endings)}`;
  };
  const slot = (): string => String(random.below(3));
  const kinds: readonly (() => string)[] = [
    () => `open ${slot()} ${path()} ${one(flags)} ${one(modes)}`,
    () => `open ${slot()} ${path()} ${one(flags)} ${one(modes)}`,
    () => `write ${slot()} ${one(['x', 'words', 'more-words'])}`,
    () => `write ${slot()} ${one(['y', 'text'])}`,
    () => `seek ${slot()} ${one(['0', '3', '9', '5000'])}`,
    () => `truncate ${slot()} ${one(['0', '1', '4', '7000'])}`,
    () => `read ${slot()}`,
    () => `close ${slot()}`,
    () => `create ${path()} ${one(modes)} ${one(['one', 'two'])}`,
    () => `create ${path()} ${one(modes)} ${one(['one', 'two'])}`,
    () => `mkdir ${path()} ${one(modes)}`,
    () => `mkdir ${path()} ${one(modes)}`,
    () => `rmdir ${path()}`,
    () => `unlink ${path()}`,
    () => `unlink ${path()}`,
    () => `link ${path()} ${path()}`,
    () => `symlink ${one(['a', '../pub/a', '..', '/tmp', 'c', '/home/sam/d/', '/nowhere'])} ${path()}`,
    () => `readlink ${path()}`,
    () => `rename ${path()} ${path()}`,
    () => `rename ${path()} ${path()}`,
    () => `rename ${path()} ${path()}`,
    () => `exchange ${path()} ${path()}`,
    () => `stat ${path()}`,
    () => `lstat ${path()}`,
    () => `cat ${path()}`,
    () => `chmod ${path()} ${one(modes)}`,
    () => `chown ${path()} ${one(['0', '1000', '1001'])} ${one(['0', '1000', '1001'])}`,
    () => `list ${path()}`,
    () => `immutable ${path()} ${one(['on', 'off'])}`,
  ];
  const lines = prelude.split('\n');
  for (let index = 0; index < length; index++) {
    const kind = kinds[random.below(kinds.length)];
    lines.push(`${one(['sam', 'sam', 'sam', 'eve', 'eve', 'root', 'root'])} ${kind?.() ?? ''}`);
  }
  return [...lines, 'root tree'];
}

/** A program on our kernel. */
class Execution {
  readonly #kernel: Kernel;
  readonly #users = new Map<string, SimulatedProcess>();
  readonly #slots = new Map<string, { readonly os: SimulatedProcess; readonly fd: number }>();
  readonly #blobs = new BlobTable();

  constructor() {
    const state = new ImageBuilder().state();
    const volume = new Volume({ id: 'root', profile: 'ext4', label: 'root' }, state);
    // What the recording machine's sysctls said.
    const protects = new Set(['hard links'] as const);
    this.#kernel = new Kernel({ volumes: [volume], blobs: this.#blobs, protects });
    for (const [name, id] of [['root', 0], ['sam', 1000], ['eve', 1001]] as const) {
      this.#users.set(name, this.#kernel.process({ user: id, group: id }));
    }
    const source = { kind: 'volume', volume: 'root' } as const;
    this.#finish(this.#user('root').mount({ mountPoint: '/', source, readOnly: false }));
  }

  #user(name: string): SimulatedProcess {
    const os = this.#users.get(name);
    if (os === undefined) throw new Error(`no user ${name}`);
    return os;
  }

  #finish(procedure: Procedure<unknown>): unknown {
    let result: unknown;
    function* keep(): Procedure {
      result = yield* procedure;
    }
    this.#kernel.start(this.#user('root'), keep());
    this.#kernel.run();
    return result;
  }

  /** What a line gives: `ok`, `ok:` and a value, or the name of an error. */
  result(line: string): string {
    const [user = '', call = '', ...words] = line.split(' ');
    try {
      const value = this.#finish(this.#call(this.#user(user), call, words));
      return typeof value === 'string' ? `ok:${value}` : 'ok';
    } catch (error) {
      if (error instanceof SystemError) return error.code;
      throw error;
    }
  }

  *#call(os: SimulatedProcess, call: string, words: readonly string[]): Procedure<unknown> {
    const [first = '', second = '', third = '', fourth = ''] = words;
    switch (call) {
      case 'open':
      case 'write':
      case 'seek':
      case 'truncate':
      case 'read':
      case 'close':
        return yield* this.#onSlot(os, call, words);
      case 'create': {
        const fd = yield* os.open(first, { access: 'write', create: true, truncate: true }, mode(second));
        yield* os.writeText(fd, third);
        return yield* os.close(fd);
      }
      case 'mkdir':
        return yield* os.mkdir(first, mode(second));
      case 'rmdir':
        return yield* os.rmdir(first);
      case 'unlink':
        return yield* os.unlink(first);
      case 'link':
        return yield* os.link(first, second);
      case 'symlink':
        return yield* os.symlink(first, second);
      case 'readlink':
        return yield* os.readlink(first);
      case 'rename':
        return yield* os.rename(first, second);
      case 'exchange':
        return yield* os.exchange(first, second);
      case 'stat':
        return yield* this.#status(os, first, true);
      case 'lstat':
        return yield* this.#status(os, first, false);
      case 'cat':
        return this.#text(yield* os.read(first));
      case 'chmod':
        return yield* os.chmod(first, mode(second));
      case 'chown':
        return yield* os.chown(first, Number(second), Number(third));
      case 'list':
        return (yield* os.readdir(first)).join(',');
      case 'immutable':
        return yield* os.setImmutable(first, second === 'on');
      case 'tree':
        return (yield* this.#tree(os, '')).join(' ; ');
      default:
        return yield* this.#mount(os, call, first, second + third + fourth);
    }
  }

  *#onSlot(os: SimulatedProcess, call: string, words: readonly string[]): Procedure<unknown> {
    const [slot = '', second = '', third = '', fourth = ''] = words;
    if (call === 'open') {
      const access = third.startsWith('rw') ? 'read-write' : third.startsWith('r') ? 'read' : 'write';
      const has = (letter: string): boolean => third.includes(letter);
      const manner = { create: has('c'), truncate: has('t'), append: has('a'), exclusive: has('x') };
      const fd = yield* os.open(second, { access, ...manner }, mode(fourth));
      this.#slots.set(slot, { os, fd });
      return undefined;
    }
    const open = this.#slots.get(slot);
    if (open === undefined) throw new SystemError('EBADF', call, '');
    switch (call) {
      case 'write':
        return yield* open.os.writeText(open.fd, second);
      case 'seek':
        return yield* open.os.seek(open.fd, Number(second));
      case 'truncate':
        return yield* open.os.ftruncate(open.fd, Number(second));
      case 'read':
        return this.#text(yield* open.os.readAll(open.fd));
      default:
        this.#slots.delete(slot);
        return yield* open.os.close(open.fd);
    }
  }

  *#mount(os: SimulatedProcess, call: string, path: string, to: string): Procedure {
    if (call === 'tmpfs') {
      yield* os.mount({ mountPoint: path, source: { kind: 'tmpfs' }, readOnly: false });
    } else if (call === 'read-only') {
      yield* os.remount(path, true);
    } else {
      const readOnly = call === 'bind-read-only';
      yield* os.mount({ mountPoint: to, source: { kind: 'bind', path }, readOnly });
    }
  }

  *#status(os: SimulatedProcess, path: string, follow: boolean): Procedure<string> {
    const status = yield* follow ? os.stat(path) : os.lstat(path);
    const { kind, user, group, linkCount } = status;
    const size = kind === 'directory' ? '-' : String(status.sizeBytes);
    return [kind, status.mode.toString(8), user, group, size, linkCount].join(',');
  }

  /** A content as text, a run of zeros as its length. */
  #text({ segments }: Content): string {
    return segments
      .map(({ blob, fromBytes, lengthBytes }) =>
        blob === zeroBlob
          ? `{${String(lengthBytes)}}`
          : this.#blobs.get(blob).text.slice(fromBytes, fromBytes + lengthBytes),
      )
      .join('');
  }

  *#tree(os: SimulatedProcess, path: string): Procedure<string[]> {
    const lines: string[] = [];
    for (const name of yield* os.readdir(path === '' ? '/' : path)) {
      const below = `${path}/${name}`;
      const status = yield* this.#status(os, below, false);
      if (status.startsWith('directory')) lines.push(`${below} ${status}`, ...(yield* this.#tree(os, below)));
      else if (status.startsWith('symlink')) lines.push(`${below} ${status} ${yield* os.readlink(below)}`);
      else lines.push(`${below} ${status} ${this.#text(yield* os.read(below))}`);
    }
    return lines;
  }
}

function mode(octal: string): number {
  return parseInt(octal, 8);
}

/** A program with what each line gives on our kernel: `sam unlink /a = ENOENT`. */
export function execute(lines: readonly string[]): string[] {
  const execution = new Execution();
  return lines.map((line) => `${line} = ${execution.result(line)}`);
}
