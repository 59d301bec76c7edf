/** Which files a census looks at, and what each version ships there; worked out once per release and system. */
import {
  blobOf,
  expectedFiles,
  kernelPackages,
  type ExpectedFile,
  type ExpectedVersion,
  type PathOf,
} from '../model/expected-file.ts';
import { zeroBlob, type BlobTable } from '../model/content.ts';
import type {
  LockstepGroup,
  Release,
  ReleaseFile,
  ReleaseKernel,
  ReleasePackage,
  VersionName,
} from '../model/release.ts';

/** What a census plan is made from. */
export interface CensusPlanInput {
  readonly release: Release;
  readonly blobs: BlobTable;
  readonly before: VersionName;
  readonly after: VersionName;
  readonly pathOf: PathOf;
  /** Links at the root that every program is reached by, and which a deletion finds first: path and target. */
  readonly rootLinks?: readonly (readonly [path: string, target: string])[];
}

/** One file that a census follows. */
export interface PlannedFile {
  readonly canonical: string;
  readonly before?: ExpectedVersion;
  readonly after?: ExpectedVersion;
  /** Both versions ship the same bytes, or the same link. */
  readonly unchanged: boolean;
  /** What its damage means: kernel modules and configuration are counted apart. */
  readonly kind: 'system' | 'module' | 'configuration';
  /** Whether the start needs it. */
  readonly boot: boolean;
  readonly group?: string;
  readonly package: string;
  readonly application?: string;
}

/** Everything a census knows before it looks at a disk; made by {@link prepareCensus}. */
export interface CensusPlan {
  readonly before: VersionName;
  readonly after: VersionName;
  readonly files: readonly PlannedFile[];
  readonly groups: ReadonlyMap<string, LockstepGroup>;
  /** Image and initramfs of each version's kernel, where its root or the machine keeps them. */
  readonly kernels: ReadonlyMap<VersionName, readonly ExpectedVersion[]>;
  /** Name of a library → how many files ask for it: what shows which of many files matter. */
  readonly askedFor: ReadonlyMap<string, number>;
}

/** Works out what a census of this release looks at. */
export function prepareCensus(input: CensusPlanInput): CensusPlan {
  const { release, blobs, before, after, pathOf } = input;
  const kernels = kernelPackages(release);
  const edited = new Set(release.editedConfig.map(({ path }) => path));
  // An application is what a started machine runs: a damaged one leaves a start that is degraded, not broken.
  const start = release.boot.filter(({ stage }) => stage !== 'applications');
  const needed = new Set(start.map(({ path }) => path));
  const versions = before === after ? [before] : [before, after];
  const files = [...expectedFiles(release, blobs, versions, pathOf).values()]
    .filter(({ versions: [first] }) => first !== undefined && !kernels.has(first.owner.name))
    .filter(({ canonical }) => !edited.has(canonical))
    .flatMap((expected) => plannedFile(input, expected, needed));
  return {
    before,
    after,
    files: [...files, ...plannedLinks(input), ...plannedModules(input)],
    groups: new Map(release.lockstepGroups.map((group) => [group.id, group])),
    kernels: new Map(versions.map((version) => [version, plannedKernel(input, version)])),
    askedFor: askedForIn(files),
  };
}

function plannedFile(
  input: CensusPlanInput,
  { canonical, versions }: ExpectedFile,
  needed: ReadonlySet<string>,
): readonly PlannedFile[] {
  const before = versions.find(({ version }) => version === input.before);
  const after = versions.find(({ version }) => version === input.after);
  const owner = (after ?? before)?.owner;
  if (owner === undefined) return [];
  // What packages put into /etc is the administrator's domain, links included; each layout keeps /etc in its own way.
  const configuration =
    canonical.startsWith('/etc/') || versions.some(({ file }) => file.conffile === true);
  return [
    {
      canonical,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
      unchanged: before !== undefined && after !== undefined && sameFile(before, after),
      kind: configuration ? 'configuration' : 'system',
      boot: needed.has(canonical) || (owner.boot && !isIdle(canonical)),
      package: owner.name,
      ...(owner.lockstep === undefined ? {} : { group: owner.lockstep }),
      ...(owner.application === undefined ? {} : { application: owner.application }),
    },
  ];
}

/** Nothing runs without them: the dynamic linker that a program names is found through /lib64. Source: file-hierarchy(7). */
function plannedLinks({ rootLinks = [], before, after }: CensusPlanInput): readonly PlannedFile[] {
  const owner: ReleasePackage = {
    name: 'usrmerge',
    depends: [],
    essential: true,
    boot: true,
    versions: {},
  };
  return rootLinks.map(([path, target]): PlannedFile => {
    const file: ReleaseFile = { path, target, sizeBytes: 0, mode: 0o777, text: '' };
    const expected = (version: VersionName): ExpectedVersion => {
      return { version, file, owner, path, blob: zeroBlob };
    };
    return {
      canonical: path,
      before: expected(before),
      after: expected(after),
      unchanged: true,
      kind: 'system',
      boot: true,
      package: owner.name,
    };
  });
}

function plannedKernel(input: CensusPlanInput, version: VersionName): readonly ExpectedVersion[] {
  const { release, blobs, pathOf } = input;
  const kernel = release.kernels[version];
  if (kernel === undefined) return [];
  const owner = ownerOf(release, kernel);
  return [kernel.image, kernel.initramfs].flatMap((file): readonly ExpectedVersion[] => {
    const path = pathOf(file, owner, version);
    return path === '' ? [] : [{ version, file, owner, path, blob: blobOf(blobs, file) }];
  });
}

function askedForIn(files: readonly PlannedFile[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { before, after } of files) {
    for (const name of (after ?? before)?.file.needs ?? []) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

function sameFile(left: ExpectedVersion, right: ExpectedVersion): boolean {
  const sameBytes = left.blob === right.blob && left.file.sizeBytes === right.file.sizeBytes;
  return sameBytes && left.file.target === right.file.target;
}

/**
 * Files of a package that the start needs, which it does without: data, configuration, conversions, and units; an empty
 * unit file counts as masked and its service is left out. Source: systemd.unit(5); recorded run mutable-rpm, where an
 * empty oomd.service did not make the system broken-torn.
 */
function isIdle(path: string): boolean {
  return (
    /^\/(usr\/share|usr\/include|etc)\//.test(path) ||
    /\/(gconv|udev\/rules\.d|udev\/hwdb\.d|modprobe\.d|sysctl\.d|tmpfiles\.d|sysusers\.d)\//.test(
      path,
    ) ||
    /\.(service|timer|socket|path|preset)$/.test(path)
  );
}

/** Modules of both kernels lie side by side; only those of the kernel that starts count. */
function plannedModules(input: CensusPlanInput): readonly PlannedFile[] {
  const { release, before, after } = input;
  const versions = before === after ? [before] : [before, after];
  return versions.flatMap((version) => {
    const kernel = release.kernels[version];
    if (kernel === undefined) return [];
    return kernel.modules.map((file): PlannedFile => {
      const owner = ownerOf(release, kernel);
      const path = input.pathOf(file, owner, version);
      const expected = { version, file, owner, path, blob: blobOf(input.blobs, file) };
      return {
        canonical: file.path,
        ...(version === before ? { before: expected } : { after: expected }),
        unchanged: false,
        kind: 'module',
        boot: false,
        package: kernel.package,
      };
    });
  });
}

function ownerOf(release: Release, kernel: ReleaseKernel): ReleasePackage {
  const known = release.packages.find(({ name }) => name === kernel.package);
  const empty = { depends: [], essential: false, boot: true, versions: {} };
  return known ?? { name: kernel.package, ...empty };
}
