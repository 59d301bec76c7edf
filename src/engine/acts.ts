/** What is done to a machine while it runs, step by step: each verb of the language that is no power cut. */
import type { VersionName } from '../model/release.ts';
import type { Account } from '../kernel/space-account.ts';
import type { RamTree } from '../kernel/ram-tree.ts';
import type { FullPlace, Instant, Scenario, Step } from '../model/scenario.ts';
import type { Volume } from '../model/volume.ts';
import { runCommand } from '../shell/shell.ts';
import { expandHome, homeOf } from './home-path.ts';
import { runLifecycle } from './lifecycle.ts';
import { save } from './save.ts';
import { rootUser, type SimulatedMachine } from './simulated-machine.ts';
import type { Story } from './story.ts';

/** Something that is done to the machine or with it. */
export type Act = Exclude<Step, { verb: 'fault' }>;

/** Verbs and faults that few scenarios have; what performs them is loaded with the first that does. */
export type RareAct = Extract<Act, { verb: 'change' | 'attack' | 'measure' | 'bit-flip' | 'typo' }>;

/** What performs them. */
export interface Deeds {
  readonly perform: (story: Story, step: RareAct, after: number) => void;
  /** Lets the disk fill, so that a step finds it full at an instant. */
  readonly fillDisk: (story: Story, at: Instant, step: Act, place?: FullPlace) => void;
  /** Programs with a format of their own start with the machine. */
  readonly startPrograms: (story: Story) => void;
  /** Programs that run keep their files, deleted or not. */
  readonly startRunning: (story: Story, machine: SimulatedMachine) => void;
  /** Somebody takes the machine. */
  readonly steal: (story: Story) => void;
  /** The volumes without the first barrier at or after an instant, and a sentence that names it. */
  readonly withoutBarrier: (
    volumes: readonly Volume[],
    instant: number,
  ) => { readonly volumes: readonly Volume[]; readonly words: string };
  /** Counts the room on a volume that holds no more than this. */
  readonly accountOf: (tree: RamTree, capacityBytes: number) => Account;
}

/** Whether a scenario needs them. */
export function hasRareSteps({ steps, programs }: Pick<Scenario, 'steps' | 'programs'>): boolean {
  if (programs.length > 0) return true;
  return steps.some((step) =>
    step.verb === 'fault'
      ? step.fault === 'disk-full' || step.dropsBarrier !== undefined
      : rareVerbs.has(step.verb),
  );
}

/** Whether a scenario looks at running programs, or at the room that their files take. */
export function looksAtPrograms({ steps }: Pick<Scenario, 'steps'>): boolean {
  return steps.some((step) =>
    step.verb === 'fault' ? step.fault === 'disk-full' : step.verb === 'measure',
  );
}

const rareVerbs: ReadonlySet<string> = new Set([
  'change',
  'attack',
  'measure',
  'bit-flip',
  'typo',
  'theft',
]);

/** Performs a step that neither restarts the machine nor takes it away; `after` is when somebody stops it. */
export function performAct(story: Story, step: Act, after: number): void {
  switch (step.verb) {
    case 'wait':
      story.machine.wait(step.seconds * 1_000_000);
      break;
    case 'write':
      write(story, step, after);
      break;
    case 'run':
      typeCommand(story, step.as ?? 'sam', step.command, after);
      break;
    case 'update':
      update(story, step.to, after);
      break;
    case 'rollback':
      rollback(story, after);
      break;
    case 'change':
    case 'attack':
    case 'measure':
    case 'bit-flip':
    case 'typo':
      story.deeds.perform(story, step, after);
      break;
    case 'reboot':
    case 'theft':
      break;
  }
}

/** What was typed or done, in a word. */
export function wordsOf(step: Act): string {
  return step.verb === 'run' ? step.command : step.verb;
}

function write(story: Story, step: Extract<Step, { verb: 'write' }>, interruptAfter: number): void {
  const name = step.as ?? 'sam';
  const datum = story.brief.data.find(({ id }) => id === step.to);
  const path = datum?.path ?? expandHome(step.to, name);
  const os = story.processOf(name);
  os.print(`${name} saves ${path} (${step.how})`, 'note');
  const { text, append, how } = step;
  story.machine.perform(os, save(os, { path, text, append, how }), interruptAfter);
}

function typeCommand(story: Story, name: string, command: string, interruptAfter: number): void {
  const os = story.processOf(name);
  story.machine.kernel.print(`$ ${command}`, 'command');
  const procedure = runCommand(os, command, {
    home: homeOf(name),
    programs: {},
    asRoot: () => os.as(rootUser),
  });
  story.machine.perform(os, procedure, interruptAfter);
}

function update(story: Story, to: VersionName, interruptAfter: number): void {
  if (to !== story.running && to !== story.target) {
    story.before = story.running;
    story.target = to;
  }
  const work = story.machine.work();
  const { update: command } = story.brief.system.commands;
  const procedure = story.backend.update?.(work, to);
  runLifecycle(story, { capability: 'update', command, procedure, os: work.os }, interruptAfter);
}

function rollback(story: Story, interruptAfter: number): void {
  if (story.backend.rollbackFromSecondEntry === true && !story.startSecondEntry()) return;
  const work = story.machine.work();
  const { rollback: command } = story.brief.system.commands;
  const procedure = story.backend.rollback?.(work);
  runLifecycle(story, { capability: 'rollback', command, procedure, os: work.os }, interruptAfter);
}

/** How data are looked at after steps in which somebody other than the owner writes; other steps write versions. */
export const lookOf: { readonly [verb in Act['verb']]?: 'meet' | 'find' } = {
  attack: 'find',
  'bit-flip': 'find',
  update: 'meet',
  rollback: 'meet',
};
