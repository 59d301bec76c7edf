/**
 * Tells a scenario to one machine, step by step, until a power cut that is to be judged, or to its end. Every later
 * machine starts from the disk that the one before it left. After a power cut the story goes on from one disk, even
 * where many were judged: see {@link toldInstant}.
 */
import type { Backend, MachineBrief } from '../backends/backend.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { assert } from '../model/lab-error.ts';
import { settlingMicroseconds } from '../model/limits.ts';
import type { VersionName } from '../model/release.ts';
import type { MeasuredNumber, TerminalLine } from '../model/report.ts';
import type { Instant, Scenario, Step } from '../model/scenario.ts';
import type { VolumeId } from '../model/device.ts';
import type { Reason } from '../model/verdict.ts';
import type { Volume } from '../model/volume.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Account } from '../kernel/space-account.ts';
import type { Mark, PlantedFile } from './marks.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { volumesAfterShutdown, volumesFrom, windowsOf } from './crash-disk.ts';
import { DataStory } from './data-story.ts';
import { lookOf, looksAtPrograms, performAct, wordsOf, type Act, type Deeds } from './acts.ts';
import { homeOf } from './home-path.ts';
import { microsecondsOf, toldInstant } from './instant.ts';
import { judgingOf } from './judging-facts.ts';
import { isStruckByNext, stagesSince, type PerformedStep } from './performed-step.ts';
import { refuseWhereUnable } from './lifecycle.ts';
import { liveDisk } from './live-disk.ts';
import { chosenStart, linesOf, otherStart, powerOn } from './power-on.ts';
import { interruptOf, strikesOf } from './strikes.ts';
import { personOf, SimulatedMachine, type MachineParts } from './simulated-machine.ts';

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
  /** What was done to data beside their owner's work. */
  readonly marks: Mark[] = [];
  readonly planted: PlantedFile[] = [];
  /** Packages that somebody took off on purpose: their files are missed by nobody. */
  readonly removed = new Set<string>();
  readonly refused: Reason[] = [];
  readonly measured: MeasuredNumber[] = [];
  terminalDropped = 0;
  machine: SimulatedMachine;
  volumes: readonly Volume[];
  /** Version that the machine started last. */
  running: VersionName = 'v1';
  /** Version that ran when the last update to another one began, and the one that it goes to. */
  before: VersionName = 'v1';
  target: VersionName = 'v2';
  /** The disk to judge is what a forced power-off left, not what the machine saw. */
  forcedOff = false;
  /** Volumes that a scenario lets fill, and what they hold. */
  readonly #limits = new Map<VolumeId, number>();
  readonly #deeds: Deeds | undefined;
  #stolen = false;
  /** The steps of this machine: those of other systems are left out. */
  readonly #steps: readonly Step[];
  #next = 0;
  /** Since when the machine is off; undefined while it runs. */
  #offSince: number | undefined;
  /** The story has gone past the power cut that is judged. */
  #afterCut = false;
  /** Where the present step began, and how many stages its machine had then. */
  #stepBegin = { atMicroseconds: 0, stages: 0 };

  constructor(scenario: Scenario, backend: Backend, brief: MachineBrief, deeds?: Deeds) {
    this.#deeds = deeds;
    this.scenario = scenario;
    this.backend = backend;
    this.brief = brief;
    this.#steps = scenario.steps.filter(({ on }) => on?.includes(brief.system.id) ?? true);
    this.data = new DataStory(brief.blobs);
    this.volumes = backend.install(brief);
    this.machine = this.startMachine(0, 0);
    if (brief.settings.startChecks !== undefined) refuseWhereUnable(this, 'checkStarts');
    this.#noteData();
    this.#begin();
  }

  /** Switches a machine on, on the volumes as they are. */
  startMachine(
    startMicroseconds: number,
    operationIndexStart: number,
    chosen: Pick<MachineParts, 'choice' | 'wentBackAt'> = {},
  ): SimulatedMachine {
    const { backend, brief, volumes } = this;
    const parts = { backend, brief, volumes, startMicroseconds, operationIndexStart, ...chosen };
    const machine = new SimulatedMachine(parts);
    for (const [volume, capacity] of this.#limits) this.#limit(machine.kernel, volume, capacity);
    return machine;
  }

  /** What performs the rarer verbs; whoever tells a scenario that has them hands it over. */
  get deeds(): Deeds {
    assert(this.#deeds !== undefined, 'a scenario with rare verbs is told without them');
    return this.#deeds;
  }

  /** From now on a volume holds no more than this, after a restart too. */
  limitSpace(volume: VolumeId, capacityBytes: number): Account {
    this.#limits.set(volume, capacityBytes);
    return this.#limit(this.machine.kernel, volume, capacityBytes);
  }

  #limit(kernel: Kernel, volume: VolumeId, capacityBytes: number): Account {
    const account = this.deeds.accountOf(kernel.tree(volume), capacityBytes);
    kernel.limitSpace(volume, account);
    return account;
  }

  /** Simulated time. */
  get now(): number {
    return this.#offSince ?? this.machine.kernel.nowMicroseconds;
  }

  /** A line of the story itself on the terminal. */
  say(text: string, kind: TerminalLine['kind'] = 'note'): void {
    this.#collectTerminal();
    this.terminal.push({ atMicroseconds: this.now, text, kind });
  }

  /** Looks at all data; after a power cut, what a disk has lost is not what somebody wrote. */
  #noteData(how: 'note' | 'meet' | 'find' = 'note'): void {
    const { tree } = this.machine;
    for (const { id, path } of this.brief.data) {
      if (how === 'find') this.data.find(id, path, tree);
      else this.data[how](id, path, tree, this.now);
    }
    for (const path of this.backend.packageDatabase(this.brief)) {
      this.data.note(path, path, tree, this.now);
    }
  }

  /** Performs steps until a power cut comes up, which it gives back, or until the scenario ends. */
  tell(): PowerLoss | undefined {
    for (;;) {
      const step = this.#steps[this.#next++];
      if (step === undefined) break;
      if (step.verb !== 'fault') this.#perform(step);
      else if (step.fault === 'power-loss' && this.performed.has(step.during)) return step;
    }
    this.#collectTerminal();
    return undefined;
  }

  /** Whether the power is to be cut once more after the steps told so far. */
  get hasLaterCut(): boolean {
    const rest = this.#steps.slice(this.#next);
    return rest.some((step) => step.verb === 'fault' && step.fault === 'power-loss');
  }

  /** Lets a power cut with an instant of its own strike, and tells on from the disk that it leaves to the next one. */
  passCut(fault: PowerLoss): PowerLoss | undefined {
    this.#cutPower(fault, this.windowsAt(this.now, fault));
    return this.tell();
  }

  /**
   * Tells what comes after a power cut, on the disk of one instant: the one given, the one that the step names, or
   * {@link toldInstant}. `windows` are the volumes as they were judged. Gives the number of later power cuts: they
   * strike, and are not judged.
   */
  goOn(fault: PowerLoss, windows: readonly VolumeWindow[], cut?: Instant): number {
    this.#afterCut = true;
    this.#cutPower(fault, windows, cut);
    let later = 0;
    for (let next = this.tell(); next !== undefined; next = this.tell()) {
      this.#cutPower(next, this.windowsAt(this.now, next));
      later++;
    }
    return later;
  }

  /** The volumes with what reached the drive: a barrier that was left out never did. */
  #volumesAt({ during, dropsBarrier }: PowerLoss): readonly Volume[] {
    const step = this.performed.get(during);
    if (dropsBarrier === undefined || step === undefined) return this.volumes;
    const instant = step.startMicroseconds + microsecondsOf(dropsBarrier, step);
    const { volumes, words } = this.deeds.withoutBarrier(this.volumes, instant);
    this.say(words);
    return volumes;
  }

  #cutPower(fault: PowerLoss, windows: readonly VolumeWindow[], cut?: Instant): void {
    const step = this.performed.get(fault.during);
    assert(step !== undefined, `no step ${fault.during}`);
    const { moment } = fault;
    const at = cut ?? (moment.kind === 'at' ? moment.at : toldInstant);
    const instant = step.startMicroseconds + microsecondsOf(at, step);
    this.#collectTerminal();
    const shown = this.terminal.filter(({ atMicroseconds }) => atMicroseconds <= instant);
    this.terminal.splice(0, this.terminal.length, ...shown);
    this.volumes = volumesFrom(windows, instant, this.volumes);
    this.#switchOff(instant);
    this.say('The power fails.');
  }

  #switchOff(instant: number): void {
    this.#collectTerminal();
    this.#offSince = instant;
    this.performed.clear();
  }

  #perform(step: Act): void {
    if (this.#stolen) {
      this.say(`The machine is gone; nobody can do this any more: ${wordsOf(step)}`, 'error');
      return;
    }
    this.#fillBefore(step);
    this.#beginStep();
    const { machine } = this;
    const isReboot = step.verb === 'reboot';
    if (this.#offSince === undefined || isReboot || step.verb === 'theft') this.#act(step);
    else if (step.verb === 'wait') this.#offSince += step.seconds * 1_000_000;
    else this.say(`Nobody can do this while the machine is off: ${wordsOf(step)}`, 'error');
    if (this.#offSince !== undefined || (isReboot && !this.#isStruckWhileGoingDown())) return;
    this.#noteData(lookOf[step.verb]);
    if (step.label === undefined) return;
    const { atMicroseconds: startMicroseconds, stages: stagesBefore } = this.#stepBegin;
    const all = this.machine.kernel.stages;
    const stages = stagesSince(all, machine === this.machine ? stagesBefore : 0, startMicroseconds);
    this.performed.set(step.label, { startMicroseconds, exitMicroseconds: this.now, stages });
  }

  #begin(): void {
    this.data.begin(this.backend.packageDatabase(this.brief), this.machine.tree, this.running);
    if (this.scenario.programs.length > 0) this.deeds.startPrograms(this);
    if (looksAtPrograms(this.scenario)) this.deeds.startRunning(this, this.machine);
  }

  #beginStep(): void {
    this.#stepBegin = { atMicroseconds: this.now, stages: this.machine.kernel.stages.length };
  }

  #act(step: Act): void {
    if (step.verb === 'reboot') this.#reboot(step.how);
    else if (step.verb === 'theft') this.#steal();
    else performAct(this, step, interruptOf(this.#steps, step));
  }

  #steal(): void {
    this.deeds.steal(this);
    this.#stolen = true;
    if (this.#offSince !== undefined) return;
    this.forcedOff = true;
    this.#switchOff(this.now);
  }

  /** A disk that is to fill during a step is nearly full when it begins. */
  #fillBefore(step: Act): void {
    if (this.#offSince !== undefined) return;
    for (const { at, place } of strikesOf(this.#steps, 'disk-full', step)) {
      this.deeds.fillDisk(this, at, step, place);
    }
  }

  /** A process of somebody, in their home. */
  processOf(name: string): SimulatedProcess {
    const os = this.machine.kernel.process(personOf(this.brief, name));
    os.cwd = homeOf(name);
    return os;
  }

  /** As a person does it: restart, choose the second line of the menu. Says whether the machine now runs that entry. */
  startSecondEntry(): boolean {
    this.#shutDown();
    const { backend, brief } = this;
    const [, second] = backend.bootMenu(brief, liveDisk(this.volumes, brief.blobs)).entries;
    if (second === undefined) {
      this.say('The machine is restarted, and its boot menu has no second entry.', 'error');
      this.#switchOn();
      return false;
    }
    this.say(`The machine is restarted, and “${second.title}” chosen in the boot menu.`);
    if (this.#switchOn(second.id)) {
      this.#beginStep();
      return true;
    }
    this.say('The machine is switched off and on, and left to start as it does by itself.');
    this.#switchOn();
    return false;
  }

  #reboot(how: 'clean' | 'forced'): void {
    const isClean = how === 'clean' && this.#offSince === undefined;
    if (this.#offSince === undefined) {
      const instant = this.now;
      if (how === 'clean') this.machine.shutDown();
      this.forcedOff = how === 'forced';
      if (this.#endsHere()) return;
      if (how === 'clean' && this.#isStruckWhileGoingDown()) return;
      if (how === 'clean') this.volumes = volumesAfterShutdown(this.volumes);
      else this.#pullPlug(instant);
      this.#switchOff(this.now);
    }
    this.forcedOff = false;
    this.say(isClean ? 'The machine is restarted.' : 'The machine is switched off and on.');
    if (this.#switchOn()) this.#noteData(isClean ? 'meet' : 'find');
  }

  /** Nothing is done to this machine any more, so its disk is judged as it is left. */
  #endsHere(): boolean {
    return !this.#afterCut && this.#steps.slice(this.#next).every(({ verb }) => verb === 'fault');
  }

  /** A power cut during this restart: the shutdown is all of it that there is to look at. */
  #isStruckWhileGoingDown(): boolean {
    return isStruckByNext(this.#steps, this.#next - 1);
  }

  #shutDown(): void {
    this.machine.shutDown();
    this.volumes = volumesAfterShutdown(this.volumes);
    this.#switchOff(this.now);
  }

  /** Everything done to the volumes until an instant, as the drive of this machine takes it. */
  windowsAt(instant: number, fault?: PowerLoss): readonly VolumeWindow[] {
    const volumes = fault === undefined ? this.volumes : this.#volumesAt(fault);
    return windowsOf(volumes, instant, this.brief.settings.drive);
  }

  #pullPlug(instant: number): void {
    this.volumes = volumesFrom(this.windowsAt(instant), instant, this.volumes);
  }

  /** Starts the machine from the disk as it is, if that starts. Says whether it runs. */
  #switchOn(choice?: string): boolean {
    const start = powerOn(judgingOf(this), this.volumes, choice);
    const startMicroseconds = this.now;
    this.terminal.push(...linesOf(start, startMicroseconds));
    if (!start.verdict.starts) {
      return choice === undefined && this.#isAttended && this.#switchOnOther();
    }
    const { operationIndex } = this.machine.kernel;
    const chosen = chosenStart(start, choice);
    this.machine = this.startMachine(startMicroseconds, operationIndex, chosen);
    this.#offSince = undefined;
    this.running = start.entry?.version ?? this.running;
    this.#begin();
    return true;
  }

  get #isAttended(): boolean {
    return this.brief.settings.attended !== false;
  }

  /** Where the menu offers another entry that starts, somebody chooses it and works on. */
  #switchOnOther(): boolean {
    const other = otherStart(judgingOf(this), this.volumes);
    if (other === undefined) return false;
    this.say(`Somebody chooses “${other.title}” in the menu.`);
    return this.#switchOn(other.id);
  }

  #collectTerminal(): void {
    this.terminal.push(...this.machine.kernel.terminal.splice(0));
    this.terminalDropped += this.machine.kernel.terminalDropped;
    this.machine.kernel.terminalDropped = 0;
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
