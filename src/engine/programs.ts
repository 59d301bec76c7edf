/** Programs of a scenario: packages that every system ships, with data in a format that each version writes anew. */
import type { Backend, MachineBrief } from '../backends/backend.ts';
import { contentText } from '../model/content.ts';
import { blobOf, isWholeBlob } from '../model/expected-file.ts';
import type { DatumFate } from '../model/fate.ts';
import type { PackageVersion, Release, ReleasePackage, VersionName } from '../model/release.ts';
import type { RootTree } from '../model/root-tree.ts';
import { formatOf, type ScenarioProgram } from '../model/scenario-program.ts';

const programBytes = 180_000;

/** What each version of a program is called as a package. */
const packageVersions = { v1: '1.0-1', v2: '2.0-1' } as const;

function shippedAs({ id }: ScenarioProgram, version: keyof typeof packageVersions): PackageVersion {
  const path = `/usr/lib/${id}/${id}`;
  const text = `${id} ${packageVersions[version]} ${path}`;
  return {
    version: packageVersions[version],
    files: [{ path, sizeBytes: programBytes, mode: 0o755, text }],
  };
}

function packageOf(program: ScenarioProgram): ReleasePackage {
  const { id } = program;
  const v2 = shippedAs(program, 'v2');
  return {
    name: id,
    depends: [],
    essential: false,
    boot: false,
    application: id,
    versions: {
      v1: shippedAs(program, 'v1'),
      v2,
      'v2-no-display-manager': v2,
      'v2-broken-kernel': v2,
    },
  };
}

/** The release with the programs of a scenario: each system installs, updates and takes them back by its own means. */
export function withPrograms(release: Release, programs: readonly ScenarioProgram[]): Release {
  if (programs.length === 0) return release;
  return { ...release, packages: [...release.packages, ...programs.map(packageOf)] };
}

/** Which machine it is about. */
export interface ProgramPlace {
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly tree: RootTree;
  /** Version of the entry that runs; where versions have paths of their own, it decides which of them is run. */
  readonly version: VersionName;
}

/** Which version of the program the root holds, by its bytes; undefined when it is not there whole. */
export function programVersion(
  { id }: ScenarioProgram,
  { backend, brief, tree, version }: ProgramPlace,
): 'v1' | 'v2' | undefined {
  const owner = brief.release.packages.find(({ name }) => name === id);
  const [wanted] = owner?.versions[version]?.files ?? [];
  if (owner === undefined || wanted === undefined) return undefined;
  const content = tree.file(backend.pathOf(brief, wanted, owner, version));
  if (content === undefined) return undefined;
  return (['v1', 'v2'] as const).find((one) => {
    const [file] = owner.versions[one]?.files ?? [];
    return file !== undefined && isWholeBlob(content, blobOf(brief.blobs, file), file.sizeBytes);
  });
}

/** `Ledger 2.0`. */
export function programWords({ label }: ScenarioProgram, version: 'v1' | 'v2'): string {
  return `${label} ${packageVersions[version].replace(/-.*/, '')}`;
}

/** Who says which formats a program reads. */
export const programSource = 'the formats of the program, as the scenario gives them';

/** The fate of the data that a program keeps: whoever needs it gets at it through the program alone. */
export function programFate(
  fate: DatumFate,
  program: ScenarioProgram,
  path: string,
  place: ProgramPlace,
): DatumFate {
  const content = place.tree.file(path);
  if (content === undefined || fate.fates.content === 'lost') return fate;
  const version = programVersion(program, place);
  if (version === undefined) {
    return outOfReach(
      fate,
      `The program that reads it, ${program.label}, is not whole in this root.`,
    );
  }
  const format = formatOf(contentText(content, place.brief.blobs));
  const words = programWords(program, version);
  const reads = program.formats[version];
  if (format === undefined) {
    return outOfReach(fate, `${path} names no format, so ${words} refuses it.`);
  }
  if (format > reads) {
    return outOfReach(
      fate,
      `${path} is in format ${String(format)}, and ${words}, the version in this root, reads format ${String(reads)} at most: it refuses to start. What is in the file can be had again with the newer version, or from a copy made before the migration, without what was added since.`,
    );
  }
  const text =
    format < reads
      ? `${path} is in format ${String(format)}; ${words}, the version in this root, will migrate it to format ${String(reads)} when it starts.`
      : `${path} is in format ${String(format)}, which ${words}, the version in this root, reads.`;
  return { ...fate, why: [...fate.why, { text, source: programSource }] };
}

function outOfReach(fate: DatumFate, text: string): DatumFate {
  return {
    ...fate,
    fates: { ...fate.fates, reach: 'locked away' },
    why: [{ text, source: programSource }, ...fate.why],
  };
}
