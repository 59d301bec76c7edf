/** The machines that the contract is held against: every mechanism, in each of its tempers. */
import type { Backend } from '../../src/backends/backend.ts';
import { backendNamed, backends } from '../../src/backends/registry.ts';
import type { BackendId, BackendOptions } from '../../src/model/system.ts';
import { briefOf, TestMachine } from '../unit/backends/machine.ts';
import { thesis } from './whole-files.ts';

/** A mechanism with its options. */
export interface Machine {
  readonly backend: Backend;
  readonly options: BackendOptions;
}

function temper(label: string, id: BackendId, options: BackendOptions): readonly [string, Machine] {
  return [label, { backend: backendNamed(id), options }];
}

/** Label and machine: the defaults of each mechanism, then what else it can be. */
export const machines: readonly (readonly [string, Machine])[] = [
  ...backends.map((backend) => temper(backend.id, backend.id, {})),
  temper('mutable with rpm', 'mutable', { tool: 'rpm' }),
  temper('mutable as on Fedora', 'mutable', { layout: 'fedora' }),
  temper('mutable as on Fedora, offline', 'mutable', { layout: 'fedora', updates: 'offline' }),
  temper('mutable with Timeshift', 'mutable', { snapshots: 'timeshift-rsync' }),
  temper('btrfs in place', 'btrfs', { layout: 'tumbleweed' }),
  temper('btrfs in place, /var in the root', 'btrfs', { layout: 'tumbleweed', var: 'in-root' }),
  temper('ostree with hard links', 'ostree', { composefs: false }),
  temper('mutable with pacman', 'mutable', { tool: 'pacman' }),
  temper('ab with systemd-sysupdate', 'ab', { tool: 'sysupdate' }),
  temper('ab as on ChromeOS', 'ab', { tool: 'chromeos' }),
];

/** Whether its system is one image, in which no packages come and go. */
export function isImage(machine: Machine): boolean {
  const { backend, brief, running } = freshMachine(machine);
  return backend.bootMenu(brief, running.disk).entries[0]?.image !== undefined;
}

/** One of them, installed, with a datum. */
export function freshMachine({ backend, options }: Machine): TestMachine {
  const brief = briefOf(backend, options, [thesis]);
  // Some databases are left out of the recorded size, as they were left out of the recorded runs.
  return new TestMachine(backend, { ...brief, release: { ...brief.release, size: 'classroom' } });
}
