/** cat, ls, cp, mv, mkdir, touch, ln, chmod: GNU coreutils as far as scenarios need them, with their messages. */
import { SystemError, type Procedure, type Process, type Status } from '../../kernel/process.ts';
import { nameOf, parentOf } from '../../model/path.ts';
import { attempt, splitOptions, textOf, type Program } from '../program.ts';
import { rm } from './rm.ts';

function* statusOf(os: Process, path: string): Procedure<Status | undefined> {
  try {
    return yield* os.stat(path);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** Prints files. */
export const cat: Program = function* (os, words, output) {
  let status = 0;
  for (const path of words) {
    try {
      const text = yield* os.readText(path);
      if (text !== '') for (const line of text.replace(/\n$/, '').split('\n')) output(line);
    } catch (error) {
      os.print(`cat: ${path}: ${textOf(error)}`, 'error');
      status = 1;
    }
  }
  return status;
};

/** Lists names; `-a` also hidden ones. */
export const ls: Program = function* (os, words, output) {
  const { options, operands } = splitOptions(words);
  let status = 0;
  for (const path of operands.length === 0 ? ['.'] : operands) {
    try {
      const { kind } = yield* os.stat(path);
      const names = kind === 'directory' ? yield* os.readdir(path) : [path];
      for (const name of names) if (options.has('-a') || !name.startsWith('.')) output(name);
    } catch (error) {
      os.print(`ls: cannot access '${path}': ${textOf(error)}`, 'error');
      status = 2;
    }
  }
  return status;
};

/** Makes directories; `-p` with parents. */
export const mkdir: Program = function* (os, words) {
  const { options, operands } = splitOptions(words);
  let failed = false;
  for (const path of operands) {
    if (options.has('-p')) failed = !(yield* makeParents(os, path)) || failed;
    else {
      const before = `mkdir: cannot create directory '${path}'`;
      failed = !(yield* attempt(os, before, os.mkdir(path))) || failed;
    }
  }
  return failed ? 1 : 0;
};

function* makeParents(os: Process, path: string): Procedure<boolean> {
  const status = yield* statusOf(os, path);
  if (status?.kind === 'directory') return true;
  const parent = parentOf(path);
  const relativeRoot = !path.includes('/');
  if (parent !== path && !relativeRoot && !(yield* makeParents(os, parent))) return false;
  return yield* attempt(os, `mkdir: cannot create directory '${path}'`, os.mkdir(path));
}

/** Creates empty files. */
export const touch: Program = function* (os, words) {
  let failed = false;
  for (const path of words) {
    const call = os.writeFile(path, '', { access: 'write', create: true });
    failed = !(yield* attempt(os, `touch: cannot touch '${path}'`, call)) || failed;
  }
  return failed ? 1 : 0;
};

/** The path that a source gets at a destination: inside it when that is a directory. */
function* destination(os: Process, source: string, to: string): Procedure<string> {
  const status = yield* statusOf(os, to);
  return status?.kind === 'directory' ? `${to.replace(/\/$/, '')}/${nameOf(source)}` : to;
}

function* copyTree(os: Process, from: string, to: string, recursive: boolean): Procedure<boolean> {
  try {
    const status = recursive ? yield* os.lstat(from) : yield* os.stat(from);
    if (status.kind === 'symlink') {
      yield* os.symlink(yield* os.readlink(from), to);
    } else if (status.kind !== 'directory') {
      yield* os.writeFile(to, yield* os.read(from), undefined, status.mode);
    } else if (!recursive) {
      os.print(`cp: -r not specified; omitting directory '${from}'`, 'error');
      return false;
    } else {
      return yield* copyDirectory(os, from, to);
    }
    return true;
  } catch (error) {
    const what = error instanceof SystemError && error.path === to ? 'create regular file' : 'stat';
    const path = what === 'stat' ? from : to;
    os.print(`cp: cannot ${what} '${path}': ${textOf(error)}`, 'error');
    return false;
  }
}

function* copyDirectory(os: Process, from: string, to: string): Procedure<boolean> {
  const there = yield* statusOf(os, to);
  if (there === undefined) yield* os.mkdir(to);
  let whole = true;
  for (const name of yield* os.readdir(from)) {
    whole = (yield* copyTree(os, `${from}/${name}`, `${to}/${name}`, true)) && whole;
  }
  return whole;
}

/** Copies files, with `-r` or `-a` whole trees. */
export const cp: Program = function* (os, words) {
  const { options, operands } = splitOptions(words);
  const to = operands.at(-1);
  const sources = operands.slice(0, -1);
  if (to === undefined || sources.length === 0) {
    os.print('cp: missing file operand', 'error');
    return 1;
  }
  const recursive = ['-r', '-R', '-a'].some((option) => options.has(option));
  let failed = false;
  for (const source of sources) {
    const target = yield* destination(os, source, to);
    failed = !(yield* copyTree(os, source, target, recursive)) || failed;
  }
  return failed ? 1 : 0;
};

/** Renames; across file systems it copies and removes, as mv does. */
export const mv: Program = function* (os, words, output, home) {
  const { operands } = splitOptions(words);
  const to = operands.at(-1);
  let failed = false;
  for (const source of to === undefined ? [] : operands.slice(0, -1)) {
    const target = yield* destination(os, source, to ?? '');
    try {
      yield* os.rename(source, target);
    } catch (error) {
      if (error instanceof SystemError && error.code === 'EXDEV') {
        const copied = yield* copyTree(os, source, target, true);
        const removed = copied ? yield* rm(os, ['-rf', source], output, home) : 1;
        failed ||= removed !== 0;
      } else {
        os.print(`mv: cannot move '${source}' to '${target}': ${textOf(error)}`, 'error');
        failed = true;
      }
    }
  }
  return failed ? 1 : 0;
};

/** Makes hard links, or symbolic ones with `-s`. */
export const ln: Program = function* (os, words) {
  const { options, operands } = splitOptions(words);
  const [target = '', path = nameOf(target)] = operands;
  const symbolic = options.has('-s');
  const call = symbolic ? os.symlink(target, path) : os.link(target, path);
  const before = `ln: failed to create ${symbolic ? 'symbolic' : 'hard'} link '${path}'`;
  return (yield* attempt(os, before, call)) ? 0 : 1;
};

/** Changes permission bits, given in octal. */
export const chmod: Program = function* (os, words) {
  const [mode = '', ...paths] = words;
  if (!/^[0-7]{3,4}$/.test(mode)) {
    os.print(`chmod: invalid mode: '${mode}'`, 'error');
    return 1;
  }
  let failed = false;
  for (const path of paths) {
    const before = `chmod: changing permissions of '${path}'`;
    failed = !(yield* attempt(os, before, os.chmod(path, parseInt(mode, 8)))) || failed;
  }
  return failed ? 1 : 0;
};
