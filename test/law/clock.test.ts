/** Laws of the clock: what it shows is possible, and what it calls certain is on every disk. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordProgram, type LitmusProgram } from '../../src/engine/litmus/program.ts';
import { FileSystemState } from '../../src/model/file-system-state.ts';
import { recordedDrive, timingOf, type Drive } from '../../src/model/device.ts';
import { schedule } from '../../src/persistence/clock.ts';
import { compile } from '../../src/persistence/compile.ts';
import { microClass, type Compiled } from '../../src/persistence/compiled.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import { durabilityAt, durabilityClock } from '../../src/persistence/durability.ts';
import type { Moment } from '../../src/persistence/legality.ts';
import { exactly, includes } from '../../src/persistence/pattern.ts';
import {
  contentsOf,
  patternsOf,
  possibleDisks,
  type PossibleDisk,
} from '../../src/persistence/possible.ts';
import type { Profile } from '../../src/persistence/profile.ts';
import { profiles } from '../../src/persistence/registry.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

const end = 130_000_000;
const endOfPaused = 500_000_000;
const runs = { numRuns: 50 };
const drives: readonly Drive[] = [
  recordedDrive,
  { ...recordedDrive, honoursFlush: false },
  { cache: 'power-loss-protected', sectorBytes: 4096, honoursFlush: true },
];
const withDisk = profiles.filter(
  ({ metadataOrder }) => metadataOrder === 'prefix' || metadataOrder === 'sectors',
);

/** Pauses in microseconds: about as long as the timers, so that they fire between calls, or just do not. */
const pauses = fc.array(
  fc.constantFrom(0, 0, 5000, 30_000, 500_000, 5_001_000, 10_000_000, 29_500_000, 30_000_001, 4e7),
  { minLength: 4, maxLength: 8 },
);

/** A program as it was recorded, with a pause before each of its operations. */
function paused(program: LitmusProgram, profile: Profile, drive: Drive, waits: readonly number[]) {
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

/** Whether a disk has these names and attributes, and allows these contents. */
function isShownBy(disk: PossibleDisk, cells: Int32Array): boolean {
  const { table } = disk.compiled.base;
  const shown = new FileSystemState(table, cells);
  for (let cell = 0; cell < table.size; cell++) {
    if (table.kindOf(cell) === 'content') continue;
    if ((cells[cell] ?? 0) !== (disk.state.cells[cell] ?? 0)) return false;
  }
  return [...disk.compiled.contentMicros.keys()].every((inode) => {
    if (shown.attributes(inode) === undefined) return true;
    const content = exactly(shown.content(inode));
    return patternsOf(disk, inode).some(
      (pattern) => pattern.kind === 'bytes' && includes(pattern, content),
    );
  });
}

/** Whether a disk lacks a change, or shows its file and perhaps not these bytes. */
function lacks(disk: PossibleDisk, micro: number): boolean {
  const { classes, inodeOf } = disk.compiled;
  if (classes[micro] === microClass.metadata) return !disk.landed.has(micro);
  const inode = inodeOf[micro] ?? 0;
  if (disk.state.attributes(inode) === undefined) return false;
  return contentsOf(disk, inode).some(({ fates }) => (fates.get(micro) ?? 'there') !== 'there');
}

describe.each(withDisk)('on $label', (profile) => {
  const programs = randomProgram({
    features: featuresOf(profile.recordedAs[0] ?? profile.id),
    maximumOperations: 5,
  });

  test('every disk that the clock shows is possible', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom(...drives), pauses, (program, drive, waits) => {
        const compiled = paused(program, profile, drive, waits);
        for (const certainty of ['likely', 'certain'] as const) {
          const at = schedule(
            compiled,
            timingOf(drive),
            endOfPaused,
            certainty,
          ).durableMicroseconds;
          const instants = [...new Set([0, ...at])].filter((instant) => instant < Infinity);
          for (const now of instants) {
            const state = new CrashState(compiled);
            at.forEach((durable, micro) => {
              if (durable <= now) state.set(micro, true);
            });
            const isPossible = disksAt(compiled, now).some((disk) => isShownBy(disk, state.cells));
            expect(isPossible, `${certainty} at ${String(now)}`).toBe(true);
          }
        }
      }),
      runs,
    );
  });

  test('what is certain when the program has ended is on every disk', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom(...drives), (program, drive) => {
        const compiled = compile(recordProgram(program, profile.id).volume, profile, drive);
        const count = compiled.operations.length;
        const now = compiled.operations.at(-1)?.endMicroseconds ?? 0;
        const clock = durabilityClock(compiled, end);
        const disks = [
          ...possibleDisks(compiled, { completed: count, issued: count }, { exceeded: false }),
        ];
        for (let micro = 0; micro < compiled.count; micro++) {
          // A place without its data can be on the disk, so a write counts as a whole.
          const isName = compiled.classes[micro] === microClass.metadata;
          const window = isName
            ? clock.ofMicro(micro)
            : clock.ofOperation(compiled.operationOf[micro] ?? 0);
          if (window === undefined || durabilityAt(window, now) !== 'certain') continue;
          const lacking = disks.filter((disk) => lacks(disk, micro));
          expect(lacking.length, `micro-operation ${String(micro)}`).toBe(0);
        }
      }),
      runs,
    );
  });

  test('the answers come in their order, and a later instant never takes one back', () => {
    fc.assert(
      fc.property(programs, fc.constantFrom(...drives), pauses, (program, drive, waits) => {
        const compiled = paused(program, profile, drive, waits);
        const clock = durabilityClock(compiled, endOfPaused);
        for (let micro = 0; micro < compiled.count; micro++) {
          const start = compiled.operations[compiled.operationOf[micro] ?? 0]?.startMicroseconds;
          const window = clock.ofMicro(micro);
          expect(window.possibleMicroseconds).toBe(start);
          expect(window.likelyMicroseconds).toBeGreaterThanOrEqual(window.possibleMicroseconds);
          expect(window.certainMicroseconds).toBeGreaterThanOrEqual(window.likelyMicroseconds);
        }
      }),
      { numRuns: 200 },
    );
  });
});
