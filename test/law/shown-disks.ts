/** What a search shows of a random program, and what the clock shows, held against the disks that the rules allow. */
import {
  exactObservation,
  possibilitiesOf,
  shows,
} from '../../src/engine/explain/possibilities.ts';
import type { Observation } from '../../src/engine/litmus/observe.ts';
import { recordProgram, type LitmusProgram } from '../../src/engine/litmus/program.ts';
import { timingOf, type Drive } from '../../src/model/device.ts';
import { FileSystemState } from '../../src/model/file-system-state.ts';
import { schedule, type Certainty } from '../../src/persistence/clock.ts';
import { compile } from '../../src/persistence/compile.ts';
import { durabilityOf } from '../../src/engine/explain/windows.ts';
import type { Compiled } from '../../src/persistence/compiled.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import { search, type Visit } from '../../src/persistence/explorer.ts';
import type { Moment } from '../../src/persistence/legality.ts';
import { exactly, includes } from '../../src/persistence/pattern.ts';
import { policyTable } from '../../src/persistence/policies.ts';
import { patternsOf, possibleDisks, type PossibleDisk } from '../../src/persistence/possible.ts';
import type { Profile } from '../../src/persistence/profile.ts';
import { profileNamed } from '../../src/persistence/registry.ts';

/** A program, and the paths at which its disks are looked at. */
export type ObservedProgram = LitmusProgram & { readonly observe: readonly string[] };

/** Longer than the longest timer, so that everything arrives. */
const afterMicroseconds = 38_000_000;

/** When the last timer of a paused program has long run out. */
export const endOfPaused = 500_000_000;

/** Everything that `exhaustive` shows, and which of it no possible disk shows. */
export function shown(program: ObservedProgram, profile: string, drive: Drive) {
  const { volume, blobs } = recordProgram(program, profile);
  const compiled = compile(volume, profileNamed(profile), drive);
  const { observe } = program;
  const end = (compiled.operations.at(-1)?.endMicroseconds ?? 0) + afterMicroseconds;
  const at = (certainty: Certainty) => schedule(compiled, timingOf(drive), end, certainty);
  const window = { volume: 'disk', compiled, likely: at('likely'), certain: at('certain') };
  const seen = new Map<string, Observation>();
  let state = new CrashState(compiled);
  const judge = {
    fresh: () => [(state = new CrashState(compiled))],
    visit: ({ unmountable }: Visit) => {
      if (unmountable !== undefined) return;
      const disk = new FileSystemState(compiled.base.table, state.cells);
      const observation = exactObservation(disk, blobs, observe);
      seen.set(JSON.stringify(observation), observation);
    },
    dependsOn: () => true,
    resultNow: () => '',
  };
  const span = { startMicroseconds: 0, endMicroseconds: end };
  search(policyTable.exhaustive, [window], judge, span);
  const { all, isComplete } = possibilitiesOf({
    compiled,
    blobs,
    observe,
    durability: durabilityOf(compiled),
  });
  const possible = [...all.values()].map(({ observation }) => observation);
  const isPossible = (one: Observation): boolean => possible.some((other) => shows(one, other));
  const seenOnes = [...seen.values()];
  const excluded = isComplete ? seenOnes.filter((one) => !isPossible(one)) : [];
  return { seen: seenOnes, excluded };
}

/** A program as it was recorded, with a pause before each of its operations. */
export function paused(
  program: LitmusProgram,
  profile: Profile,
  drive: Drive,
  waits: readonly number[],
): Compiled {
  const { volume } = recordProgram(program, profile.id);
  const compiled = compile(volume, profile, drive);
  let waited = 0;
  const operations = compiled.operations.map((operation, index) => {
    waited += waits[index % waits.length] ?? 0;
    const { startMicroseconds: start, endMicroseconds: finish } = operation;
    return { ...operation, startMicroseconds: start + waited, endMicroseconds: finish + waited };
  });
  return { ...compiled, operations };
}

/** Instants at which a clock shows a disk that is not possible then. */
export function impossibleInstants(compiled: Compiled, certainty: Certainty): readonly number[] {
  const timing = timingOf(compiled.drive);
  const at = schedule(compiled, timing, endOfPaused, certainty).durableMicroseconds;
  const instants = [...new Set([0, ...at])].filter((instant) => instant < Infinity);
  return instants.filter((now) => {
    const state = new CrashState(compiled);
    at.forEach((durable, micro) => {
      if (durable <= now) state.set(micro, true);
    });
    return !disksAt(compiled, now).some((disk) => isShownBy(disk, state.cells));
  });
}

/** How far the program had got; what begins or ends at this very instant counts both ways. */
function momentsAt({ operations }: Compiled, now: number): readonly Moment[] {
  const called = operations.filter((one) => one.startMicroseconds <= now).length;
  const returned = operations.filter((one) => one.endMicroseconds <= now).length;
  return [returned, Math.max(0, returned - 1)].map((completed) => ({ completed, issued: called }));
}

const disksAt = (compiled: Compiled, now: number): readonly PossibleDisk[] =>
  momentsAt(compiled, now).flatMap((moment) => [
    ...possibleDisks(compiled, moment, { exceeded: false }),
  ]);

/** What is seen of a cell: a name whose inode never arrived is absent to whoever looks. */
function valueSeen(state: FileSystemState, cell: number): number {
  const value = state.cells[cell] ?? 0;
  const isName = state.table.kindOf(cell) === 'name';
  return isName && state.attributes(value) === undefined ? 0 : value;
}

/** Whether a disk has these names and attributes, and allows these contents. */
function isShownBy(disk: PossibleDisk, cells: Int32Array): boolean {
  const { table } = disk.compiled.base;
  const showing = new FileSystemState(table, cells);
  for (let cell = 0; cell < table.size; cell++) {
    if (table.kindOf(cell) === 'content') continue;
    if (valueSeen(showing, cell) !== valueSeen(disk.state, cell)) return false;
  }
  return [...disk.compiled.contentMicros.keys()].every((inode) => {
    if (showing.attributes(inode) === undefined) return true;
    const content = exactly(showing.content(inode));
    return patternsOf(disk, inode).some(
      (pattern) => pattern.kind === 'bytes' && includes(pattern, content),
    );
  });
}
