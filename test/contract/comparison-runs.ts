/** What the page that compares systems is made from: each system described, and a few stories run on it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, Capability, MachineBrief } from '../../src/backends/backend.ts';
import { backendNamed } from '../../src/backends/registry.ts';
import {
  expandRelease,
  runLaboratory,
  scenarioVariant,
  systemList,
} from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import { SimulatedMachine } from '../../src/engine/simulated-machine.ts';
import { BlobTable } from '../../src/model/content.ts';
import type { Stage } from '../../src/model/operation.ts';
import type { SystemReport } from '../../src/model/report.ts';
import type { MountPlan, System } from '../../src/model/system.ts';
import type { Volume } from '../../src/model/volume.ts';

const project = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');
const release = expandRelease(read('public/releases/classroom.json'));

/** Data in three places; Sam updates, changes all three, and goes back. */
const back = `id: there-and-back
title: There and back
story: Sam updates, changes three files, and goes back with the system's own tool.
goal: You can say what goes back.
teach: What is shared by all versions stays.
tests: [rollback-restores-everything]
level: 1
data:
  - { id: etc, kind: edited-config, path: /etc/app/app.conf, text: "one\\n", label: /etc }
  - { id: var, kind: service-data, path: /var/lib/app/records, text: "one\\n", label: /var }
  - { id: home, kind: document, path: ~/thesis.txt, text: "one\\n", label: Home }
steps:
  - update: v2
  - reboot: clean
  - change: { edit: etc, append: "two\\n" }
  - change: { edit: var, append: "two\\n" }
  - write: { to: home, append: "two\\n", how: temp-fsync-rename }
  - wait: 60 s
  - rollback: previous
  - reboot: clean
  - reboot: clean
ask: []
expect: []
`;

const stay = back.replace('  - rollback: previous\n', '');
const clean = back.replace(
  'rollback: previous\n  - reboot: clean',
  'change: { clean: generations }',
);

/** A system, what its disk looks like, and what its stories came to. */
export interface Compared {
  readonly system: System;
  readonly backend: Backend;
  readonly mounts: readonly MountPlan[];
  /** The directory in which homes lie, links followed. */
  readonly homeDirectory: string;
  /** Stages of an update and of the clean shutdown after it. */
  readonly updateStages: readonly Stage[];
  /** Stages of what some verbs do on an updated machine. */
  readonly stagesOf: { readonly [capability in Capability]?: readonly Stage[] };
  readonly updated: SystemReport;
  readonly back: SystemReport;
  readonly cleaned: SystemReport;
  /** After one bit has changed: in a photo, in a program, in a database under /var. */
  readonly decayed: {
    readonly photo: SystemReport;
    readonly browser: SystemReport;
    readonly database: SystemReport;
  };
  /** After an update whose kernel panics. */
  readonly badKernel: SystemReport;
}

/** Every system of the catalogue, the usual ones first. */
export function comparedSystems(): readonly Compared[] {
  return systemList().map(compared);
}

function compared(system: System): Compared {
  const { options } = system;
  const backend = backendNamed(system.backend);
  const blobs = new BlobTable();
  const brief = { system, release, options, settings: {}, blobs, data: [] };
  const volumes = backend.install(brief);
  const machine = switchedOn(backend, brief, volumes);
  const mounts = backend.mounts(brief, machine.disk);
  const real = machine.tree.walk('/var/home/sam');
  const home = machine.tree.walk('/home/sam');
  const isLinked = real !== undefined && real.volume === home?.volume && real.inode === home.inode;
  const updateStages = updated(machine, backend);
  return {
    system,
    backend,
    mounts,
    homeDirectory: isLinked ? '/var/home' : '/home',
    updateStages,
    stagesOf: {
      collectGarbage: stagesOf(backend, brief, volumes, 'collectGarbage'),
      verify: stagesOf(backend, brief, volumes, 'verify'),
      pin: stagesOf(backend, brief, volumes, 'pin'),
      unlock: stagesOf(backend, brief, volumes, 'unlock'),
      factoryReset: stagesOf(backend, brief, volumes, 'factoryReset'),
    },
    updated: told(stay, system),
    back: told(back, system),
    cleaned: told(clean, system),
    decayed: {
      photo: told(read('scenarios/bit-rot.yaml'), system, 'photo'),
      browser: told(read('scenarios/bit-rot.yaml'), system, 'browser'),
      database: told(read('scenarios/bit-rot.yaml'), system, 'database'),
    },
    badKernel: told(read('scenarios/bad-release.yaml'), system, 'broken-kernel'),
  };
}

function switchedOn(
  backend: Backend,
  brief: MachineBrief,
  volumes: readonly Volume[],
): SimulatedMachine {
  const operations = volumes.flatMap((volume) => volume.operations);
  return new SimulatedMachine({
    backend,
    brief,
    volumes,
    startMicroseconds: 0,
    operationIndexStart: operations.reduce((most, { index }) => Math.max(most, index + 1), 0),
  });
}

function updated(machine: SimulatedMachine, backend: Backend): readonly Stage[] {
  const before = machine.kernel.stages.length;
  const work = machine.work();
  if (backend.update !== undefined) machine.update(work.os, backend.update(work, 'v2'));
  machine.shutDown();
  return machine.kernel.stages.slice(before);
}

function stagesOf(
  backend: Backend,
  brief: MachineBrief,
  volumes: readonly Volume[],
  verb: 'collectGarbage' | 'verify' | 'factoryReset' | 'pin' | 'unlock',
): readonly Stage[] {
  const machine = switchedOn(backend, brief, volumes);
  const before = machine.kernel.stages.length;
  const work = machine.work();
  const procedure = verb === 'unlock' ? backend.unlock?.(work, 'transient') : backend[verb]?.(work);
  if (procedure === undefined) return [];
  machine.perform(work.os, procedure);
  const stages = machine.kernel.stages.slice(before);
  machine.shutDown();
  return stages;
}

function told(text: string, { id }: System, variant?: string): SystemReport {
  const known = systemList().map((one) => one.id);
  const parsed = parseScenario(text, known);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const scenario = scenarioVariant(parsed.value, variant);
  const { systems } = runLaboratory({
    scenario,
    systems: [id],
    release,
    seed: 1,
    policy: 'instant',
  });
  const [report] = systems;
  if (report === undefined) throw new Error(`no report on ${id}`);
  return report;
}
