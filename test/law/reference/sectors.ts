import { Ext4WithoutJournal } from './ext4-without-journal.ts';
import { compileProgram, type Change } from './micro-operations.ts';
import type { SectorProfile } from './profile.ts';
import { StateSet, type LitmusProgram, type State, type Verdict } from './program.ts';
import { everyLook, type Pick } from './register.ts';
import { Vfat } from './vfat.ts';

/** A file system without order, running: changes go into registers, barriers flush some of them. */
export type SectorFileSystem = {
  /** Performs a change in memory. */
  apply(change: Change): void;
  /** Performs a barrier. */
  flush(barrier: Extract<Change, { kind: 'barrier' }>): void;
  /** What a reader finds at a path; undefined if the picked versions contradict one another. */
  look(observed: string, pick: Pick): string | undefined;
};

/**
 * vfat and ext4 without a journal (persistence.md 3.6 and 3.8): after a cut every sector holds any
 * version that it had since it was flushed. A barrier in flight flushes nothing for certain, so it
 * only takes away when it has returned.
 */
export function evaluateSectors(program: LitmusProgram, profile: SectorProfile): Verdict {
  const compiled = compileProgram(program);
  const allowed = new StateSet();
  const afterEnd = new StateSet();
  for (let done = 0; done <= compiled.operationCount; done += 1) {
    const disk =
      profile.kind === 'vfat' ? new Vfat(compiled.cuts) : new Ext4WithoutJournal(compiled.cuts);
    for (const change of compiled.setup) disk.apply(change);
    disk.flush({ kind: 'barrier', scope: 'everything' });
    for (const { change, operation } of compiled.operations) {
      if (operation > done) continue;
      if (change.kind !== 'barrier') disk.apply(change);
      else if (operation < done) disk.flush(change);
    }
    for (const state of statesOf(disk, program.observe)) {
      allowed.add(state);
      if (done === compiled.operationCount) afterEnd.add(state);
    }
  }
  return { allowed: allowed.sorted(), allowedAfterEnd: afterEnd.sorted() };
}

function* statesOf(disk: SectorFileSystem, observe: readonly string[]): Generator<State> {
  const looks = everyLook((pick) => {
    const state: Record<string, string> = {};
    for (const observed of observe) {
      const seen = disk.look(observed, pick);
      if (seen === undefined) return undefined;
      state[observed] = seen;
    }
    return state;
  });
  for (const state of looks) {
    if (state !== undefined) yield state;
  }
}
