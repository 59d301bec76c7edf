/** Absolute paths as text; nothing here touches a file system. */

/** Components of a path, without empty ones and `.`. */
export function components(path: string): readonly string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}

/** Joins and removes doubled slashes; `..` is kept, because only a walk can tell where it leads. */
export function join(...parts: readonly string[]): string {
  const joined = parts.join('/').replace(/\/+/g, '/');
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

/** Everything before the last component; `/` for a name in the root. */
export function parentOf(path: string): string {
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

/** The last component. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
