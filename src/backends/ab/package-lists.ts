/**
 * The lists of packages that ABRoot adds to its image and takes out of it. They lie in /etc, so each root has its own.
 * Source: ABRoot core/packages.go, PackagesBaseDir.
 */
import { makeDirectories, statusOf } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';

const directory = '/etc/abroot';

/** Names in one of the lists. */
export function* listedPackages(os: Process, list: 'add' | 'remove'): Procedure<readonly string[]> {
  const path = `${directory}/packages.${list}`;
  if ((yield* statusOf(os, path)) === undefined) return [];
  return (yield* os.readText(path)).split('\n').filter((name) => name !== '');
}

/** Writes a list anew: created or truncated, not synced. */
export function* writeList(
  os: Process,
  list: 'add' | 'remove',
  names: readonly string[],
): Procedure {
  yield* makeDirectories(os, directory);
  yield* os.writeFile(`${directory}/packages.${list}`, names.map((name) => `${name}\n`).join(''));
}
