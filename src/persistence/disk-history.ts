/** What became of each micro-operation on one disk after a power cut: what reasons are told from. */
import type { Inode } from '../model/cell-table.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { microClass, type Compiled } from './compiled.ts';
import { CrashState } from './crash-state.ts';
import type { DurabilityClock } from './durability.ts';
import { obligations, type Moment, type Obligations } from './legality.ts';
import type { PossibleContent, PossibleDisk, StepFate } from './possible.ts';

/** A disk after a power cut, with what became of each micro-operation. */
export interface DiskHistory {
  readonly compiled: Compiled;
  readonly duties: Obligations;
  readonly state: FileSystemState;
  /** Operations before this one are settled: a sync of everything came after them, or every timer has run out. */
  readonly settled: number;
  /** When each change is there for certain, where somebody knows the times. */
  readonly clock?: DurabilityClock;
  /** What became of a micro-operation that was called. */
  fateOf(micro: number): StepFate;
}

/** The history of one possible disk, with the contents that were chosen for its files. */
export function historyOf(
  disk: PossibleDisk,
  contents: ReadonlyMap<Inode, PossibleContent>,
): DiskHistory {
  const { compiled, duties, state, landed } = disk;
  const fateOf = (micro: number): StepFate => {
    const fate = contents.get(compiled.inodeOf[micro] ?? 0)?.fates.get(micro);
    if (fate !== undefined) return fate;
    if (compiled.classes[micro] === microClass.metadata) {
      return landed.has(micro) ? 'there' : 'missing';
    }
    return compiled.profile.metadataOrder === 'nowhere' ? 'missing' : 'perhaps';
  };
  return { compiled, duties, state, settled: disk.cut.settled, fateOf };
}

/** The history of a disk that holds exactly these micro-operations; of the first `timedOut` the timers have run out. */
export function historyOfIncluded(
  { compiled, included, cells }: Pick<CrashState, 'compiled' | 'included' | 'cells'>,
  moment: Moment,
  timedOut = 0,
): DiskHistory {
  const duties = obligations(compiled, moment);
  const fateOf = (micro: number): StepFate => {
    if (included[micro] === 0) return 'missing';
    const step = compiled.steps[micro];
    const waits = step?.kind === 'attach' && step.dataMicro >= 0;
    return waits && included[step.dataMicro] === 0 ? 'room' : 'there';
  };
  const state = new FileSystemState(compiled.base.table, cells.slice());
  return { compiled, duties, state, settled: Math.max(duties.cutMin, timedOut), fateOf };
}

/** Everything that was called, on the disk. */
export function wholeState(compiled: Compiled, micros = compiled.count): FileSystemState {
  const whole = new CrashState(compiled);
  for (let micro = 0; micro < micros; micro++) whole.set(micro, true);
  return new FileSystemState(compiled.base.table, whole.cells);
}
