/** Recorded tampering: which attempts work, what is there after a restart, and which command finds it. */
import type { Procedure } from '../../../kernel/process.ts';
import type { Facts } from './facts.ts';
import type { LayoutEntry } from './layout.ts';
import { layouts } from './layouts/registry.ts';
import type { TamperRecording } from './recordings.ts';
import type { SurvivalMachine } from './survival-machine.ts';
import { linksOfDaemon, tryIt, type Attack } from './tamper-attempts.ts';
import { restarted, tamperMachine } from './tamper-machine.ts';
import { compareVerification } from './tamper-verify.ts';

/** Digests of the daemon as recorded → how often the attacker's line was appended. Source: recordings tamper-*. */
const appendedTimes: { readonly [digest: string]: number } = {
  '48d924c2cb14820964aec03105673afd': 0,
  '419c1bfb27615aa472a6076e3d83ecaf': 1,
  c3debe5f65fdc249f8adaa1a57e39de1: 2,
};

/**
 * A slot that was written below dm-verity still starts when the start does not read those blocks. Measured: after 200 kB
 * it started, after 8 MB it did not.
 */
const unreadBytesMax = 1_000_000;

/** Tries everything that was tried, restarts into both versions, verifies. */
export function compareTampering(recording: TamperRecording, facts: Facts): void {
  const layout = layouts[recording.layout];
  if (layout === undefined) {
    facts.problem(`There is no rebuilt layout “${recording.layout}”.`);
    return;
  }
  const [previous] = Object.keys(recording.previous);
  const entries = Object.values(layout.entries);
  const other =
    previous === undefined
      ? entries.find(({ version }) => version === 'v1')
      : layout.entries[previous];
  const attack: Attack = { machine: tamperMachine(layout), other, damaged: new Map() };
  for (const line of recording.attempts) compareAttempt(line, attack, facts);
  compareNow(recording.attempts, attack, facts);
  const running = runningEntry(attack.machine);
  if (running !== undefined) {
    compareStart('restarted', recording.again, running, attack, facts);
  }
  for (const [file, lines] of Object.entries(recording.previous)) {
    const entry = layout.entries[file];
    if (entry === undefined) facts.problem(`There is no rebuilt boot entry “${file}”.`);
    else compareStart(file, lines, entry, attack, facts);
  }
  compareVerification(recording.verify, attack, facts);
}

function runningEntry({ layout }: SurvivalMachine): LayoutEntry | undefined {
  const entries = Object.values(layout.entries);
  const [root] = layout.mounts;
  const exact = entries.find(
    (entry) => entry.root.volume === root?.volume && entry.root.path === root.path,
  );
  return exact ?? entries.find(({ version }) => version === 'v2');
}

/** Reasons that a recorded output may name; without one the attempt worked. */
const refusals: readonly (readonly [RegExp, string])[] = [
  [/Read-only/, 'Read-only file system'],
  [/Operation not permitted/, 'Operation not permitted'],
  [/not supported/, 'not supported'],
  [/write-protected/, 'write-protected'],
  [/mount point not mounted/, 'not mounted'],
  [/Input\/output error/, 'Input/output error'],
];

function compareAttempt(line: string, attack: Attack, facts: Facts): void {
  const [word, , words = '', , ...rest] = line.split('|');
  if (word !== 'TAMPER') return;
  const output = rest.join('|');
  const fact = `attempt: ${words}`;
  if (words === 'links of labd') {
    facts.same(fact, Number(output), linksOfDaemon(attack));
    return;
  }
  const bytes = Number(/(\d+) bytes/.exec(output)?.[1] ?? 0);
  const result = tryIt(words, bytes, attack);
  const recorded = refusals.find(([pattern]) => pattern.test(output))?.[1] ?? 'done';
  if (result === undefined) facts.problem(`${fact}: not known.`);
  else facts.same(fact, recorded, result);
}

function readAt({ kernel, root }: SurvivalMachine, path: string): string | undefined {
  let text: string | undefined;
  function* reading(): Procedure {
    try {
      text = yield* root.readText(path);
    } catch {
      text = undefined;
    }
  }
  kernel.finish(root, reading());
  return text;
}

function daemonOf(machine: SurvivalMachine): number | undefined {
  const text = readAt(machine, '/usr/bin/labd');
  return text === undefined ? undefined : text.split('\n# EVIL').length - 1;
}

/** What the attacked system shows at once. */
function compareNow(lines: readonly string[], { machine, damaged }: Attack, facts: Facts): void {
  const line = lines.find((one) => one.startsWith('NOW|'));
  const [root] = machine.layout.mounts;
  if (line === undefined || root === undefined) return;
  const [, tool = '', daemon = ''] = line.split('|');
  const unreadable = damaged.has(root.volume) ? 'Input/output error' : undefined;
  const recorded = tool.includes('Input/output error') ? 'Input/output error' : tool;
  facts.same('now: labtool', recorded, unreadable ?? readAt(machine, '/usr/bin/labtool'));
  if (unreadable !== undefined) return;
  facts.same('now: lines appended to labd', timesOf(daemon), daemonOf(machine));
}

function timesOf(words: string): number | undefined {
  return appendedTimes[/^[0-9a-f]{32}/.exec(words)?.[0] ?? ''];
}

function compareStart(
  fact: string,
  lines: readonly string[],
  entry: LayoutEntry,
  attack: Attack,
  facts: Facts,
): void {
  const check = lines.find((line) => line.startsWith('CHECK|'));
  const damage = attack.damaged.get(entry.root.volume) ?? 0;
  const starts = damage <= unreadBytesMax;
  facts.same(`${fact}: starts`, check !== undefined, starts);
  if (check === undefined || !starts) return;
  const machine = restarted(attack.machine, entry);
  // The last fact is two paths, the second on a line of its own.
  const second = lines[lines.indexOf(check) + 1] ?? '';
  const recorded = recordedCheck(check, second);
  const simulated = simulatedCheck(machine);
  for (const [name, value] of Object.entries(recorded)) {
    facts.same(`${fact}: ${name}`, value, simulated[name]);
  }
}

type Check = { readonly [fact: string]: unknown };

/** Files whose presence was checked. */
const checkedPaths: { readonly [fact: string]: string } = {
  newroot: '/newroot',
  newtop: '/sysroot/newtop',
  'evil-unit': '/etc/systemd/system/evil.service',
  bashrc: '/home/alice/.bashrc',
  usrlocal: '/usr/local/bin/ls',
};

function recordedCheck(line: string, second: string): Check {
  const facts: Record<string, unknown> = {};
  for (const word of line.split('|').slice(1)) {
    const cut = word.indexOf('=');
    const [name, value] = [word.slice(0, cut), word.slice(cut + 1)];
    if (checkedPaths[name] !== undefined) facts[name] = value === checkedPaths[name];
    else if (name === 'labd') facts['lines appended to labd'] = timesOf(value);
    else if (name === 'evil-ran') facts[name] = value === 'ran';
    else if (name === 'lsattr') facts['immutable'] = /^\S*i\S* \//.test(value);
    else if (name === 'boot-evil') {
      facts[name] = [value, second].some((path) => /^\/(boot|efi)\/evil$/.test(path));
    } else facts[name] = value;
  }
  return facts;
}

function simulatedCheck(machine: SurvivalMachine): Check {
  const there = (path: string): boolean => existsAt(machine, path);
  const facts: Record<string, unknown> = {
    labtool: readAt(machine, '/usr/bin/labtool'),
    'lines appended to labd': daemonOf(machine),
    'evil-ran': there('/etc/systemd/system/evil.service'),
    untouched: readAt(machine, '/etc/lab/untouched.conf'),
    'vendor-changed': readAt(machine, '/etc/lab/vendor-changed.conf'),
    immutable: isImmutable(machine),
    'boot-evil': there('/boot/evil') || there('/efi/evil'),
  };
  for (const [name, path] of Object.entries(checkedPaths)) facts[name] = there(path);
  return facts;
}

function existsAt({ kernel, root }: SurvivalMachine, path: string): boolean {
  let found = false;
  function* looking(): Procedure {
    try {
      yield* root.stat(path);
      found = true;
    } catch {
      found = false;
    }
  }
  kernel.finish(root, looking());
  return found;
}

function isImmutable(machine: SurvivalMachine): boolean {
  const [root] = machine.layout.mounts;
  if (root === undefined) return false;
  return machine.kernel.tree(root.volume).attributesOf(machine.lookup(root)).immutable === true;
}
