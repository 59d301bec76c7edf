/** What is done to a machine while it runs, step by step: each verb of the language that is no power cut. */
import type { VersionName } from '../model/release.ts';
import type { Step } from '../model/scenario.ts';
import { runCommand } from '../shell/shell.ts';
import { attack } from './attack.ts';
import { flipBit } from './bit-rot.ts';
import { changeSystem } from './change-system.ts';
import { expandHome, homeOf } from './home-path.ts';
import { measure } from './measure.ts';
import { save } from './save.ts';
import { rootUser } from './simulated-machine.ts';
import type { Story } from './story.ts';
import { makeTypo } from './typo.ts';

/** Something that is done to the machine or with it. */
export type Act = Exclude<Step, { verb: 'fault' }>;

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
      changeSystem(story, step.change, after);
      break;
    case 'attack':
      attack(story, step.attack);
      break;
    case 'measure':
      measure(story, step.label ?? `line ${String(step.line)}`, step.what);
      break;
    case 'bit-flip':
      flipBit(story, step.file);
      break;
    case 'typo':
      makeTypo(story, step.file);
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
  story.lifecycle('update', command, procedure, work.os, interruptAfter);
}

function rollback(story: Story, interruptAfter: number): void {
  if (story.backend.rollbackFromSecondEntry === true && !story.startSecondEntry()) return;
  const work = story.machine.work();
  const { rollback: command } = story.brief.system.commands;
  const procedure = story.backend.rollback?.(work);
  story.lifecycle('rollback', command, procedure, work.os, interruptAfter);
}
