/** Numbers that a story notes on the way. */
import { heldBytes } from '../kernel/space-account.ts';
import type { Measure } from '../model/scenario.ts';
import { allocatedBytes, usedBytes } from '../model/space.ts';
import { refuseCapability } from './lifecycle.ts';
import { measurePrograms } from './running-programs.ts';
import { scrub } from './scrub.ts';
import type { Story } from './story.ts';

/** Notes a number under the name of its step. */
export function measure(story: Story, step: string, what: Measure): void {
  if (what === 'space') measureSpace(story, step);
  else if (what === 'programs') measurePrograms(story, step);
  else if (what === 'scrub') scrub(story, step);
  else measureIntegrity(story, step);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A raw slot takes what it takes, whatever is in it: its size is the one of its image. */
function measureSpace(story: Story, step: string): void {
  const parts = story.volumes
    .filter(({ description }) => description.profile !== 'variables')
    .map(({ description, live }) => ({
      label: description.label,
      bytes: description.profile.startsWith('raw-slot')
        ? allocatedBytes(live.content(live.root).sizeBytes)
        : usedBytes(live, description.profile) +
          heldBytes(story.machine.kernel.tree(description.id)),
    }));
  const value = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const list = parts.map(({ label, bytes }) => `${label} ${megabytes(bytes)}`).join(', ');
  const text = `Files take ${megabytes(value)}: ${list}.`;
  story.measured.push({ step, what: 'space', value, text });
  story.say(text);
}

/** How often the system's own check complains; what it does not look at stays unknown, and its words say so. */
function measureIntegrity(story: Story, step: string): void {
  const { backend, machine } = story;
  const work = machine.work();
  const procedure = backend.verify?.(work);
  if (procedure === undefined) {
    refuseCapability(story, 'verify');
    return;
  }
  const errors = (): number =>
    machine.kernel.terminal.filter(({ kind }) => kind === 'error').length;
  const before = errors();
  machine.perform(work.os, procedure);
  const value = errors() - before;
  const text =
    value === 0
      ? 'The system’s own check of its files complains about nothing.'
      : `The system’s own check of its files complains ${value === 1 ? 'once' : `${String(value)} times`}.`;
  story.measured.push({ step, what: 'integrity', value, text });
  story.say(text);
}
