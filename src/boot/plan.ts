/** What a release needs for a start, worked out once: a start then only looks things up. */
import {
  blobOf,
  expectedFiles,
  type ExpectedFile,
  type ExpectedVersion,
  type PathOf,
} from '../model/expected-file.ts';
import type { BlobId, BlobTable } from '../model/content.ts';
import { nameOf } from '../model/path.ts';
import type {
  BootNeed,
  LockstepGroup,
  Release,
  ReleaseKernel,
  ReleasePackage,
  VersionName,
} from '../model/release.ts';

/** What a plan is made from. */
export interface BootPlanInput {
  readonly release: Release;
  readonly blobs: BlobTable;
  readonly before: VersionName;
  readonly after: VersionName;
  readonly pathOf: PathOf;
}

/** One version's kernel, with what its files hold. */
export interface PlannedKernel {
  readonly version: VersionName;
  readonly kernel: ReleaseKernel;
  readonly image: BlobId;
  readonly initramfs: BlobId;
  /** Directory of its modules in the root, if it has any. */
  readonly modules?: string;
}

/** The prepared knowledge of one release on one system; made by {@link prepareBoot}. */
export interface BootPlan {
  readonly before: VersionName;
  readonly after: VersionName;
  readonly needs: readonly BootNeed[];
  /** Names of the people who work with the machine; root is none of them. */
  readonly people: readonly string[];
  readonly kernels: readonly PlannedKernel[];
  /** Canonical path → what versions ship there. */
  readonly files: ReadonlyMap<string, ExpectedFile>;
  /** Name that a program asks the dynamic linker for → files that answer to it. */
  readonly libraries: ReadonlyMap<string, readonly ExpectedFile[]>;
  /** Path in the root → what may be there, over all versions. */
  readonly atPath: ReadonlyMap<string, readonly ExpectedVersion[]>;
  readonly groups: ReadonlyMap<string, LockstepGroup>;
  /** Whether every version of a file lies at one path, so that entries of one root share their verdict. */
  readonly samePaths: boolean;
}

/** Works out what starts of this release need. Pure; hand the result to every start. */
export function prepareBoot(input: BootPlanInput): BootPlan {
  const { release, blobs, before, after, pathOf } = input;
  const versions = before === after ? [before] : [before, after];
  const files = expectedFiles(release, blobs, versions, pathOf);
  return {
    before,
    after,
    needs: release.boot,
    people: release.accounts.filter(({ uid }) => uid !== 0).map(({ name }) => name),
    kernels: versions.flatMap((version) => plannedKernel(input, version)),
    files,
    libraries: librariesOf(files),
    atPath: byPath(files),
    groups: new Map(release.lockstepGroups.map((group) => [group.id, group])),
    samePaths: [...files.values()].every(({ versions: all }) =>
      all.every(({ path }) => path === all[0]?.path),
    ),
  };
}

function plannedKernel(input: BootPlanInput, version: VersionName): readonly PlannedKernel[] {
  const kernel = input.release.kernels[version];
  if (kernel === undefined) return [];
  const planned = {
    version,
    kernel,
    image: blobOf(input.blobs, kernel.image),
    initramfs: blobOf(input.blobs, kernel.initramfs),
  };
  const modules = moduleDirectory(input, kernel, version);
  return [modules === undefined ? planned : { ...planned, modules }];
}

function moduleDirectory(
  { release, pathOf }: BootPlanInput,
  kernel: ReleaseKernel,
  version: VersionName,
): string | undefined {
  const [first] = kernel.modules;
  if (first === undefined) return undefined;
  const path = pathOf(first, kernelOwner(release, kernel), version);
  const end = path.indexOf(`/${kernel.release}/`);
  return end < 0 ? undefined : path.slice(0, end + kernel.release.length + 1);
}

function kernelOwner(release: Release, kernel: ReleaseKernel): ReleasePackage {
  return (
    release.packages.find(({ name }) => name === kernel.package) ?? {
      name: kernel.package,
      depends: [],
      essential: false,
      boot: true,
      versions: {},
    }
  );
}

/**
 * The dynamic linker looks for a file whose name is the soname. Where no path ends in it, the file that carries the
 * soname counts. Source: ld.so(8).
 */
function librariesOf(
  files: ReadonlyMap<string, ExpectedFile>,
): ReadonlyMap<string, readonly ExpectedFile[]> {
  const bySoname = new Map<string, ExpectedFile[]>();
  const byName = new Map<string, ExpectedFile[]>();
  const asked = new Set<string>();
  const add = (map: Map<string, ExpectedFile[]>, key: string, file: ExpectedFile): void => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [file]);
    else if (!list.includes(file)) list.push(file);
  };
  for (const expected of files.values()) {
    add(byName, nameOf(expected.canonical), expected);
    for (const { file } of expected.versions) {
      if (file.soname !== undefined) add(bySoname, file.soname, expected);
      for (const need of file.needs ?? []) asked.add(need);
    }
  }
  const libraries = new Map<string, readonly ExpectedFile[]>();
  for (const name of asked) {
    const found = byName.get(name) ?? bySoname.get(name);
    if (found !== undefined) libraries.set(name, found);
  }
  return libraries;
}

function byPath(
  files: ReadonlyMap<string, ExpectedFile>,
): ReadonlyMap<string, readonly ExpectedVersion[]> {
  const found = new Map<string, ExpectedVersion[]>();
  for (const { versions } of files.values()) {
    for (const version of versions) {
      const list = found.get(version.path);
      if (list === undefined) found.set(version.path, [version]);
      else list.push(version);
    }
  }
  return found;
}
