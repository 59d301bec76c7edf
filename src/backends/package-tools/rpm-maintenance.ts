/** What dnf, zypper and rpm do besides upgrading: erase packages, compare files with the package database. */
import { statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import type { Release } from '../../model/release.ts';
import type { Archive } from './archive.ts';
import { unneeded, withDependencies, withDependents } from './dependencies.ts';
import { readRpmRecords, type RpmContext, type RpmRecords } from './rpm-database.ts';
import { inTransactionOrder } from './rpm-order.ts';
import { installedArchives } from './rpm-upgrade.ts';
import { runTransaction, type RpmTransaction } from './rpm.ts';

/** Names of packages of which some version is installed. */
export function installedNames(records: RpmRecords): ReadonlySet<string> {
  return new Set([...records].filter(([, { size }]) => size > 0).map(([name]) => name));
}

/** The named package, what needs it, and what nothing needs once these are gone; none when it is not installed. */
export function packagesToErase(
  release: Release,
  records: RpmRecords,
  name: string,
): readonly string[] {
  const installed = installedNames(records);
  if (!installed.has(name)) return [];
  if (release.packages.every((one) => one.name !== name)) return [name];
  const going = withDependents(release, [name], installed);
  const staying = new Set([...installed].filter((one) => !going.includes(one)));
  const idle = new Set(unneeded(release, installed));
  return [...going, ...unneeded(release, staying).filter((one) => !idle.has(one))];
}

/** What a swap takes out and puts in, for {@link swapOf}. */
export interface Swap {
  readonly name: string;
  readonly by: string;
  /** Archives of the version that the machine is of. */
  readonly now: readonly Archive[];
  /** Archives of all versions. */
  readonly known: readonly Archive[];
}

/** The transaction of a swap, or why there is none. */
export function swapOf(
  release: Release,
  records: RpmRecords,
  { name, by, now, known }: Swap,
): RpmTransaction | string {
  const erased = packagesToErase(release, records, name);
  const missing = new Set(withDependencies(release, by, installedNames(records)));
  const guarded = release.packages.find((one) => one.essential && erased.includes(one.name));
  if (erased.length === 0) return `Unable to find a match: ${name}`;
  if (guarded !== undefined) return `${guarded.name} is protected.`;
  if (!missing.has(by)) return `Unable to find a match that is not installed: ${by}`;
  const install = inTransactionOrder(
    release,
    now.filter((archive) => missing.has(archive.name)),
  );
  const erase = erased.flatMap((one) => installedArchives(known, records, one));
  return { install, erase };
}

/** One transaction that erases the named packages, those that need others first. */
export function* eraseWithRpm(
  context: RpmContext,
  known: readonly Archive[],
  names: readonly string[],
): Procedure {
  const records = yield* readRpmRecords(context);
  const erase = names.flatMap((name) => installedArchives(known, records, name));
  yield* runTransaction(context, { install: [], erase });
}

/**
 * `rpm -Va`: compares each file with what the database says of its package; of a package that is recorded in two
 * versions, with the newer. It repairs nothing. Source: rpm(8), "VERIFY OPTIONS".
 */
export function* verifyWithRpm(context: RpmContext, known: readonly Archive[]): Procedure {
  const { os, root } = context;
  os.stage('compare files with the package database');
  const records = yield* readRpmRecords(context);
  for (const name of installedNames(records)) {
    for (const file of installedArchives(known, records, name).at(-1)?.files ?? []) {
      const mark = file.conffile === true ? 'c' : ' ';
      const there = yield* statusOf(os, `${root}${file.path}`);
      if (there === undefined) os.print(`missing   ${mark} ${file.path}`, 'error');
      else if (there.kind !== 'file' || file.target !== undefined) continue;
      else if (contentKey(yield* os.read(`${root}${file.path}`)) !== contentKey(file.content)) {
        const size = there.sizeBytes === file.content.sizeBytes ? '.' : 'S';
        os.print(`${size}.5....T. ${mark} ${file.path}`, mark === 'c' ? 'output' : 'error');
      }
    }
  }
}
