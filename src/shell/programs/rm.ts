/**
 * rm of GNU coreutils, name by name. Messages and order as measured; the guard of `/` as well. Source: lab-survive,
 * coreutils rm(1); entries of one directory are removed before the directory itself.
 */
import { walkMicroseconds } from '../../kernel/cost.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { splitOptions, textOf, type Program } from '../program.ts';

interface Removal {
  readonly os: Process;
  readonly recursive: boolean;
  readonly force: boolean;
  failed: boolean;
}

function complain(removal: Removal, path: string, error: unknown): void {
  removal.os.print(`rm: cannot remove '${path}': ${textOf(error)}`, 'error');
  removal.failed = true;
}

function* remove(removal: Removal, path: string): Procedure {
  const { os } = removal;
  let kind;
  try {
    ({ kind } = yield* os.lstat(path));
  } catch (error) {
    if (!removal.force) complain(removal, path, error);
    return;
  }
  if (kind === 'directory') yield* removeDirectory(removal, path);
  else yield* removeName(removal, path, os.unlink(path));
}

function* removeName(removal: Removal, path: string, call: Procedure): Procedure {
  yield* removal.os.compute(walkMicroseconds);
  try {
    yield* call;
  } catch (error) {
    complain(removal, path, error);
  }
}

function* removeDirectory(removal: Removal, path: string): Procedure {
  const { os, recursive } = removal;
  if (!recursive) {
    os.print(`rm: cannot remove '${path}': Is a directory`, 'error');
    removal.failed = true;
    return;
  }
  let names: readonly string[];
  try {
    names = yield* os.readdir(path);
  } catch (error) {
    complain(removal, path, error);
    return;
  }
  const before = removal.failed;
  removal.failed = false;
  for (const name of names) yield* remove(removal, path === '/' ? `/${name}` : `${path}/${name}`);
  const left = removal.failed;
  removal.failed ||= before;
  // A directory that could not be emptied is not tried, so its own error is not printed: one error names one obstacle.
  if (!left) yield* removeName(removal, path, os.rmdir(path));
}

/** The program. */
export const rm: Program = function* (os, words) {
  const { options, operands } = splitOptions(words);
  const recursive = options.has('-r') || options.has('-R') || options.has('--recursive');
  const force = options.has('-f') || options.has('--force');
  if (operands.length === 0 && !force) {
    os.print('rm: missing operand', 'error');
    return 1;
  }
  const removal: Removal = { os, recursive, force, failed: false };
  for (const path of operands) {
    if (path === '/' && recursive && !options.has('--no-preserve-root')) {
      os.print("rm: it is dangerous to operate recursively on '/'", 'error');
      os.print('rm: use --no-preserve-root to override this failsafe', 'error');
      removal.failed = true;
      continue;
    }
    yield* remove(removal, path);
  }
  return removal.failed ? 1 : 0;
};
