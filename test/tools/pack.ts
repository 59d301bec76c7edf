/** Writes packages in the compact form that src/releases/packed.ts describes. */
import { kernelPlace, type PackedPackage } from '../../src/releases/packed.ts';
import type { ManifestFile, ManifestPackage, ManifestVersion } from './manifest.ts';

/** Gives library names their numbers. */
export class SonameTable {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Number of a name; a new name gets the next. */
  number(name: string): string {
    const known = this.#numbers.get(name);
    if (known !== undefined) return String(known);
    this.#numbers.set(name, this.names.length);
    this.names.push(name);
    return String(this.names.length - 1);
  }
}

/** What a package is besides its files. */
export type PackageFacts = Pick<PackedPackage, 'lockstep' | 'boot' | 'application'>;

/** Packs one package; `unchanged` tells which files of a changed package are the same bytes in both versions. */
export function packPackage(
  entry: ManifestPackage,
  facts: PackageFacts,
  sonames: SonameTable,
  kernelReleases: readonly string[],
  unchanged: (path: string) => boolean = () => false,
): PackedPackage {
  const { name, v1, v2 } = entry;
  const { depends, essential } = v2 ?? v1;
  return {
    name,
    v1: v1.version,
    ...(v2 === undefined ? {} : { v2: v2.version }),
    ...(depends === undefined || depends.length === 0 ? {} : { depends }),
    ...(essential === true ? { essential } : {}),
    ...facts,
    files: new Lines(sonames, kernelReleases, v1, v2, unchanged).text(),
  };
}

class Lines {
  readonly #sonames: SonameTable;
  readonly #kernelReleases: readonly string[];
  readonly #v1: ManifestVersion;
  readonly #v2: ManifestVersion;
  readonly #alone: boolean;
  readonly #unchanged: (path: string) => boolean;

  constructor(
    sonames: SonameTable,
    kernelReleases: readonly string[],
    v1: ManifestVersion,
    v2: ManifestVersion | undefined,
    unchanged: (path: string) => boolean,
  ) {
    this.#sonames = sonames;
    this.#kernelReleases = kernelReleases;
    this.#v1 = v1;
    this.#v2 = v2 ?? v1;
    this.#alone = v2 === undefined;
    this.#unchanged = unchanged;
  }

  text(): string {
    const before = this.#byPlace(this.#v1);
    const after = this.#byPlace(this.#v2);
    const lines: string[] = [];
    let directory: string | undefined;
    for (const place of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const cut = place.lastIndexOf('/');
      const here = place.slice(0, cut) || '/';
      if (here !== directory) lines.push((directory = here));
      lines.push(`${place.slice(cut + 1)} ${this.#words(before.get(place), after.get(place))}`);
    }
    return lines.join('\n');
  }

  #byPlace(version: ManifestVersion): ReadonlyMap<string, ManifestFile> {
    const place = (path: string): string =>
      this.#kernelReleases.reduce((text, one) => text.replaceAll(one, kernelPlace), path);
    return new Map(version.files.map((file) => [place(file.path), file]));
  }

  #words(before: ManifestFile | undefined, after: ManifestFile | undefined): string {
    const file = after ?? before;
    if (file === undefined) throw new Error('a place without a file');
    if (/[ |]/.test(file.path + (file.link ?? ''))) throw new Error(`${file.path}: a space`);
    const words = [pair('/', sizeOf(before), sizeOf(after))];
    if (file.mode !== undefined) words.push(`m${file.mode}`);
    const conffiles = [...(this.#v1.conffiles ?? []), ...(this.#v2.conffiles ?? [])];
    const conffile = conffiles.includes(file.path);
    if (conffile) words.push('c');
    if (!this.#alone && this.#same(before, after, conffile)) words.push('u');
    const split = (mark: string, of: (one: ManifestFile | undefined) => string): void => {
      const text = pair('|', of(before ?? after), of(after ?? before));
      if (text !== '') words.push(`${mark}${text}`);
    };
    split('=', (one) => one?.link ?? '');
    split('n', (one) => (one?.needs ?? []).map((need) => this.#sonames.number(need)).join(','));
    split('s', (one) => (one?.soname === undefined ? '' : this.#sonames.number(one.soname)));
    return words.join(' ');
  }

  /** Links and configuration are the same unless they differ; other files are as new as their package. */
  #same(
    before: ManifestFile | undefined,
    after: ManifestFile | undefined,
    conffile: boolean,
  ): boolean {
    if (before === undefined || after === undefined) return false;
    if (before.link !== undefined) return before.link === after.link;
    return (conffile && before.size === after.size) || this.#unchanged(after.path);
  }
}

function sizeOf(file: ManifestFile | undefined): string {
  return file === undefined ? '-' : String(file.size ?? 0);
}

function pair(mark: string, one: string, other: string): string {
  return one === other ? one : `${one}${mark}${other}`;
}
