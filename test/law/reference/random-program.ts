import fc from 'fast-check';
import type { LitmusLine, LitmusProgram } from './program.ts';
import { RandomTree } from './random-tree.ts';

/** What a random program may use besides files, directories, renames and barriers. */
export type Feature = 'links' | 'symlinks' | 'exchange' | 'attributes' | 'modes' | 'subvolumes';

/** How large and how varied the programs are. */
export type RandomProgramOptions = {
  readonly features: readonly Feature[];
  readonly maximumSetup?: number;
  readonly maximumOperations?: number;
};

const everywhere: readonly Feature[] = ['links', 'symlinks', 'exchange', 'attributes', 'modes'];

/** What the file system of a profile can do. */
export function featuresOf(profileName: string): readonly Feature[] {
  if (profileName.startsWith('vfat')) return ['exchange'];
  return profileName.startsWith('btrfs') ? [...everywhere, 'subvolumes'] : everywhere;
}

/** Numbers that decide about one line: which operation, on what, and with which sizes. */
type Dice = readonly [kind: number, first: number, second: number, offset: number, size: number];

const dice: fc.Arbitrary<Dice> = fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat());

/**
 * Random litmus programs of which Linux would carry out every line: 1 to 6 operations on up to four
 * files in the root and two directories, most sizes off the boundaries of blocks. Each write has a
 * letter of its own.
 */
export function randomProgram(options: RandomProgramOptions): fc.Arbitrary<LitmusProgram> {
  const { maximumSetup = 6, maximumOperations = 6 } = options;
  return fc
    .record({
      setup: fc.array(dice, { maxLength: maximumSetup }),
      ops: fc.array(dice, { minLength: 1, maxLength: maximumOperations }),
    })
    .map(({ setup, ops }) => buildProgram(setup, ops, options.features));
}

function buildProgram(
  setup: readonly Dice[],
  ops: readonly Dice[],
  features: readonly Feature[],
): LitmusProgram {
  const writer = new ProgramWriter(features);
  const setupLines = setup.map((numbers) => writer.line(numbers));
  const lines = ops.map((numbers) => writer.line(numbers));
  return { setup: setupLines, ops: lines, observe: writer.observed() };
}

type Writer = (numbers: Dice) => LitmusLine | undefined;

const offsets = [0, 0, 100, 512, 4000, 4096, 5000];
const sizes = [10, 100, 512, 1000, 4096, 5000, 8192, 10_000];
const truncatedSizes = [0, 100, 512, 4096, 5000, 9000];
const modes = [0o600, 0o640, 0o660];

function chosen<Value>(from: readonly Value[], number: number): Value | undefined {
  return from[number % Math.max(1, from.length)];
}

class ProgramWriter {
  readonly #tree = new RandomTree();
  readonly #questions = new Set<string>();
  readonly #features: readonly Feature[];
  readonly #writers: readonly Writer[];
  #letters = 0;
  #mounted: string | undefined;

  constructor(features: readonly Feature[]) {
    this.#features = features;
    this.#writers = this.#everyWriter();
  }

  /** The operation that the numbers choose; the next one that is possible where it is not. */
  line(numbers: Dice): LitmusLine {
    for (let turn = 0; turn < this.#writers.length; turn += 1) {
      const line = chosen(this.#writers, numbers[0] + turn)?.(numbers);
      if (line !== undefined) return line;
    }
    return ['syncfs', '/'];
  }

  observed(): string[] {
    const paths = [...this.#tree.seen, ...this.#questions].sort();
    return paths.length === 0 ? ['f'] : paths;
  }

  /** Every way to write a line; what is to come more often is there more than once. */
  #everyWriter(): Writer[] {
    const has = (feature: Feature) => this.#features.includes(feature);
    return [
      (numbers) => this.#write('write', this.#writable(), numbers),
      (numbers) => this.#write('owrite', this.#tree.paths('file'), numbers),
      (numbers) => this.#write('writesync', this.#writable(), numbers),
      (numbers) => this.#append('append', numbers),
      (numbers) => this.#append('writetrunc', numbers),
      (numbers) => this.#truncate(numbers),
      (numbers) => this.#create(numbers),
      (numbers) => this.#makeDirectory('mkdir', ['d', 'e'], numbers),
      (numbers) => this.#rename(numbers),
      (numbers) => this.#rename(numbers),
      (numbers) => this.#renameDirectory(numbers),
      (numbers) => this.#unlink(numbers),
      (numbers) => this.#removeDirectory(numbers),
      (numbers) => this.#barrier('fsync', ['/', ...this.#tree.paths('directory')], numbers),
      (numbers) => this.#barrier('fsync', this.#tree.paths('file'), numbers),
      (numbers) => this.#barrier('fdatasync', this.#tree.paths('file'), numbers),
      (numbers) => chosen<LitmusLine>([['syncfs', '/'], ['sync'], ['commit']], numbers[1]),
      ...(has('links') ? [(numbers: Dice) => this.#link(numbers)] : []),
      ...(has('symlinks') ? [(numbers: Dice) => this.#symlink(numbers)] : []),
      ...(has('exchange') ? [(numbers: Dice) => this.#exchange(numbers)] : []),
      ...(has('modes') ? [(numbers: Dice) => this.#mode(numbers)] : []),
      ...(has('attributes') ? [(numbers: Dice) => this.#attribute(numbers)] : []),
      ...(has('subvolumes') ? this.#subvolumeWriters() : []),
    ];
  }

  #subvolumeWriters(): Writer[] {
    return [
      (numbers) => this.#makeDirectory('subvol', ['s', 't'], numbers),
      (numbers) => this.#snapshot(numbers),
      (numbers) => this.#setDefault(numbers),
      (numbers) => this.#deleteSubvolume(numbers),
    ];
  }

  #letter(): string {
    this.#letters += 1;
    return String.fromCharCode(64 + (((this.#letters - 1) % 26) + 1));
  }

  #write(name: string, paths: readonly string[], numbers: Dice): LitmusLine | undefined {
    const path = chosen(paths, numbers[1]);
    const offset = chosen(offsets, numbers[3]);
    const size = chosen(sizes, numbers[4]);
    if (path === undefined || offset === undefined || size === undefined) return undefined;
    this.#tree.resize(path, Math.max(this.#tree.size(path), offset + size));
    return [name, path, offset, size, this.#letter()];
  }

  #append(name: string, numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#writable(), numbers[1]);
    const size = chosen(sizes, numbers[4]);
    if (path === undefined || size === undefined) return undefined;
    this.#tree.resize(path, name === 'append' ? this.#tree.size(path) + size : size);
    return [name, path, size, this.#letter()];
  }

  #truncate(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#tree.paths('file'), numbers[1]);
    const size = chosen(truncatedSizes, numbers[4]);
    if (path === undefined || size === undefined || size === this.#tree.size(path)) {
      return undefined;
    }
    this.#tree.resize(path, size);
    return ['truncate', path, size];
  }

  /** Files and places for new ones, but no symbolic link that an exchange put there: it may lead nowhere. */
  #writable(): string[] {
    return this.#tree.filePaths().filter((path) => this.#tree.node(path)?.kind !== 'symlink');
  }

  #free(paths: readonly string[]): string[] {
    return paths.filter((path) => this.#tree.node(path) === undefined);
  }

  #create(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#free(this.#tree.filePaths()), numbers[1]);
    if (path === undefined) return undefined;
    this.#tree.resize(path, 0);
    return ['creat', path];
  }

  #makeDirectory(name: string, paths: readonly string[], numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#free(paths), numbers[1]);
    if (path === undefined) return undefined;
    this.#tree.set(path, { kind: 'directory', isSubvolume: name === 'subvol' });
    return [name, path];
  }

  #rename(numbers: Dice): LitmusLine | undefined {
    const from = chosen(this.#tree.paths('file'), numbers[1]);
    if (from === undefined) return undefined;
    const targets = this.#tree.filePaths().filter((path) => {
      return path !== from && this.#tree.domain(path) === this.#tree.domain(from);
    });
    const to = chosen(targets, numbers[2]);
    if (to === undefined) return undefined;
    this.#tree.move(from, to);
    return ['rename', from, to];
  }

  #renameDirectory(numbers: Dice): LitmusLine | undefined {
    const from = chosen(
      [...this.#tree.paths('directory'), ...this.#tree.paths('symlink')],
      numbers[1],
    );
    const to = chosen(this.#free(['d', 'e', 'h']), numbers[2]);
    if (from === undefined || to === undefined) return undefined;
    this.#tree.move(from, to);
    return ['rename', from, to];
  }

  #unlink(numbers: Dice): LitmusLine | undefined {
    const path = chosen([...this.#tree.paths('file'), ...this.#tree.paths('symlink')], numbers[1]);
    if (path === undefined) return undefined;
    this.#tree.delete(path);
    return ['unlink', path];
  }

  #removeDirectory(numbers: Dice): LitmusLine | undefined {
    const empty = this.#tree.paths('directory').filter((path) => {
      return this.#tree.isEmpty(path) && !this.#tree.isSubvolume(path);
    });
    const path = chosen(empty, numbers[1]);
    if (path === undefined) return undefined;
    this.#tree.delete(path);
    return ['rmdir', path];
  }

  #barrier(name: string, paths: readonly string[], numbers: Dice): LitmusLine | undefined {
    const path = chosen(paths, numbers[1]);
    return path === undefined ? undefined : [name, path];
  }

  #link(numbers: Dice): LitmusLine | undefined {
    const from = chosen(this.#tree.paths('file'), numbers[1]);
    const node = from === undefined ? undefined : this.#tree.node(from);
    if (from === undefined || node === undefined) return undefined;
    const targets = this.#free(this.#tree.filePaths()).filter((path) => {
      return this.#tree.domain(path) === this.#tree.domain(from);
    });
    const to = chosen(targets, numbers[2]);
    if (to === undefined) return undefined;
    this.#tree.set(to, node);
    return ['link', from, to];
  }

  #symlink(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#free(['l', 'm']), numbers[1]);
    if (path === undefined) return undefined;
    this.#tree.set(path, { kind: 'symlink' });
    return ['symlink', chosen(['d', 'e', 'f'], numbers[2]) ?? 'd', path];
  }

  #exchange(numbers: Dice): LitmusLine | undefined {
    const one = chosen(this.#tree.paths(), numbers[1]);
    if (one === undefined) return undefined;
    const isDirectory = this.#tree.node(one)?.kind === 'directory';
    // A directory never moves into a directory, so that all paths stay short.
    const others = this.#tree.paths().filter((path) => {
      const isLike = (this.#tree.node(path)?.kind === 'directory') === isDirectory;
      const isOther = this.#tree.node(path) !== this.#tree.node(one);
      return isLike && isOther && this.#tree.domain(path) === this.#tree.domain(one);
    });
    const other = chosen(others, numbers[2]);
    if (other === undefined) return undefined;
    this.#tree.exchange(one, other);
    return ['exchange', one, other];
  }

  #mode(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#tree.paths('file'), numbers[1]);
    const mode = chosen(modes, numbers[4]);
    if (path === undefined || mode === undefined) return undefined;
    this.#questions.add(`${path}#mode`);
    return ['chmod', path, mode];
  }

  #attribute(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#tree.paths('file'), numbers[1]);
    if (path === undefined) return undefined;
    this.#questions.add(`${path}#x:user.a`);
    return ['setxattr', path, 'user.a', chosen(['v1', 'v2'], numbers[4]) ?? 'v1'];
  }

  #subvolumes(): string[] {
    return this.#tree.paths('directory').filter((path) => this.#tree.isSubvolume(path));
  }

  #snapshot(numbers: Dice): LitmusLine | undefined {
    const from = chosen(this.#subvolumes(), numbers[1]);
    const to = chosen(this.#free(['s', 't', 'n']), numbers[2]);
    if (from === undefined || to === undefined) return undefined;
    this.#tree.snapshot(from, to);
    return ['snapshot', from, to];
  }

  /** Once in a program: the subvolume that will be mounted can't be deleted any more (EPERM). */
  #setDefault(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#subvolumes(), numbers[1]);
    if (path === undefined || this.#mounted !== undefined) return undefined;
    this.#mounted = path;
    return ['setdefault', path];
  }

  #deleteSubvolume(numbers: Dice): LitmusLine | undefined {
    const path = chosen(this.#subvolumes(), numbers[1]);
    if (path === undefined || this.#mounted !== undefined) return undefined;
    this.#tree.delete(path);
    return ['subdelete', path];
  }
}
