/**
 * What somebody who looks at some paths sees on a disk, in the words of the recordings: `B4096`, `{AB}4096`, `empty`,
 * `absent`, `dir`, `symlink:target`, `err5`, and behind a path with `#` a mode, an extended attribute or a count.
 */
import type { BlobTable } from '../../model/content.ts';
import { zeroBlob } from '../../model/content.ts';
import type { Inode } from '../../model/cell-table.ts';
import type { Pattern, PatternPiece } from '../../persistence/pattern.ts';
import { patternsOf, type PossibleDisk } from '../../persistence/possible.ts';
import { doubtOf, type Doubt } from '../../persistence/doubt.ts';

/** Path → what is seen there. */
export type Observation = Readonly<Record<string, string>>;

/** What is seen of one inode or one name: one of these, whatever the others show. */
interface Choice {
  readonly key: string;
  readonly ways: readonly (readonly [string, string][])[];
}

/** Everything that can be seen at the paths on this disk. */
export function observations(
  disk: PossibleDisk,
  blobs: BlobTable,
  paths: readonly string[],
): readonly Observation[] {
  const byKey = new Map<string, string[]>();
  for (const path of paths) {
    const key = String(keyOf(disk, path));
    byKey.set(key, [...(byKey.get(key) ?? []), path]);
  }
  const choices = [...byKey].map(([key, seen]) => ({ key, ways: waysOf(disk, blobs, seen) }));
  return product(choices).map((pairs) => Object.fromEntries(pairs));
}

function product(choices: readonly Choice[]): readonly (readonly [string, string][])[] {
  let all: readonly (readonly [string, string][])[] = [[]];
  for (const { ways } of choices) {
    all = all.flatMap((before) => ways.map((way) => [...before, ...way]));
  }
  return all;
}

/** Where a path leads on a disk. */
export interface Found {
  readonly inode: Inode;
  /** The name by which it was reached. */
  readonly directory: Inode;
  readonly name: string;
  /** A directory on the way that may be unreadable. */
  readonly doubt: Doubt | undefined;
}

const pathAlone = (path: string): string => path.split('#', 1)[0] ?? '';

/** Follows a path on a disk; what comes behind `#` is no part of it. */
export function find(disk: PossibleDisk, path: string): Found | undefined {
  const { state } = disk;
  let found: Found = { inode: state.root, directory: 0, name: '', doubt: undefined };
  for (const name of pathAlone(path).split('/')) {
    if (name === '') continue;
    const directory = found.inode;
    const inode = state.lookup(directory, name);
    if (inode === 0 || state.attributes(inode) === undefined) return undefined;
    const doubt = doubtOf({ ...disk, settled: disk.cut.settled }, directory, name, inode);
    found = { inode, directory, name, doubt: found.doubt ?? doubt };
  }
  return found;
}

function keyOf(disk: PossibleDisk, path: string): Inode | string {
  const found = find(disk, path);
  return found === undefined ? 0 : found.inode;
}

/** All paths here lead to one inode, or nowhere. */
function waysOf(
  disk: PossibleDisk,
  blobs: BlobTable,
  paths: readonly string[],
): readonly (readonly [string, string][])[] {
  const first = find(disk, paths[0] ?? '');
  if (first === undefined) return [paths.map((path) => [path, 'absent'])];
  const isFile = disk.state.attributes(first.inode)?.kind === 'file';
  const patterns =
    isFile && paths.some((path) => !path.includes('#'))
      ? patternsOf(disk, first.inode)
      : [undefined];
  const seen = new Map<string, readonly [string, string][]>();
  for (const pattern of patterns) {
    for (const way of product(paths.map((path) => shownAt(disk, blobs, path, pattern)))) {
      seen.set(JSON.stringify(way), way);
    }
  }
  return [...seen.values()];
}

function shownAt(
  disk: PossibleDisk,
  blobs: BlobTable,
  path: string,
  pattern: Pattern | undefined,
): Choice {
  const found = find(disk, path);
  const shown = found === undefined ? 'absent' : shownOf(disk, blobs, path, found.inode, pattern);
  const words = [...new Set([shown, ...(found?.doubt?.words ?? [])])];
  return { key: path, ways: words.map((word): [string, string][] => [[path, word]]) };
}

/** The word for what is at a path: an inode of this state with this content. */
export function shownOf(
  { state }: Pick<PossibleDisk, 'state'>,
  blobs: BlobTable,
  path: string,
  inode: Inode,
  pattern: Pattern | undefined,
): string {
  const record = state.attributes(inode);
  const aspect = path.includes('#') ? path.slice(path.indexOf('#') + 1) : '';
  if (aspect === 'mode') return `0o${(record?.mode ?? 0).toString(8)}`;
  if (aspect === 'n') return `n${String(state.list(inode).length)}`;
  if (aspect.startsWith('x:')) return record?.extended?.[aspect.slice(2)] ?? 'noattr';
  if (record?.kind === 'directory') return 'dir';
  if (record?.kind === 'symlink') return `symlink:${record.target ?? ''}`;
  return pattern === undefined ? 'empty' : patternText(pattern, blobs);
}

/** A pattern in the words of the recordings: letters sorted, equal neighbours merged. */
export function patternText(pattern: Pattern, blobs: BlobTable): string {
  if (pattern.kind === 'unreadable') return `err${String(pattern.errno)}`;
  if (pattern.sizeBytes === 0) return 'empty';
  const runs: { label: string; lengthBytes: number }[] = [];
  for (const piece of pattern.pieces) {
    const label = labelOf(piece, blobs);
    const last = runs.at(-1);
    if (last?.label === label) last.lengthBytes += piece.lengthBytes;
    else runs.push({ label, lengthBytes: piece.lengthBytes });
  }
  return runs.map(({ label, lengthBytes }) => `${label}${String(lengthBytes)}`).join('+');
}

function labelOf({ options }: PatternPiece, blobs: BlobTable): string {
  const letters = options.map(({ blob }) => (blob === zeroBlob ? '0' : blobs.get(blob).text));
  const sorted = [...new Set(letters)].sort();
  return sorted.length === 1 ? (sorted[0] ?? '') : `{${sorted.join('')}}`;
}
