/**
 * A small deterministic shell. It is a process of the simulation: each of its programs makes system calls one by one,
 * so a power cut can fall between any two of them.
 */
import type { Procedure, Process } from '../kernel/process.ts';
import { expandWord } from './expand.ts';
import { textOf, type Output, type Program } from './program.ts';
import { cat, chmod, cp, ln, ls, mkdir, mv, touch } from './programs/files.ts';
import { rm } from './programs/rm.ts';
import { parseLine, type SimpleCommand } from './words.ts';

/** What a shell knows beside the file system. */
export interface ShellContext {
  readonly home: string;
  /** Programs of the simulated system, such as its package tool, by name. */
  readonly programs: { readonly [name: string]: Program };
  /** The same process with the rights of root, for sudo. */
  readonly asRoot: (os: Process) => Process;
}

const builtin: { readonly [name: string]: Program } = {
  cat,
  chmod,
  cp,
  ln,
  ls,
  mkdir,
  mv,
  rm,
  touch,
  echo: function* (os, words, output) {
    output(words.join(' '));
    yield* os.compute(1);
    return 0;
  },
  sync: function* (os) {
    yield* os.sync();
    return 0;
  },
  true: function* (os) {
    yield* os.compute(1);
    return 0;
  },
  false: function* (os) {
    yield* os.compute(1);
    return 1;
  },
  pwd: function* (os, _words, output) {
    output(os.cwd);
    yield* os.compute(1);
    return 0;
  },
  cd: function* (os, [to], _output, home) {
    const path = to ?? home;
    try {
      const { kind } = yield* os.stat(path);
      if (kind === 'directory') {
        os.cwd = path.startsWith('/') ? path : `${os.cwd}/${path}`;
        return 0;
      }
      os.print(`bash: cd: ${path}: Not a directory`, 'error');
    } catch (error) {
      os.print(`bash: cd: ${path}: ${textOf(error)}`, 'error');
    }
    return 1;
  },
};

/** Runs one line; gives the status of the last command. Errors go to the terminal, as bash and Linux word them. */
export function* runCommand(os: Process, line: string, context: ShellContext): Procedure<number> {
  const parsed = parseLine(line);
  if (!parsed.ok) {
    os.print(parsed.message, 'error');
    return 2;
  }
  let status = 0;
  for (const command of parsed.commands) {
    if (command.when === 'success' && status !== 0) continue;
    if (command.when === 'failure' && status === 0) continue;
    status = yield* runSimple(os, command, context);
  }
  return status;
}

function* runSimple(os: Process, command: SimpleCommand, context: ShellContext): Procedure<number> {
  const words: string[] = [];
  for (const word of command.words) words.push(...(yield* expandWord(os, word, context.home)));
  const { redirect } = command;
  if (redirect === undefined) {
    const terminal: Output = (text) => {
      os.print(text);
    };
    return yield* runProgram(os, words, terminal, context);
  }
  const [path = ''] = yield* expandWord(os, redirect.to, context.home);
  const kept: string[] = [];
  try {
    const flags = redirect.append ? { append: true } : { truncate: true };
    const fd = yield* os.open(path, { access: 'write', create: true, ...flags });
    const status = yield* runProgram(os, words, (text) => kept.push(`${text}\n`), context);
    if (kept.length > 0) yield* os.writeText(fd, kept.join(''));
    yield* os.close(fd);
    return status;
  } catch (error) {
    os.print(`bash: ${path}: ${textOf(error)}`, 'error');
    return 1;
  }
}

function* runProgram(
  os: Process,
  words: readonly string[],
  output: Output,
  context: ShellContext,
): Procedure<number> {
  const [name, ...rest] = words;
  if (name === undefined) return 0;
  if (name === 'sudo') {
    const root = os.user === 0 ? os : context.asRoot(os);
    return yield* runProgram(root, rest, output, context);
  }
  const program =
    context.programs[name] ?? (Object.hasOwn(builtin, name) ? builtin[name] : undefined);
  if (program === undefined) {
    os.print(`bash: ${name}: command not found`, 'error');
    return 127;
  }
  return yield* program(os, rest, output, context.home);
}
