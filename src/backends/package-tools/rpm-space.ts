/**
 * rpm's look at the free space before a transaction begins: package by package, what is needed for the new files beside
 * those that they replace, a guess for the database, and a twentieth more. It believes that a file that is replaced
 * frees its blocks, which it does not where a snapshot holds them. Source: rpm lib/transaction.cc, rpmtsUpdateDSI and
 * rpmtsCheckDSIProblems, https://github.com/rpm-software-management/rpm/blob/master/lib/transaction.cc;
 * https://github.com/rpm-software-management/rpm/issues/4220.
 */
import { statusOf } from '../tool-calls.ts';
import type { VersionFile } from '../version-files.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { parentOf } from '../../model/path.ts';
import { blockBytes } from '../../model/space.ts';
import type { Archive } from './archive.ts';
import type { RpmContext } from './rpm-database.ts';

/** What of a transaction takes room. */
export interface SpaceNeeds {
  readonly install: readonly Archive[];
  readonly old: ReadonlyMap<string, VersionFile>;
}

/** Blocks that the database is guessed to grow by for each package: four times a header, taken to be a block. */
const databaseBlocks = 4;

function blocksOf({ content, target }: VersionFile): number {
  return Math.ceil((target?.length ?? content.sizeBytes) / blockBytes);
}

/** A twentieth more, for what only root may use. */
function adjusted(blocks: number): number {
  return Math.floor((blocks * 21) / 20);
}

/**
 * Refuses a transaction for which the file system of the root has no room, before any file is touched. Throws ENOSPC.
 * Only that file system is looked at; where nobody counts, nothing is.
 */
export function* assertRoomFor(context: RpmContext, needs: SpaceNeeds): Procedure {
  const { os, root } = context;
  const top = root === '' ? '/' : root;
  const space = os.freeSpace === undefined ? undefined : yield* os.freeSpace(top);
  if (space === undefined) return;
  const available = Math.floor(space.freeBytes / blockBytes);
  const { volume } = yield* os.stat(top);
  const isOnRoot = new Map<string, boolean>();
  const problems: string[] = [];
  let needed = 0;
  let reported = 0;
  for (const { name, version, files } of needs.install) {
    let replaced = 0;
    for (const file of files) {
      const directory = parentOf(file.path);
      const known = isOnRoot.get(directory) ?? (yield* volumeOf(context, directory)) === volume;
      isOnRoot.set(directory, known);
      if (!known) continue;
      needed += blocksOf(file);
      const before = needs.old.get(file.path);
      replaced += before === undefined ? 0 : blocksOf(before);
    }
    needed += databaseBlocks;
    if (adjusted(needed) > available && needed > reported) {
      const bytes = (adjusted(needed) - available) * blockBytes;
      problems.push(
        `installing package ${name}-${version} needs ${roundedUp(bytes)} more space on the / filesystem`,
      );
      reported = needed;
    }
    needed -= replaced;
  }
  if (problems.length === 0) return;
  for (const problem of problems) os.print(`  - ${problem}`, 'error');
  throw new SystemError('ENOSPC', 'statvfs', top);
}

function roundedUp(bytes: number): string {
  const megabyte = 1024 * 1024;
  return bytes > megabyte
    ? `${String(Math.ceil(bytes / megabyte))}MB`
    : `${String(Math.ceil(bytes / 1024))}KB`;
}

/** The volume that a directory lies on, or will lie on. */
function* volumeOf({ os, root }: RpmContext, directory: string): Procedure<string> {
  for (let path = directory; path !== '/' && path !== ''; path = parentOf(path)) {
    if ((yield* statusOf(os, `${root}${path}`)) === undefined) continue;
    return (yield* os.stat(`${root}${path}`)).volume;
  }
  return (yield* os.stat(root === '' ? '/' : root)).volume;
}
