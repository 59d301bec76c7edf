/** The recorded command on a rebuilt machine, and what it complained about. */
import type { Procedure } from '../../../kernel/process.ts';
import { busyboxRm, rm } from '../../../shell/programs/rm.ts';
import type { Program } from '../../../shell/program.ts';
import { runCommand } from '../../../shell/shell.ts';
import type { SurvivalMachine } from './survival-machine.ts';

/** Reason of a complaint → how many lines. */
export type ErrorCounts = { readonly [reason: string]: number };

/** What a command left on the terminal. */
export interface CommandResult {
  readonly status: number;
  readonly errors: ErrorCounts;
  /** Complaints that something is read-only, by the part of the tree. */
  readonly readOnly: ErrorCounts;
}

/** A command as the recording names it, taken apart. */
interface Command {
  readonly user: number;
  readonly home: string;
  readonly line: string;
}

function commandOf(recorded: string): Command {
  const user = Number(/--reuid=(\d+)/.exec(recorded)?.[1] ?? 0);
  const home = /HOME=(\S+)/.exec(recorded)?.[1] ?? '/root';
  const line = recorded
    .replace(/^\S*setpriv( --\S+)* /, '')
    .replace(/^\S*env( \w+=\S+)* /, '')
    .replace(/^\S*\/(rm|busybox)\b/, '$1');
  return { user, home, line };
}

const busybox: Program = function* (os, [name, ...words], output, home) {
  if (name === 'rm') return yield* busyboxRm(os, words, output, home);
  os.print(`${name ?? ''}: applet not found`, 'error');
  return 127;
};

/** Runs the command; `ended` stops it where a process that ends while rm reads its directory stops it. */
export function runRecorded(
  machine: SurvivalMachine,
  recorded: string,
  ended: boolean,
): CommandResult {
  const { kernel } = machine;
  const { user, home, line } = commandOf(recorded);
  const os = kernel.process({ user, group: user });
  os.cwd = user === 0 ? '/' : home;
  const procedure = runCommand(os, line, {
    home,
    programs: { rm, busybox },
    asRoot: () => os,
  });
  const status = kernel.finish(os, ended ? stoppedInProc(machine, procedure) : procedure);
  return { status: status ?? 1, errors: errorsOf(machine, user), readOnly: readOnlyOf(machine) };
}

/** fts_read gives ESRCH when a process is gone that it is about to look at, and rm gives up. Measured, 1 of 15 runs. */
function* stoppedInProc(
  { kernel }: SurvivalMachine,
  procedure: Procedure<number>,
): Procedure<number> {
  for (;;) {
    const { done, value } = procedure.next();
    if (done === true) return value;
    if (kernel.lines.at(-1)?.text.includes("'/proc/") === true) break;
    yield;
  }
  procedure.return(1);
  kernel.print('rm: fts_read failed: No such process', 'error');
  return 1;
}

/**
 * What a line below /proc says for somebody who is not root: a hundred and a hundred and twenty lines for each process
 * of others. Source: recordings rm-*-rmuserslash, where the counts differ by that.
 */
const perProcess = { 'Operation not permitted': 100, 'Permission denied': 120 } as const;

/** Processes on the machine that the shell's figures are from. Source: recording rm-mutable-rmuserslash. */
const processesCounted = 79;

function errorsOf({ kernel, layout }: SurvivalMachine, user: number): ErrorCounts {
  const counts: Record<string, number> = {};
  const add = (reason: string, count: number): void => {
    counts[reason] = (counts[reason] ?? 0) + count;
  };
  let last = '';
  let walkedProc = false;
  for (const { text, kind } of kernel.lines) {
    const more = /^\(([\d,]+) more lines? like this for /.exec(text)?.[1];
    if (more !== undefined) add(last, Number(more.replaceAll(',', '')));
    if (kind !== 'error' || !text.startsWith('rm: ')) continue;
    last = reasonOf(text);
    walkedProc ||= text.includes("'/proc/");
    add(last, 1);
  }
  if (user !== 0 && walkedProc) {
    const others = layout.processCount - processesCounted;
    for (const [reason, lines] of Object.entries(perProcess)) add(reason, others * lines);
  }
  return counts;
}

function reasonOf(line: string): string {
  const known = /^rm: (?:WARNING: |cannot remove .*': |can't remove .*': |fts_read failed: )?(.*)$/;
  return withoutPath(known.exec(line)?.[1] ?? line);
}

/** A reason without the path that `--one-file-system` names in it. */
export function withoutPath(reason: string): string {
  return reason.replace(/^skipping '.*', /, '');
}

/** Top-level directories whose parts the recordings count apart. */
const counted = /^\/(?:usr|sysroot|boot|nix|data)\/[^/]+|^\/[^/]+/;

function readOnlyOf({ kernel }: SurvivalMachine): ErrorCounts {
  const counts: Record<string, number> = {};
  for (const { text } of kernel.lines) {
    const path = /^rm: .* '(.*)': Read-only file system$/.exec(text)?.[1];
    const part = path === undefined ? undefined : counted.exec(path)?.[0];
    if (part !== undefined) counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}
