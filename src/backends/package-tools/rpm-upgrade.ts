/**
 * What dnf and zypper have rpm do in an upgrade: everything that the database does not call installed, then the kernel
 * beside the old one in a transaction of its own. Source: recorded run mutable-rpm; dnf(8), installonlypkgs.
 */
import type { Procedure } from '../../kernel/process.ts';
import type { Archive } from './archive.ts';
import { readRpmRecords, type RpmContext, type RpmRecords } from './rpm-database.ts';
import { runTransaction, testTransaction } from './rpm.ts';

/** What there is to install, and what may be installed already. */
export interface RpmUpgrade {
  /** Packages of the new version but the kernel, in the order of installing. */
  readonly packages: readonly Archive[];
  readonly kernel?: Archive;
  /** Names of packages that were there before: one of them that is not installed was removed. */
  readonly removable: ReadonlySet<string>;
  /** Packages of every version that the machine may hold; what is replaced is looked up here. */
  readonly known: readonly Archive[];
  /** Only look whether it can be done. */
  readonly testOnly?: true;
}

/**
 * Runs the upgrade; gives whether a kernel was installed, whose scripts are due then. What the database calls installed
 * is left alone, whatever its files look like.
 */
export function* upgradeWithRpm(context: RpmContext, upgrade: RpmUpgrade): Procedure<boolean> {
  const { packages, kernel, known } = upgrade;
  const records = yield* readRpmRecords(context);
  const isDue = ({ name, version }: Archive): boolean => records.get(name)?.has(version) !== true;
  // What was removed stays away: a package is due that is installed, or that comes with the new version.
  const isKnown = (name: string): boolean =>
    (records.get(name)?.size ?? 0) > 0 || !upgrade.removable.has(name);
  const install = packages.filter((archive) => isDue(archive) && isKnown(archive.name));
  const erase = install.flatMap(({ name }) => installedArchives(known, records, name));
  if (upgrade.testOnly === true) {
    yield* testTransaction(context, { install, erase });
    return false;
  }
  if (install.length > 0) yield* runTransaction(context, { install, erase });
  if (kernel === undefined || !isDue(kernel)) return false;
  yield* runTransaction(context, { install: [kernel], erase: [] });
  return true;
}

/** Archives of a package in all versions that the database calls installed. */
export function installedArchives(
  known: readonly Archive[],
  records: RpmRecords,
  name: string,
): readonly Archive[] {
  const versions = new Map(
    known
      .filter((archive) => archive.name === name)
      .map((archive) => [archive.version, archive] as const),
  );
  return [...(records.get(name) ?? [])].flatMap((version) => versions.get(version) ?? []);
}
