/** The verbs and faults that few scenarios have. */
import { SpaceAccount } from '../kernel/space-account.ts';
import type { Deeds, RareAct } from './acts.ts';
import { attack } from './attack.ts';
import { flipBit } from './bit-rot.ts';
import { changeSystem } from './change-system.ts';
import { fillDisk } from './disk-full.ts';
import { withoutBarrier } from './drop-barrier.ts';
import { measure } from './measure.ts';
import { startRunning } from './running-programs.ts';
import { startPrograms } from './start-programs.ts';
import type { Story } from './story.ts';
import { steal } from './theft.ts';
import { makeTypo } from './typo.ts';

function perform(story: Story, step: RareAct, after: number): void {
  switch (step.verb) {
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
  }
}

/** All of them; {@link hasRareSteps} tells which scenarios need them. */
export const deeds: Deeds = {
  perform,
  fillDisk,
  startPrograms,
  startRunning,
  steal,
  withoutBarrier,
  accountOf: (tree, capacityBytes) => new SpaceAccount(tree, capacityBytes),
};
