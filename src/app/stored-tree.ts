/** The tree of stored files: only what is unfolded is worked out, so that thousands of files cost nothing. */
import type { StoredListing, StoredVolume } from '../model/stored-listing.ts';
import { stateOf, tallyOf, type StoredTally } from './stored-words.ts';

/** A line of the tree. */
export interface TreeRow {
  /** Volume and path; a folder's ends with a slash. */
  readonly key: string;
  readonly name: string;
  /** From 1. */
  readonly level: number;
  /** Undefined where there is nothing to unfold. */
  readonly isOpen?: boolean;
  readonly volume: number;
  /** Rows of the columns below it: from, and up to but not including. */
  readonly from: number;
  readonly to: number;
  /** Place among its siblings, from 1, and how many they are. */
  readonly position: number;
  readonly siblings: number;
}

interface Child {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly isFolder: boolean;
}

/** The tree of a listing. */
export class StoredTree {
  readonly listing: StoredListing;
  readonly #paths: readonly (readonly string[])[];
  readonly #children = new Map<string, readonly Child[]>();
  readonly #tallies = new Map<string, StoredTally>();

  constructor(listing: StoredListing) {
    this.listing = listing;
    this.#paths = listing.volumes.map(({ paths }) => (paths === '' ? [] : paths.split('\n')));
  }

  /** All lines that are to be seen when these folders are open. */
  rows(open: ReadonlySet<string>): readonly TreeRow[] {
    const rows: TreeRow[] = [];
    const siblings = this.listing.volumes.length;
    this.listing.volumes.forEach(({ label, fileSystem }, volume) => {
      const key = `${volume}:`;
      const to = this.#paths[volume]?.length ?? 0;
      const isOpen = open.has(key);
      const name = `${label}, ${fileSystem}`;
      const place = { volume, from: 0, to, position: volume + 1, siblings };
      rows.push({ key, name, level: 1, ...(to === 0 ? {} : { isOpen }), ...place });
      if (isOpen) this.#below(rows, open, volume, key, 2);
    });
    return rows;
  }

  #below(
    rows: TreeRow[],
    open: ReadonlySet<string>,
    volume: number,
    key: string,
    level: number,
  ): void {
    const children = this.#childrenOf(volume, key);
    children.forEach(({ name, from, to, isFolder }, index) => {
      const own = `${key}${name}${isFolder ? '/' : ''}`;
      const isOpen = open.has(own);
      const place = { volume, from, to, position: index + 1, siblings: children.length };
      rows.push({ key: own, name, level, ...(isFolder ? { isOpen } : {}), ...place });
      if (isFolder && isOpen) this.#below(rows, open, volume, own, level + 1);
    });
  }

  #childrenOf(volume: number, key: string): readonly Child[] {
    let children = this.#children.get(key);
    if (children === undefined) {
      children = childrenIn(this.#paths[volume] ?? [], key.slice(key.indexOf(':') + 1));
      this.#children.set(key, children);
    }
    return children;
  }

  /** The file of a row of a volume: its key, and the folders that must be open for it to be seen. */
  placeOf(volume: number, row: number): { readonly key: string; readonly open: readonly string[] } {
    const path = this.#paths[volume]?.[row] ?? '';
    const open = [`${volume}:`];
    for (let cut = path.indexOf('/'); cut >= 0; cut = path.indexOf('/', cut + 1)) {
      open.push(`${volume}:${path.slice(0, cut + 1)}`);
    }
    return { key: `${volume}:${path}`, open };
  }

  /** The path of a row of a volume. */
  pathOf(volume: number, row: number): string {
    return this.#paths[volume]?.[row] ?? '';
  }

  /** What lies below a line. */
  tallyOf({ key, volume, from, to }: TreeRow): StoredTally {
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      const codes = this.listing.volumes[volume]?.stateOf ?? new Uint8Array();
      tally = tallyOf(codes.subarray(from, to));
      this.#tallies.set(key, tally);
    }
    return tally;
  }
}

function childrenIn(paths: readonly string[], prefix: string): readonly Child[] {
  const children: Child[] = [];
  let row = firstAtOrAfter(paths, prefix);
  while (row < paths.length) {
    const path = paths[row] ?? '';
    if (!path.startsWith(prefix)) break;
    const cut = path.indexOf('/', prefix.length);
    const from = row++;
    if (cut >= 0) {
      const folder = path.slice(0, cut + 1);
      while (paths[row]?.startsWith(folder) === true) row++;
    }
    const name = cut < 0 ? path.slice(prefix.length) : path.slice(prefix.length, cut);
    children.push({ name, from, to: row, isFolder: cut >= 0 });
  }
  return children;
}

function firstAtOrAfter(paths: readonly string[], prefix: string): number {
  const row = prefix === '' ? 0 : paths.findIndex((path) => path.startsWith(prefix));
  return row < 0 ? paths.length : row;
}

/** The same listing with nothing but what is not as before, or waits in memory. */
export function changedOnly(listing: StoredListing): StoredListing {
  return { ...listing, volumes: listing.volumes.map(changedIn) };
}

function changedIn(volume: StoredVolume): StoredVolume {
  const isKept = (code: number | undefined): boolean => {
    const { state, waits } = stateOf(code ?? 0);
    return state !== 'before' || waits;
  };
  const { paths, blockOf, ownerOf, sizeBytes, stateOf: codes } = volume;
  const kept = (_: unknown, row: number): boolean => isKept(codes[row]);
  return {
    ...volume,
    paths: paths.split('\n').filter(kept).join('\n'),
    blockOf: blockOf.filter(kept),
    ownerOf: ownerOf.filter(kept),
    sizeBytes: sizeBytes.filter(kept),
    stateOf: codes.filter(kept),
  };
}

/** What a key does in the tree: another line becomes the active one, or the active one is folded or unfolded. */
export interface TreeMove {
  readonly active: number;
  readonly toggle?: true;
}

/** The keys of a treegrid whose lines take the focus. Source: WAI-ARIA Authoring Practices, Treegrid Pattern. */
export function treeMove(
  rows: readonly TreeRow[],
  active: number,
  key: string,
  pageSize: number,
): TreeMove | undefined {
  const row = rows[active];
  if (row === undefined) return undefined;
  const last = rows.length - 1;
  const to = (place: number): TreeMove => ({ active: Math.max(0, Math.min(last, place)) });
  switch (key) {
    case 'ArrowDown':
      return to(active + 1);
    case 'ArrowUp':
      return to(active - 1);
    case 'PageDown':
      return to(active + pageSize);
    case 'PageUp':
      return to(active - pageSize);
    case 'Home':
      return to(0);
    case 'End':
      return to(last);
    case 'ArrowRight':
      if (row.isOpen === false) return { active, toggle: true };
      return row.isOpen === true ? to(active + 1) : { active };
    case 'ArrowLeft':
      if (row.isOpen === true) return { active, toggle: true };
      return to(parentOf(rows, active));
    case 'Enter':
    case ' ':
      return row.isOpen === undefined ? { active } : { active, toggle: true };
    default:
      return undefined;
  }
}

function parentOf(rows: readonly TreeRow[], active: number): number {
  const level = rows[active]?.level ?? 1;
  for (let place = active - 1; place >= 0; place--) {
    if ((rows[place]?.level ?? 1) < level) return place;
  }
  return active;
}
