/** A step performed on a copy of the machine, to learn how long it takes and how much room it needs. */
import { SpaceAccount, type SpacePeak } from '../kernel/space-account.ts';
import type { VolumeId } from '../model/device.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { Volume } from '../model/volume.ts';
import { performAct, type Act } from './acts.ts';
import type { PerformedStep } from './performed-step.ts';
import type { Story } from './story.ts';

/** What a rehearsal came to. */
export interface Rehearsal {
  readonly step: PerformedStep;
  readonly peaks: ReadonlyMap<VolumeId, readonly SpacePeak[]>;
}

/** The copy has been restarted, is shut down at the end where what that writes counts too, and its disks are as large as one likes; the story is as before afterwards. */
export function rehearse(story: Story, step: Act, andShutDown = false): Rehearsal {
  const { machine, volumes, before, target, running, now } = story;
  story.volumes = volumes.map(
    ({ description, table, live }) =>
      new Volume(description, new FileSystemState(table, live.cells.slice())),
  );
  story.machine = story.startMachine(now, machine.kernel.operationIndex);
  story.deeds.startRunning(story, story.machine);
  const { kernel } = story.machine;
  const ids = kernel.volumes.map(({ description }) => description.id);
  for (const id of ids) kernel.limitSpace(id, new SpaceAccount(kernel.tree(id), Infinity));
  const startMicroseconds = kernel.nowMicroseconds;
  const stagesBefore = kernel.stages.length;
  performAct(story, step, Infinity);
  const stages = kernel.stages.slice(stagesBefore).map((stage) => ({
    ...stage,
    startMicroseconds: stage.startMicroseconds - startMicroseconds,
  }));
  const exitMicroseconds = kernel.nowMicroseconds;
  if (andShutDown) story.machine.shutDown();
  Object.assign(story, { machine, volumes, before, target, running });
  return {
    step: { startMicroseconds, exitMicroseconds, stages },
    peaks: new Map(ids.map((id) => [id, kernel.spaceOf(id)?.peaks ?? []])),
  };
}
