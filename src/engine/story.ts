/**
 * Tells a scenario to one machine, step by step, until a power cut that is to be judged, or to its end. Every later
 * machine starts from the disk that the one before it left.
 */
import type { Backend, MachineBrief } from '../backends/backend.ts';
import { runCommand } from '../shell/shell.ts';
import type { Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { assert } from '../model/lab-error.ts';
import { settlingMicroseconds } from '../model/limits.ts';
import type { Stage } from '../model/operation.ts';
import type { VersionName } from '../model/release.ts';
import type { TerminalLine } from '../model/report.ts';
import type { Instant, Scenario, Step } from '../model/scenario.ts';
import type { Volume } from '../model/volume.ts';
import { diskAt, volumesAfterShutdown, volumesFrom, windowsOf } from './crash-disk.ts';
import { DataStory } from './data-story.ts';
import { expandHome, homeOf } from './home-path.ts';
import { save } from './save.ts';
import { rootUser, SimulatedMachine, type Person } from './simulated-machine.ts';

/** A step that has been performed, in simulated time. */
export interface PerformedStep {
  readonly startMicroseconds: number;
  readonly exitMicroseconds: number;
  /** Stages of its procedure, with times from its start on. */
  readonly stages: readonly Stage[];
}

/** The fault step of a scenario, if it has one that cuts the power. */
export type PowerLoss = Extract<Step, { verb: 'fault' }>;

/** The machine of a story at a moment, with what happened to it so far. */
export class Story {
  readonly scenario: Scenario;
  readonly backend: Backend;
  readonly brief: MachineBrief;
  readonly data: DataStory;
  readonly terminal: TerminalLine[] = [];
  readonly performed = new Map<string, PerformedStep>();
  terminalDropped = 0;
  machine: SimulatedMachine;
  volumes: readonly Volume[];
  /** Version that the machine started last. */
  running: VersionName = 'v1';
  /** Version that an update of this story goes to. */
  target: VersionName = 'v2';
  /** The disk to judge is what a forced power-off left, not what the machine saw. */
  forcedOff = false;

  constructor(scenario: Scenario, backend: Backend, brief: MachineBrief) {
    this.scenario = scenario;
    this.backend = backend;
    this.brief = brief;
    this.data = new DataStory(brief.blobs);
    this.volumes = backend.install(brief);
    this.machine = this.#switchOn(0, 0);
    this.#noteData();
  }

  #switchOn(startMicroseconds: number, operationIndexStart: number): SimulatedMachine {
    const { backend, brief, volumes } = this;
    const parts = { backend, brief, volumes, startMicroseconds, operationIndexStart };
    return new SimulatedMachine(parts);
  }

  /** Simulated time. */
  get now(): number {
    return this.machine.kernel.nowMicroseconds;
  }

  #noteData(): void {
    const { tree } = this.machine;
    for (const { id, path } of this.brief.data) this.data.note(id, path, tree, this.now);
    for (const path of this.backend.packageDatabase(this.brief)) {
      this.data.note(path, path, tree, this.now);
    }
  }

  /** Performs steps until a power cut comes up, which it gives back, or until the scenario ends. */
  tell(): PowerLoss | undefined {
    const { steps } = this.scenario;
    for (const [index, step] of steps.entries()) {
      if (step.verb === 'fault') {
        if (step.fault === 'power-loss') return step;
        continue;
      }
      this.#perform(step, index === steps.length - 1);
    }
    this.#collectTerminal();
    return undefined;
  }

  #perform(step: Exclude<Step, { verb: 'fault' }>, last: boolean): void {
    const startMicroseconds = this.now;
    const stagesBefore = this.machine.kernel.stages.length;
    const { machine } = this;
    this.#act(step, last);
    this.#noteData();
    if (step.label === undefined || machine !== this.machine) return;
    const stages = machine.kernel.stages.slice(stagesBefore).map((stage) => ({
      ...stage,
      startMicroseconds: stage.startMicroseconds - startMicroseconds,
    }));
    this.performed.set(step.label, { startMicroseconds, exitMicroseconds: this.now, stages });
  }

  #act(step: Exclude<Step, { verb: 'fault' }>, last: boolean): void {
    const after = this.#interruptOf(step);
    switch (step.verb) {
      case 'wait':
        this.machine.wait(step.seconds * 1_000_000);
        break;
      case 'write':
        this.#write(step);
        break;
      case 'run':
        this.#command(step.as ?? 'sam', step.command, after);
        break;
      case 'update':
        this.#update(step.to, after);
        break;
      case 'rollback':
        this.#rollback();
        break;
      case 'reboot':
        this.#reboot(step.how, last);
        break;
    }
  }

  /** When somebody stops this step, in microseconds after its start; Infinity when nobody does. */
  #interruptOf({ label }: Step): number {
    for (const step of this.scenario.steps) {
      if (step.verb !== 'fault' || step.fault !== 'interrupt' || step.during !== label) continue;
      if (step.moment.kind === 'at' && step.moment.at.kind === 'seconds') {
        return step.moment.at.seconds * 1_000_000;
      }
    }
    return Infinity;
  }

  #person(name: string): Person {
    if (name === 'root') return rootUser;
    const account = this.brief.release.accounts.find((one) => one.name === name);
    assert(account !== undefined, `no account ${name}`);
    return { user: account.uid, group: account.uid };
  }

  #processOf(name: string): SimulatedProcess {
    const os = this.machine.kernel.process(this.#person(name));
    os.cwd = homeOf(name);
    return os;
  }

  #write(step: Extract<Step, { verb: 'write' }>): void {
    const name = step.as ?? 'sam';
    const datum = this.brief.data.find(({ id }) => id === step.to);
    const path = datum?.path ?? expandHome(step.to, name);
    const os = this.#processOf(name);
    os.print(`${name} saves ${path} (${step.how})`, 'note');
    const { text, append, how } = step;
    this.machine.perform(os, save(os, { path, text, append, how }));
  }

  #command(name: string, command: string, interruptAfter: number): void {
    const os = this.#processOf(name);
    this.machine.kernel.print(`$ ${command}`, 'command');
    const procedure = runCommand(os, command, {
      home: homeOf(name),
      programs: {},
      asRoot: () => os.as(rootUser),
    });
    this.machine.perform(os, procedure, interruptAfter);
  }

  #lifecycle(
    command: string,
    procedure: Procedure | undefined,
    os: SimulatedProcess,
    after: number,
  ) {
    os.print(`# ${command}`, 'note');
    if (procedure === undefined) os.print('This system has no such command.', 'error');
    else this.machine.update(os, procedure, after);
  }

  #update(to: VersionName, interruptAfter: number): void {
    this.target = to;
    const work = this.machine.work();
    const { update } = this.brief.system.commands;
    this.#lifecycle(update, this.backend.update?.(work, to), work.os, interruptAfter);
  }

  #rollback(): void {
    const work = this.machine.work();
    const { rollback } = this.brief.system.commands;
    this.#lifecycle(rollback, this.backend.rollback?.(work), work.os, Infinity);
  }

  #reboot(how: 'clean' | 'forced', last: boolean): void {
    if (how === 'clean') this.machine.shutDown();
    this.forcedOff = how === 'forced';
    if (last) return;
    this.restart(this.now);
  }

  /** The power has gone at an instant; the next machine starts from what is then on the disk. */
  restart(instant: number): void {
    this.#collectTerminal();
    const operationIndex = this.machine.kernel.operationIndex;
    this.volumes = this.forcedOff
      ? volumesFrom(diskAt(windowsOf(this.volumes, instant), instant), this.volumes)
      : volumesAfterShutdown(this.volumes);
    this.forcedOff = false;
    this.machine = this.#switchOn(instant, operationIndex);
  }

  #collectTerminal(): void {
    this.terminal.push(...this.machine.kernel.terminal.splice(0));
    this.terminalDropped += this.machine.kernel.terminalDropped;
  }

  /** The window in which a power cut strikes: the step, then quiet time. The machine idles through it. */
  window({ during }: PowerLoss): PerformedStep & { readonly endMicroseconds: number } {
    const step = this.performed.get(during);
    assert(step !== undefined, `no step ${during}`);
    const endMicroseconds = step.exitMicroseconds + settlingMicroseconds;
    this.#collectTerminal();
    return { ...step, endMicroseconds };
  }
}

/** An instant of a step, in microseconds after its start; a stage that is not there gives its end. */
export function microsecondsOf(instant: Instant, step: PerformedStep): number {
  const length = step.exitMicroseconds - step.startMicroseconds;
  switch (instant.kind) {
    case 'share':
      return Math.round((length * instant.percent) / 100);
    case 'seconds':
      return Math.round(instant.seconds * 1_000_000);
    case 'commit':
      return step.stages.find(({ commitPoint }) => commitPoint)?.startMicroseconds ?? length;
    case 'label':
      return step.stages.find(({ label }) => label === instant.label)?.startMicroseconds ?? length;
  }
}
