/** Lines of a packed package, as files of two versions. */
import { assert } from '../model/lab-error.ts';
import type { ReleaseFile } from '../model/release.ts';
import { kernelPlace, type PackedPackage, type PackedRelease } from './packed.ts';

/** Files of both versions; a file that is the same in both is one object. */
export interface TwoVersions {
  readonly v1: readonly ReleaseFile[];
  readonly v2: readonly ReleaseFile[];
}

interface Line {
  readonly owner: PackedPackage;
  readonly place: string;
  readonly sizes: readonly [number | undefined, number | undefined];
  readonly words: readonly string[];
}

/** Unpacks the lines of one package. */
export function fileLines(packed: PackedRelease, owner: PackedPackage): TwoVersions {
  const v1: ReleaseFile[] = [];
  const v2: ReleaseFile[] = [];
  let directory: string | undefined;
  for (const text of owner.files === '' ? [] : owner.files.split('\n')) {
    if (text.startsWith('/')) {
      directory = text;
      continue;
    }
    assert(directory !== undefined, `${owner.name}: a file without a directory`);
    const line = lineOf(owner, directory, text);
    const first = fileOf(packed, line, 0);
    const second = sameInBoth(packed, line) ? first : fileOf(packed, line, 1);
    if (first !== undefined) v1.push(first);
    if (second !== undefined) v2.push(second);
  }
  return { v1, v2 };
}

function lineOf(owner: PackedPackage, directory: string, text: string): Line {
  const [name, size, ...words] = text.split(' ');
  assert(name !== undefined && name !== '' && size !== undefined, `${owner.name}: line ${text}`);
  const [one, other = one] = size.split('/');
  const place = directory === '/' ? `/${name}` : `${directory}/${name}`;
  return { owner, place, sizes: [sizeOf(owner, one), sizeOf(owner, other)], words };
}

function sizeOf(owner: PackedPackage, text: string | undefined): number | undefined {
  if (text === '-') return undefined;
  const sizeBytes = Number(text);
  assert(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0, `${owner.name}: size ${String(text)}`);
  return sizeBytes;
}

function sameInBoth(packed: PackedRelease, { owner, words }: Line): boolean {
  if (owner.name === packed.kernel.package) return false;
  return owner.v2 === undefined || words.includes('u');
}

/** A file under way; the words of its line fill it in place, because a release has ten thousand of them. */
type Made = { -readonly [field in keyof ReleaseFile]: ReleaseFile[field] };

function fileOf(packed: PackedRelease, line: Line, index: 0 | 1): ReleaseFile | undefined {
  const { owner, sizes } = line;
  const sizeBytes = sizes[index];
  if (sizeBytes === undefined) return undefined;
  const { v1, v2 } = packed.kernel.releases;
  const path = line.place.replaceAll(kernelPlace, index === 0 ? v1 : v2);
  const version = index === 0 ? owner.v1 : (owner.v2 ?? owner.v1);
  const made: Made = { path, sizeBytes, mode: 0o644, text: `${owner.name} ${version} ${path}` };
  for (const word of line.words) fill(packed, made, word, index);
  return made;
}

function fill(packed: PackedRelease, made: Made, word: string, index: 0 | 1): void {
  const [one = '', other = one] = word.slice(1).split('|');
  const value = index === 0 ? one : other;
  const mark = word[0];
  if (mark === 'm') {
    made.mode = Number.parseInt(value, 8);
  } else if (mark === 'c') {
    made.conffile = true;
  } else if (mark === '=') {
    Object.assign(made, { target: value, text: '', mode: 0o777 });
  } else if (mark === 'n') {
    if (value !== '') made.needs = value.split(',').map((number) => soname(packed, number));
  } else if (mark === 's') {
    if (value !== '') made.soname = soname(packed, value);
  } else {
    assert(word === 'u', `${made.path}: word ${word}`);
  }
}

function soname(packed: PackedRelease, number: string): string {
  const name = packed.sonames[Number(number)];
  assert(name !== undefined, `no library name ${number}`);
  return name;
}
