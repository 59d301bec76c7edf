type RandomFile = { readonly kind: 'file'; sizeBytes: number };
type RandomLink = { readonly kind: 'symlink' };
type RandomDirectory = { readonly kind: 'directory'; readonly isSubvolume: boolean };

/** What a path names while a random program is being put together. */
export type RandomNode = RandomFile | RandomLink | RandomDirectory;

/** The directory that a path lies in; the root is the empty path. */
export function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/**
 * The little tree that a random program works on, by its paths. It knows just enough to offer only
 * what Linux would carry out. Directories lie in the root, so no path is longer than two names.
 */
export class RandomTree {
  readonly #nodes = new Map<string, RandomNode>();
  /** Every path that ever named something: the paths to observe. */
  readonly seen = new Set<string>();

  paths(kind?: RandomNode['kind']): string[] {
    const paths = [...this.#nodes].filter(([, node]) => kind === undefined || node.kind === kind);
    return paths.map(([path]) => path);
  }

  node(path: string): RandomNode | undefined {
    return this.#nodes.get(path);
  }

  set(path: string, node: RandomNode): void {
    this.#nodes.set(path, node);
    this.seen.add(path);
  }

  delete(path: string): void {
    for (const other of this.#within(path)) this.#nodes.delete(other);
  }

  isEmpty(directory: string): boolean {
    return this.#within(directory).length === 1;
  }

  isSubvolume(path: string): boolean {
    const node = this.#nodes.get(path);
    return node?.kind === 'directory' && node.isSubvolume;
  }

  /** The subvolume that a path lies in: names don't move from one to another (EXDEV). */
  domain(path: string): string {
    const directory = parentOf(path);
    return this.isSubvolume(directory) ? directory : '';
  }

  /** Paths at which a file may be made or moved to: two names in the root and in each directory. */
  filePaths(): string[] {
    return ['f', 'g', ...this.paths('directory').flatMap((path) => [`${path}/a`, `${path}/b`])];
  }

  size(path: string): number {
    const node = this.#nodes.get(path);
    return node?.kind === 'file' ? node.sizeBytes : 0;
  }

  /** Changes the size of a file through any of its names. */
  resize(path: string, sizeBytes: number): void {
    const node = this.#nodes.get(path);
    if (node?.kind === 'file') node.sizeBytes = sizeBytes;
    else this.set(path, { kind: 'file', sizeBytes });
  }

  move(from: string, to: string): void {
    const [source, target] = [this.#nodes.get(from), this.#nodes.get(to)];
    if (source === target) return;
    const moved = this.#within(from).map((path) => [path, this.#nodes.get(path)] as const);
    this.delete(from);
    this.delete(to);
    for (const [path, node] of moved) {
      if (node !== undefined) this.set(to + path.slice(from.length), node);
    }
  }

  exchange(one: string, other: string): void {
    const first = this.#within(one).map((path) => [path, this.#nodes.get(path)] as const);
    const second = this.#within(other).map((path) => [path, this.#nodes.get(path)] as const);
    this.delete(one);
    this.delete(other);
    for (const [path, node] of first) {
      if (node !== undefined) this.set(other + path.slice(one.length), node);
    }
    for (const [path, node] of second) {
      if (node !== undefined) this.set(one + path.slice(other.length), node);
    }
  }

  snapshot(from: string, to: string): void {
    const copies = new Map<RandomNode, RandomNode>();
    for (const path of this.#within(from)) {
      const node = this.#nodes.get(path);
      if (node === undefined) continue;
      const copy = copies.get(node) ?? { ...node };
      copies.set(node, copy);
      this.set(to + path.slice(from.length), copy);
    }
  }

  #within(path: string): string[] {
    return this.paths().filter((other) => other === path || other.startsWith(`${path}/`));
  }
}
