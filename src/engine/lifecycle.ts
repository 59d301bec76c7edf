/** Lifecycle commands of a system, and what it says when it has none. */
import { inabilityOf, type Capability } from '../backends/backend.ts';
import type { Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { Reason } from '../model/verdict.ts';
import type { Story } from './story.ts';

/** A command of the system's own tool. */
export interface LifecycleCommand {
  readonly capability: Capability;
  /** What somebody types. */
  readonly command: string;
  /** Absent where the mechanism has no such procedure. */
  readonly procedure: Procedure | undefined;
  readonly os: SimulatedProcess;
}

/** Runs it to its end, or until somebody stops it, or says why this system has none. */
export function runLifecycle(story: Story, asked: LifecycleCommand, interruptAfter: number): void {
  const { capability, command, procedure, os } = asked;
  os.print(`# ${command}`, 'note');
  const cannot = inabilityOf(story.backend, story.brief.options, capability) !== undefined;
  if (procedure === undefined || cannot) refuseCapability(story, capability);
  else story.machine.update(os, procedure, interruptAfter);
}

/** Notes and says what this system cannot do, and why. */
export function refuse(story: Story, because: Reason): void {
  story.refused.push(because);
  story.say(because.text, 'error');
}

/** Says what this system cannot do of what a scenario asks for, if it cannot. */
export function refuseWhereUnable(story: Story, capability: Capability): void {
  const { backend, brief } = story;
  if (inabilityOf(backend, brief.options, capability) === undefined) return;
  refuseCapability(story, capability);
}

/** The same for a capability of its mechanism. */
export function refuseCapability(story: Story, capability: Capability): void {
  const { backend, brief } = story;
  const inability = inabilityOf(backend, brief.options, capability);
  const { because: text, source } = inability ?? noCommand;
  refuse(story, { text, source });
}

const noCommand = {
  because: 'This system has no such command.',
  source: 'the procedures of this mechanism',
};
