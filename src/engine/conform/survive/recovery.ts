/** What starts when somebody puts a boot entry back by hand, from what is left on the volumes. */
import type { LayoutEntry, VolumePath } from './layout.ts';
import type { SurvivalMachine } from './survival-machine.ts';
import { below } from './userland.ts';

/** The facts of a start; the same words as in the recordings. */
export type StartFacts = { readonly [fact: string]: string | number };

/** Starts an entry. `makes` says whether the initramfs makes directories that it binds. */
export function startEntry(
  machine: SurvivalMachine,
  entry: LayoutEntry,
  makes: boolean,
): StartFacts {
  const missing = entry.bound.find((place) => machine.lookup(place) === 0);
  if (missing !== undefined && !makes) {
    return { start: `INITRD-FAIL bind ${missing.path.slice(missing.path.lastIndexOf('/') + 1)}` };
  }
  if (machine.names(below(entry.root, 'usr/sbin')).length === 0) {
    return { start: 'INITRD-FAIL no /sbin/init' };
  }
  // systemd takes an empty /etc for a first boot, and its firstboot waits for a key on the console.
  if (entry.etc !== undefined && mergedNames(machine, entry.etc).length === 0) {
    return { start: 'no login' };
  }
  return {
    start: 'running',
    labtool: `labtool ${entry.version}`,
    alice: 1,
    docs: filesBelow(machine, below(entry.home, 'alice/Documents')),
    sshkey: filesBelow(machine, below(entry.home, 'alice/.ssh')),
    svc: filesBelow(machine, entry.service),
    'hosts-user-lines': hostsLines(machine, entry.etc ?? []),
  };
}

function isWhiteout(machine: SurvivalMachine, place: VolumePath): boolean {
  const inode = machine.lookup(place);
  if (inode === 0) return false;
  const { kind, mode } = machine.kernel.tree(place.volume).attributesOf(inode);
  return kind === 'device' && mode === 0;
}

function mergedNames(machine: SurvivalMachine, layers: readonly VolumePath[]): readonly string[] {
  const hidden = new Set<string>();
  const names = new Set<string>();
  for (const layer of layers) {
    for (const name of machine.names(layer)) {
      if (isWhiteout(machine, below(layer, name))) hidden.add(name);
      else if (!hidden.has(name)) names.add(name);
    }
  }
  return [...names];
}

function filesBelow(machine: SurvivalMachine, place: VolumePath): number {
  const inode = machine.lookup(place);
  if (inode === 0) return 0;
  const { kind } = machine.kernel.tree(place.volume).attributesOf(inode);
  if (kind !== 'directory') return 1;
  return machine
    .names(place)
    .reduce((sum, name) => sum + filesBelow(machine, below(place, name)), 0);
}

function hostsLines(machine: SurvivalMachine, layers: readonly VolumePath[]): number {
  for (const layer of layers) {
    const place = below(layer, 'hosts');
    const inode = machine.lookup(place);
    if (inode === 0) continue;
    return isWhiteout(machine, place) ? 0 : Number(machine.kernel.tree(place.volume).textOf(inode));
  }
  return 0;
}

/** The same facts from the lines of a recorded start; the number of files in /etc is not among them. */
export function recordedStart(lines: readonly string[]): StartFacts {
  const failure = lines.find((line) => line.startsWith('INITRD-FAIL'));
  if (failure !== undefined) return { start: failure.trim() };
  const booted = lines.find((line) => line.startsWith('BOOTED|'));
  if (booted === undefined) return { start: 'no login' };
  const facts: Record<string, string | number> = {
    start: /state=(\w+)/.exec(booted)?.[1] ?? 'running',
  };
  const probe = lines.find((line) => line.startsWith('PROBE|')) ?? '';
  for (const word of probe.split('|').slice(1)) {
    const [name = '', value = ''] = word.split('=');
    if (name !== 'etc') facts[name] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return facts;
}
