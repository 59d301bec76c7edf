/**
 * Every disk that a power cut can leave at one moment of a short program: each legal cut of the metadata, and for each
 * file the contents that its unforced writes allow. Independent choices are kept as sets and multiply only when
 * someone asks about several files at once. Source: persistence.md 3.4.
 */
import type { Inode } from '../model/cell-table.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { exploredSubsetBitsMax } from '../model/limits.ts';
import type { Compiled } from './compiled.ts';
import { legalCuts, obligations, type Cut, type Moment, type Obligations } from './legality.ts';
import { replayed } from './replay.ts';
import { landedOf, landingGroups, waysOf } from './sectors.ts';

export { contentsOf, patternsOf } from './possible-content.ts';
export type { PossibleContent, StepFate } from './possible-content.ts';

/** One way in which the names can be, with what each file may hold. */
export interface PossibleDisk {
  readonly compiled: Compiled;
  readonly duties: Obligations;
  readonly cut: Cut;
  /** The metadata micro-operations that are there. */
  readonly landed: ReadonlySet<number>;
  readonly state: FileSystemState;
}

/** A search that had to leave something out says so. */
export interface SearchBound {
  exceeded: boolean;
}

/** All ways in which the names can be at a moment. */
export function* possibleDisks(
  compiled: Compiled,
  moment: Moment,
  bound: SearchBound,
): Generator<PossibleDisk> {
  const duties = obligations(compiled, moment);
  if (compiled.profile.metadataOrder === 'nowhere') {
    yield gone(compiled, duties);
    return;
  }
  for (const cut of legalCuts(compiled, duties)) {
    for (const chosen of landings(compiled, cut, bound)) {
      const landed = new Set([...cut.required, ...chosen]);
      yield { compiled, duties, cut, landed, state: replayed(compiled, cut, landed) };
    }
  }
}

/** Memory that lost its power: an empty file system. */
function gone(compiled: Compiled, duties: Obligations): PossibleDisk {
  const { table } = compiled.base;
  const cells = new Int32Array(table.size);
  const root = table.findAttributesCell(compiled.base.root);
  if (root !== undefined) cells[root] = compiled.base.cells[root] ?? 0;
  const cut = { at: 0, settled: 0, required: [], optional: [], born: new Set<Inode>() };
  return { compiled, duties, cut, landed: new Set(), state: new FileSystemState(table, cells) };
}

/** What may land besides, group by group: within a sector the newest version holds all older ones. */
function* landings(compiled: Compiled, cut: Cut, bound: SearchBound): Generator<readonly number[]> {
  const groups = landingGroups(compiled, cut);
  const choices = groups.map((group) => waysOf(compiled, group));
  const ways = choices.reduce((product, count) => product * count, 1);
  if (ways > 2 ** exploredSubsetBitsMax) {
    bound.exceeded = true;
    return;
  }
  for (let way = 0; way < ways; way++) {
    let rest = way;
    yield groups.flatMap((group, index) => {
      const count = choices[index] ?? 1;
      const chosen = rest % count;
      rest = Math.floor(rest / count);
      return landedOf(compiled, group, chosen);
    });
  }
}
