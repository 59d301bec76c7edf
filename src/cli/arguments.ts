/** What was typed, checked; bad usage is a sentence, not an exception. */
import { parseArgs } from 'node:util';
import type { Drive } from '../model/device.ts';
import { readDrive } from '../model/drive-words.ts';
import type { Instant, SearchPolicy } from '../model/scenario.ts';
import { searchPolicies } from '../model/scenario.ts';

/** A command, or what is wrong with it. */
export type Command =
  | { readonly kind: 'list' }
  | { readonly kind: 'help' }
  | { readonly kind: 'usage'; readonly text: string }
  | LitmusCommand
  | ConformCommand
  | ExplainCommand
  | RunCommand;

/** `litmus`: holds the engine against a file of litmus tests. */
export interface LitmusCommand {
  readonly kind: 'litmus';
  readonly file: string;
  readonly json: boolean;
}

/** `conform`: holds the simulation against a folder of recordings. */
export interface ConformCommand {
  readonly kind: 'conform';
  readonly folder: string;
  readonly json: boolean;
}

/** `explain`: a lecture on a case or a program; the list of cases when neither is named. */
export interface ExplainCommand {
  readonly kind: 'explain';
  readonly topic?: string;
  readonly fileSystems?: readonly string[];
  readonly drive?: Drive;
  readonly json: boolean;
}

/** `run`: one scenario on some systems. */
export interface RunCommand {
  readonly kind: 'run';
  readonly scenario: string;
  readonly systems?: readonly string[];
  readonly cut?: Instant;
  readonly drive?: Drive;
  readonly policy?: SearchPolicy;
  readonly seed: number;
  readonly release: 'classroom' | 'full';
  readonly variant?: string;
  /** Whether each fate is told with all its reasons and their sources. */
  readonly why: boolean;
  readonly json: boolean;
}

const options = {
  on: { type: 'string' },
  cut: { type: 'string' },
  drive: { type: 'string' },
  search: { type: 'string' },
  seed: { type: 'string' },
  release: { type: 'string' },
  variant: { type: 'string' },
  why: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function usage(text: string): Command {
  return { kind: 'usage', text };
}

/** The instant that a text names: `41%`, `31s`, `commit`, or the label of a stage. */
export function instantNamed(text: string): Instant | undefined {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text);
  if (share !== null) {
    const percent = Number(share[1]);
    return percent <= 100 ? { kind: 'share', percent } : undefined;
  }
  const time = /^(\d+(?:\.\d+)?)\s*(ms|s|min)$/.exec(text);
  if (time !== null) {
    const factor = time[2] === 'ms' ? 0.001 : time[2] === 'min' ? 60 : 1;
    return { kind: 'seconds', seconds: Number(time[1]) * factor };
  }
  if (text === 'commit') return { kind: 'commit' };
  return /^[A-Za-z]/.test(text) ? { kind: 'label', label: text } : undefined;
}

/** Reads the command line, without the program's own name. */
export function readArguments(typed: readonly string[]): Command {
  let parsed;
  try {
    parsed = parseArgs({ args: [...typed], options, allowPositionals: true });
  } catch (error) {
    return usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'bad usage');
  }
  const { values, positionals } = parsed;
  const [verb, scenario, ...surplus] = positionals;
  if (values.help === true || verb === 'help') return { kind: 'help' };
  if (verb === 'list') {
    return scenario === undefined ? { kind: 'list' } : usage(`too many words: ${scenario}`);
  }
  if (verb === 'litmus') return litmusCommand(scenario, surplus, values.json === true);
  if (verb === 'conform') {
    if (scenario === undefined) return usage('conform needs a folder of recordings');
    if (surplus.length > 0) return usage(`too many words: ${surplus.join(' ')}`);
    return { kind: 'conform', folder: scenario, json: values.json === true };
  }
  if (verb === 'explain') return explainCommand(scenario, surplus, values);
  if (verb !== 'run') {
    return usage(verb === undefined ? 'a command is missing' : `no command ${verb}`);
  }
  if (scenario === undefined) return usage('run needs the id or the file of a scenario');
  if (surplus.length > 0) return usage(`too many words: ${surplus.join(' ')}`);
  return runCommand(scenario, values);
}

function litmusCommand(
  file: string | undefined,
  surplus: readonly string[],
  json: boolean,
): Command {
  if (file === undefined) return usage('litmus needs a file of litmus tests');
  if (surplus.length > 0) return usage(`too many words: ${surplus.join(' ')}`);
  return { kind: 'litmus', file, json };
}

function explainCommand(
  topic: string | undefined,
  surplus: readonly string[],
  values: Values,
): Command {
  if (surplus.length > 0) return usage(`too many words: ${surplus.join(' ')}`);
  const { on } = values;
  const drive = driveFrom(values);
  if (typeof drive === 'string') return usage(drive);
  const names = typeof on === 'string' ? on.split(',').filter((name) => name !== '') : undefined;
  return {
    kind: 'explain',
    json: values.json === true,
    ...(topic === undefined ? {} : { topic }),
    ...(names === undefined ? {} : { fileSystems: names }),
    ...(drive === undefined ? {} : { drive }),
  };
}

type Values = { readonly [option in keyof typeof options]?: string | boolean };

/** The drive that was asked for; a sentence when its words are wrong. */
function driveFrom({ drive }: Values): Drive | string | undefined {
  if (typeof drive !== 'string') return undefined;
  const read = readDrive(drive);
  return read.ok ? read.drive : read.text;
}

function runCommand(scenario: string, values: Values): Command {
  const text = (option: keyof typeof options): string | undefined => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  const release = text('release') ?? 'classroom';
  if (release !== 'classroom' && release !== 'full') return usage(`no release ${release}`);
  const seed = Number(text('seed') ?? '1');
  if (!Number.isSafeInteger(seed) || seed < 0) return usage('the seed is a whole number from 0 on');
  const policy = searchPolicies.find((name) => name === text('search'));
  if (text('search') !== undefined && policy === undefined) {
    return usage(`no policy ${text('search') ?? ''}; there are ${searchPolicies.join(', ')}`);
  }
  const cutText = text('cut');
  const cut = cutText === undefined ? undefined : instantNamed(cutText);
  if (cutText !== undefined && cut === undefined) {
    return usage(`${cutText} is no instant; write 41%, 31s, 1500ms, commit, or a stage`);
  }
  if (cut !== undefined && policy !== undefined) {
    return usage('--cut and --search exclude each other');
  }
  const drive = driveFrom(values);
  if (typeof drive === 'string') return usage(drive);
  const variant = text('variant');
  const systems = text('on')
    ?.split(',')
    .filter((name) => name !== '');
  if (systems?.length === 0) return usage('--on needs the id of a system, or several with commas');
  return {
    kind: 'run',
    scenario,
    seed,
    release,
    why: values.why === true,
    json: values.json === true,
    ...(systems === undefined ? {} : { systems: [...new Set(systems)] }),
    ...(cut === undefined ? {} : { cut }),
    ...(policy === undefined ? {} : { policy }),
    ...(drive === undefined ? {} : { drive }),
    ...(variant === undefined ? {} : { variant }),
  };
}
