/**
 * rm, name by name: what is in a directory goes before the directory, an error is printed and the walk goes on, and a
 * directory in which something could not be removed is not tried. Source: GNU coreutils src/remove.c; busybox
 * libbb/remove_file.c; messages and order as in the recordings of the survival tests.
 */
import { terminalLineMicroseconds, walkMicroseconds } from '../../kernel/cost.ts';
import { SystemError, type Procedure, type Process, type Status } from '../../kernel/process.ts';
import { subvolumeOf } from '../../model/cell-table.ts';
import { splitOptions, textOf, type Program } from '../program.ts';
import {
  pseudoFileSystems,
  type Complaints,
  type PseudoFileSystem,
} from './pseudo-file-systems.ts';

interface Removal {
  readonly os: Process;
  readonly recursive: boolean;
  readonly force: boolean;
  /** busybox: no guard of `/`, no check of cycles, other words. */
  readonly plain: boolean;
  /** The device that `--one-file-system` stays on. */
  device?: string;
  failed: boolean;
  /**
   * coreutils only: the name after a directory that is its own ancestor is passed over. Source: coreutils src/remove.c,
   * fts_skip_tree; recorded: the info.xml beside the running snapshot stays.
   */
  skipsNext: boolean;
}

/** Whether everything below is gone, so that the directory above may be tried. */
type Emptied = Procedure<boolean>;

function* complain({ os }: Removal, line: string): Procedure {
  os.print(`rm: ${line}`, 'error');
  yield* os.compute(terminalLineMicroseconds);
}

function* refuse(removal: Removal, path: string, error: unknown): Emptied {
  removal.failed = true;
  const words = removal.plain ? "can't remove" : 'cannot remove';
  yield* complain(removal, `${words} '${path}': ${textOf(error)}`);
  return false;
}

/** What is not there is fine with `-f`. */
function isMissing(error: unknown): boolean {
  return error instanceof SystemError && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

/** Removes a path; `above` are the directories that the walk is in. */
function* remove(removal: Removal, path: string, above: readonly string[]): Emptied {
  const { os, force } = removal;
  let status;
  try {
    status = yield* os.lstat(path);
  } catch (error) {
    return force && isMissing(error) ? true : yield* refuse(removal, path, error);
  }
  if (status.kind !== 'directory') return yield* removeName(removal, path, os.unlink(path));
  if (!removal.recursive) {
    return yield* refuse(removal, path, new SystemError('EISDIR', 'rm', path));
  }
  if (yield* isElsewhere(removal, path, status)) return false;
  const pseudo = pseudoFileSystems[path];
  if (pseudo !== undefined) return yield* walkPseudo(removal, path, pseudo, above);
  const identity = `${status.volume} ${String(status.inode)}`;
  if (!removal.plain && above.includes(identity)) return yield* warnOfCycle(removal, path);
  return yield* removeDirectory(removal, path, [...above, identity]);
}

/** `--one-file-system`: what is mounted below, or another subvolume, is not entered. */
function* isElsewhere(
  removal: Removal,
  path: string,
  { volume, inode }: Status,
): Procedure<boolean> {
  if (removal.device === undefined) return false;
  const device = deviceOf(volume, inode);
  if (removal.device === '') removal.device = device;
  if (removal.device === device && pseudoFileSystems[path] === undefined) return false;
  removal.failed = true;
  yield* complain(removal, `skipping '${path}', since it's on a different device`);
  return true;
}

/** Each subvolume has a device number of its own, as btrfs shows it. */
function deviceOf(volume: string, inode: number): string {
  return `${volume} ${String(subvolumeOf(inode))}`;
}

function* removeName(removal: Removal, path: string, call: Procedure): Emptied {
  yield* removal.os.compute(walkMicroseconds);
  try {
    yield* call;
    return true;
  } catch (error) {
    return removal.force && isMissing(error) ? true : yield* refuse(removal, path, error);
  }
}

function* removeDirectory(removal: Removal, path: string, above: readonly string[]): Emptied {
  const { os } = removal;
  let names: readonly string[];
  try {
    names = yield* os.readdir(path);
  } catch (error) {
    return yield* removeUnreadable(removal, path, error);
  }
  const emptied = yield* removeBelow(removal, path, names, above);
  removal.skipsNext = false;
  return emptied ? yield* removeName(removal, path, os.rmdir(path)) : false;
}

function* removeBelow(
  removal: Removal,
  path: string,
  names: readonly string[],
  above: readonly string[],
): Emptied {
  let emptied = true;
  for (const name of names) {
    if (removal.skipsNext) {
      removal.skipsNext = false;
      continue;
    }
    const below = path.endsWith('/') ? `${path}${name}` : `${path}/${name}`;
    emptied = (yield* remove(removal, below, above)) && emptied;
  }
  return emptied;
}

/** A directory that cannot be read may still be empty; if it is not, the reason is that it could not be read. */
function* removeUnreadable(removal: Removal, path: string, reason: unknown): Emptied {
  try {
    yield* removal.os.rmdir(path);
    return true;
  } catch (error) {
    const full = error instanceof SystemError && error.code === 'ENOTEMPTY';
    return yield* refuse(removal, path, full ? reason : error);
  }
}

/** Lines that are told together: enough of them that a screen is not full of nothing else. */
const linesTogether = 5000;

function* walkPseudo(
  removal: Removal,
  path: string,
  pseudo: PseudoFileSystem,
  above: readonly string[],
): Emptied {
  const { os } = removal;
  const isRoot = os.user === 0;
  removal.failed = true;
  if (isRoot) {
    if (pseudo.hasFiles) yield* removeBelow(removal, path, yield* os.readdir(path), above);
    yield* os.compute(pseudo.removedCount * walkMicroseconds);
  }
  for (const complaints of isRoot ? pseudo.forRoot : pseudo.forOthers) {
    yield* complainAlike(removal, path, complaints);
  }
  return false;
}

/** The first line, and after each few thousand more how many they were: a line is told when it has been printed. */
function* complainAlike(removal: Removal, path: string, { first, count }: Complaints): Procedure {
  const { os } = removal;
  yield* os.compute(walkMicroseconds);
  yield* complain(removal, first);
  for (let left = count - 1; left > 0; left -= linesTogether) {
    const lines = Math.min(left, linesTogether);
    yield* os.compute(lines * (walkMicroseconds + terminalLineMicroseconds));
    const number = lines.toLocaleString('en');
    os.print(`(${number} more ${lines === 1 ? 'line' : 'lines'} like this for ${path})`, 'note');
  }
}

/** The directory above is tried all the same, and says that it is not empty. */
function* warnOfCycle(removal: Removal, path: string): Emptied {
  removal.failed = true;
  removal.skipsNext = true;
  yield* complain(removal, 'WARNING: Circular directory structure.');
  removal.os.print('This almost certainly means that you have a corrupted file system.', 'error');
  removal.os.print('NOTIFY YOUR SYSTEM MANAGER.', 'error');
  removal.os.print('The following directory is part of the cycle:', 'error');
  removal.os.print(`  '${path}'`, 'error');
  return true;
}

/** A reason not to start with an operand at all. */
function guardOf(
  path: string,
  recursive: boolean,
  options: ReadonlySet<string>,
): readonly string[] {
  if (/(^|\/)\.\.?\/*$/.test(path)) {
    return [`refusing to remove '.' or '..' directory: skipping '${path}'`];
  }
  if (!recursive || !/^\/+$/.test(path) || options.has('--no-preserve-root')) return [];
  return [
    "it is dangerous to operate recursively on '/'",
    'use --no-preserve-root to override this failsafe',
  ];
}

function program(plain: boolean): Program {
  return function* (os, words) {
    const { options, operands } = splitOptions(words);
    const recursive = ['-r', '-R', '--recursive'].some((option) => options.has(option));
    const force = options.has('-f') || options.has('--force');
    const removal: Removal = { os, recursive, force, plain, failed: false, skipsNext: false };
    if (operands.length === 0 && !force) {
      yield* complain(removal, 'missing operand');
      return 1;
    }
    for (const path of operands) {
      const guard = plain ? [] : guardOf(path, recursive, options);
      for (const line of guard) yield* complain(removal, line);
      if (options.has('--one-file-system')) removal.device = '';
      if (guard.length > 0) removal.failed = true;
      else yield* remove(removal, path, []);
      removal.skipsNext = false;
    }
    return removal.failed ? 1 : 0;
  };
}

/** rm of GNU coreutils. */
export const rm: Program = program(false);

/** rm of busybox 1.37. */
export const busyboxRm: Program = program(true);
