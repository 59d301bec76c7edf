/** What a release says should be at a path, and what is there: whole, of which version, or damaged how. */
import { zeroBlob, type BlobId, type BlobTable, type Content } from './content.ts';
import type { Release, ReleaseFile, ReleasePackage, VersionName } from './release.ts';
import type { RootTree } from './root-tree.ts';

/**
 * Where a file of a version lies in the root of an entry of that version; a backend knows. Empty for a file that is part
 * of another one: a kernel in a unified kernel image.
 */
export type PathOf = (file: ReleaseFile, owner: ReleasePackage, version: VersionName) => string;

/** What one version ships under one canonical path. */
export interface ExpectedVersion {
  readonly version: VersionName;
  readonly file: ReleaseFile;
  readonly owner: ReleasePackage;
  /** Path in the root of an entry of this version. */
  readonly path: string;
  readonly blob: BlobId;
}

/** A canonical path, with what every version of the release ships under it. */
export interface ExpectedFile {
  readonly canonical: string;
  readonly versions: readonly ExpectedVersion[];
}

/** How a file is damaged. */
export type Damage = 'empty' | 'zeros' | 'cut' | 'partly zeros' | 'other bytes' | 'another kind';

/** What is at a path, against what versions ship there. */
export type FileCondition =
  | { readonly state: 'absent' }
  | { readonly state: 'whole'; readonly versions: readonly VersionName[] }
  | { readonly state: 'damaged'; readonly damage: Damage };

const absentCondition: FileCondition = { state: 'absent' };

/** Names of packages whose files lie side by side, version by version: kernels. */
export function kernelPackages(release: Release): ReadonlySet<string> {
  return new Set(Object.values(release.kernels).map((kernel) => kernel.package));
}

/** Everything that the packages of a release ship in these versions, by canonical path. */
export function expectedFiles(
  release: Release,
  blobs: BlobTable,
  versions: readonly VersionName[],
  pathOf: PathOf,
): ReadonlyMap<string, ExpectedFile> {
  const found = new Map<string, { canonical: string; versions: ExpectedVersion[] }>();
  for (const owner of release.packages) {
    for (const version of versions) {
      for (const file of owner.versions[version]?.files ?? []) {
        let entry = found.get(file.path);
        if (entry === undefined) {
          found.set(file.path, (entry = { canonical: file.path, versions: [] }));
        }
        const path = pathOf(file, owner, version);
        entry.versions.push({ version, file, owner, path, blob: blobOf(blobs, file) });
      }
    }
  }
  return found;
}

/** The blob of a release file; a symbolic link or an empty file has none of its own. */
export function blobOf(blobs: BlobTable, file: ReleaseFile): BlobId {
  if (file.target !== undefined || file.sizeBytes === 0) return zeroBlob;
  return blobs.intern(file.text, file.sizeBytes);
}

/** Whether a content is exactly this blob. */
export function isWholeBlob(content: Content, blob: BlobId, sizeBytes: number): boolean {
  if (content.sizeBytes !== sizeBytes) return false;
  if (sizeBytes === 0) return true;
  const [only, second] = content.segments;
  return second === undefined && only?.blob === blob && only.fromBytes === 0;
}

/** Whether two contents are the same bytes. */
export function sameContent(left: Content, right: Content): boolean {
  const { length } = left.segments;
  if (left.sizeBytes !== right.sizeBytes || length !== right.segments.length) return false;
  // From the end, because versions of a log differ there.
  for (let index = length - 1; index >= 0; index--) {
    const one = left.segments[index];
    const other = right.segments[index];
    if (one === other) continue;
    if (one?.blob !== other?.blob || one?.fromBytes !== other?.fromBytes) return false;
    if (one?.lengthBytes !== other?.lengthBytes) return false;
  }
  return true;
}

/** Whether a content is nothing but zeros; an empty one is not. */
export function isAllZeros(content: Content): boolean {
  return content.sizeBytes > 0 && content.segments.every((part) => part.blob === zeroBlob);
}

/** A file that a content is held against. */
export interface ExpectedBytes {
  readonly blob: BlobId;
  readonly sizeBytes: number;
}

/** How a content that equals none of the expected files is damaged. Short of an expected file's own bytes is `cut`. */
export function damageOf(content: Content, expected: readonly ExpectedBytes[]): Damage {
  if (content.sizeBytes === 0) return 'empty';
  if (isAllZeros(content)) return 'zeros';
  if (content.segments.some((part) => part.blob === zeroBlob)) return 'partly zeros';
  const cut = expected.some(
    ({ blob, sizeBytes }) =>
      content.sizeBytes < sizeBytes && content.segments.every((part) => part.blob === blob),
  );
  return cut ? 'cut' : 'other bytes';
}

/**
 * What is at `path` of a root, against `expected`. A symbolic link counts by its target; where a file is expected and a
 * link is found, the link is followed, because some systems put a farm of links before their files.
 */
export function conditionAt(
  tree: RootTree,
  path: string,
  expected: readonly ExpectedVersion[],
): FileCondition {
  const here = tree.walk(path, false);
  const record = here === undefined ? undefined : tree.attributes(here);
  if (here === undefined || record === undefined) return absentCondition;
  if (record.kind !== 'symlink') return conditionOfPlace(tree, here, record.kind, expected);
  const versions = expected
    .filter(({ file }) => file.target !== undefined && file.target === record.target)
    .map(({ version }) => version);
  if (versions.length > 0) return { state: 'whole', versions };
  if (expected.every(({ file }) => file.target !== undefined)) {
    return { state: 'damaged', damage: 'other bytes' };
  }
  const there = tree.walk(path);
  const kind = there === undefined ? undefined : tree.attributes(there)?.kind;
  if (there === undefined || kind === undefined) return absentCondition;
  return conditionOfPlace(tree, there, kind, expected);
}

function conditionOfPlace(
  tree: RootTree,
  place: Parameters<RootTree['content']>[0],
  kind: string,
  expected: readonly ExpectedVersion[],
): FileCondition {
  const content = kind === 'file' ? tree.content(place) : undefined;
  if (content === undefined) return { state: 'damaged', damage: 'another kind' };
  return conditionOfContent(content, expected);
}

/** The same for the content of a regular file. */
export function conditionOfContent(
  content: Content,
  expected: readonly ExpectedVersion[],
): FileCondition {
  const versions: VersionName[] = [];
  const files: ExpectedBytes[] = [];
  for (const { version, file, blob } of expected) {
    if (file.target !== undefined) continue;
    files.push({ blob, sizeBytes: file.sizeBytes });
    if (isWholeBlob(content, blob, file.sizeBytes)) versions.push(version);
  }
  if (versions.length > 0) return { state: 'whole', versions };
  return { state: 'damaged', damage: damageOf(content, files) };
}

/** A damage in plain words, to follow "is": `is empty`. */
export function wordsOfCondition(condition: FileCondition): string {
  if (condition.state === 'absent') return 'is missing';
  if (condition.state === 'whole') return 'is whole';
  switch (condition.damage) {
    case 'empty':
      return 'is empty';
    case 'zeros':
      return 'holds nothing but zeros';
    case 'cut':
      return 'is cut short';
    case 'partly zeros':
      return 'holds zeros in place of some of its bytes';
    case 'other bytes':
      return 'is not what any version ships';
    case 'another kind':
      return 'is not a regular file';
  }
}
