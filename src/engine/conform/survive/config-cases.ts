/**
 * The cases of edited configuration that were recorded: what the vendor ships in each version, what a state of /etc is
 * in words, and what a person changed between two states. Source: recording config-merge of the survival tests.
 */
import { makeDirectories, removeTree, statusOf } from '../../../backends/tool-calls.ts';
import type { Procedure, Process } from '../../../kernel/process.ts';
import { nameOf, parentOf } from '../../../model/path.ts';

/** Name of a case → what is there, as recorded: text, mode, and on Nix whether it is a link. */
export type EtcState = { readonly [name: string]: string };

/** A file that a version ships. */
export interface VendorFile {
  readonly name: string;
  readonly text: string;
  readonly mode: number;
}

/** A file of the base system that no package claims as configuration. */
export const machineFile = '../hosts';

const both = 'vendor1 vendor1';

/** Text of v1 and of v2; `-` is a version that does not ship the file. */
const vendorTexts: { readonly [name: string]: string } = {
  'both-added.conf': '- vendor2',
  'both-changed.conf': 'vendor1 vendor2',
  'both-same.conf': 'vendor1 same',
  'edited-after-update.conf': both,
  'untouched.conf': both,
  'user-changed.conf': both,
  'user-deleted-vendor-changed.conf': 'vendor1 vendor2',
  'user-deleted.conf': both,
  'user-mode.conf': 'vendor1 vendor2',
  'vendor-added.conf': '- vendor2',
  'vendor-changed.conf': 'vendor1 vendor2',
  'vendor-deleted-user-changed.conf': 'vendor1 -',
  'vendor-deleted.conf': 'vendor1 -',
  'vendor-mode.conf': both,
};

/** What a version ships. */
export function vendorFiles(version: 'v1' | 'v2'): readonly VendorFile[] {
  return Object.entries(vendorTexts).flatMap(([name, texts]) => {
    const text = texts.split(' ')[version === 'v1' ? 0 : 1] ?? '-';
    return text === '-' ? [] : [{ name, text, mode: 0o644 }];
  });
}

/** Path below /etc of a case. */
export function pathOfCase(name: string): string {
  return name.startsWith('../') ? name.slice(3) : `lab/${name}`;
}

function nameOfCase(path: string): string {
  return path.startsWith('lab/') ? path.slice('lab/'.length) : `../${path}`;
}

/** What a recorded state says of one file; undefined when the words carry no content. */
function meaningOf(name: string, words: string): { text: string; mode: number } | undefined {
  const [value = '', mode = ''] =
    /^(.*) (\S+)$/.exec(words.replace(/ \[.*\]$/, ''))?.slice(1) ?? [];
  if (name === machineFile) return { text: value.replace(/ user lines$/, ''), mode: 0o644 };
  return mode === '-' ? undefined : { text: value, mode: parseInt(mode, 8) };
}

/** Puts a file below a directory of configuration, in place of what is there. */
export function* putCase(os: Process, etc: string, { name, text, mode }: VendorFile): Procedure {
  const path = `${etc}/${pathOfCase(name)}`;
  yield* makeDirectories(os, parentOf(path));
  const there = yield* statusOf(os, path);
  if (there?.target !== undefined) yield* os.unlink(path);
  const flags = { access: 'write', create: true, truncate: true } as const;
  const now = there?.kind === 'file' ? yield* os.readText(path) : undefined;
  if (now !== text) yield* os.writeFile(path, text, flags, mode);
  if ((yield* os.stat(path)).mode !== mode) yield* os.chmod(path, mode);
}

/** Does below `etc` what a person did between two recorded states. */
export function* edit(os: Process, etc: string, before: EtcState, after: EtcState): Procedure {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const words = after[name];
    if (words === before[name]) continue;
    const meaning = words === undefined ? undefined : meaningOf(name, words);
    if (words === undefined) yield* removeTree(os, `${etc}/${pathOfCase(name)}`);
    else if (meaning !== undefined) yield* putCase(os, etc, { name, ...meaning });
  }
}

/** The words for what lies below a directory of configuration. */
export function* readState(os: Process, etc: string, linked = false): Procedure<EtcState> {
  const state: Record<string, string> = {};
  for (const path of yield* filesBelow(os, etc, '')) {
    const name = nameOfCase(path);
    const status = yield* statusOf(os, `${etc}/${path}`);
    const isLink = status?.target !== undefined;
    const text = yield* os.readText(`${etc}/${path}`);
    const { mode } = yield* os.stat(`${etc}/${path}`);
    const how = !linked ? '' : isLink ? ' [store-link]' : ' [plain-file]';
    if (name === machineFile && linked && isLink) state[name] = '0 -';
    else if (name === machineFile) state[name] = `${text} user lines -${how}`;
    else state[name] = `${text} ${mode.toString(8)}${how}`;
  }
  return state;
}

function* filesBelow(os: Process, top: string, below: string): Procedure<readonly string[]> {
  const found: string[] = [];
  for (const name of yield* os.readdir(`${top}${below}`)) {
    if (name === 'static') continue;
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${top}${path}`);
    if (status.kind === 'directory') found.push(...(yield* filesBelow(os, top, path)));
    else if (nameOf(path) !== '.updated') found.push(path.slice(1));
  }
  return found;
}
