/** The operations and rules behind what a file holds on a disk, for the reason of its fate. */
import { losesFlushed, type VolumeId } from '../model/device.ts';
import { whyChainLinkCountMax } from '../model/limits.ts';
import { nameOf, parentOf } from '../model/path.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { Reason } from '../model/verdict.ts';
import type { CrashState } from '../persistence/crash-state.ts';
import { historyOfIncluded } from '../persistence/disk-history.ts';
import type { DurabilityClock } from '../persistence/durability.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import type { Moment } from '../persistence/legality.ts';
import { reasonsForName } from '../persistence/reasons.ts';
import { ruleSentence } from '../persistence/rules.ts';

/** A volume of a disk, and how far its operations had got. */
export interface VolumeMoment {
  readonly volume: VolumeId;
  readonly state: CrashState;
  readonly moment: Moment;
  /** Of so many operations, from the first on, the timers have run out. */
  readonly timedOut: number;
  readonly clock: DurabilityClock;
}

/** How far the operations of a volume had got at an instant. */
export function momentAt({ compiled }: CrashState, nowMicroseconds: number): Moment {
  let completed = 0;
  let issued = 0;
  for (const { startMicroseconds, endMicroseconds } of compiled.operations) {
    if (startMicroseconds > nowMicroseconds) break;
    issued++;
    if (endMicroseconds <= nowMicroseconds) completed = issued;
  }
  return { completed, issued };
}

/** Of how many operations, from the first on, all is on the disk for certain at an instant. */
export function timedOutAt({ compiled, certain }: VolumeWindow, nowMicroseconds: number): number {
  if (losesFlushed(compiled.drive)) return 0;
  const late = certain.durableMicroseconds.findIndex((durable) => durable > nowMicroseconds);
  return late < 0 ? compiled.operations.length : (compiled.operationOf[late] ?? 0);
}

/** The chain behind the file at a path, newest links last; empty where its folder is gone. */
export function whyChain(
  tree: RootTree,
  path: string,
  volumes: readonly VolumeMoment[],
): readonly Reason[] {
  const folder = tree.walk(parentOf(path));
  const found = volumes.find(({ volume }) => volume === folder?.volume);
  if (folder === undefined || found === undefined) return [];
  const { state, moment, timedOut, clock } = found;
  const history = { ...historyOfIncluded(state, moment, timedOut), clock };
  const links = reasonsForName(history, folder.inode, nameOf(path)).filter(
    ({ rule }) => rule !== 'not-called' && rule !== 'untouched',
  );
  const { profile } = found.state.compiled;
  const chain = links.slice(-whyChainLinkCountMax);
  return chain.map(({ text, rule, sources: [source = ''] }, index, all) => {
    // A rule that decided twice in a row is told once.
    const isTold = all[index - 1]?.rule === rule;
    return { text: isTold ? text.replace(ruleSentence(rule, profile), '').trim() : text, source };
  });
}
