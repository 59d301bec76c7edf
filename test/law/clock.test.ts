/** Laws of the clock: what it shows is possible, and what it calls certain is on every disk. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordProgram } from '../../src/engine/litmus/program.ts';
import { recordedDrive, type Drive } from '../../src/model/device.ts';
import { compile } from '../../src/persistence/compile.ts';
import { microClass, type Compiled } from '../../src/persistence/compiled.ts';
import { durabilityAt, durabilityClock } from '../../src/persistence/durability.ts';
import { contentsOf, possibleDisks, type PossibleDisk } from '../../src/persistence/possible.ts';
import { profiles } from '../../src/persistence/registry.ts';
import { randomWrites } from './random-writes.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';
import { seeds } from './seeds.ts';
import { endOfPaused, impossibleInstants, paused } from './shown-disks.ts';

const end = 130_000_000;
const drives: readonly Drive[] = [
  recordedDrive,
  { ...recordedDrive, honoursFlush: false },
  { ...recordedDrive, sectorBytes: 4096 },
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

/** Whether a disk lacks a change, or shows its file and perhaps not these bytes. */
function lacks(disk: PossibleDisk, micro: number): boolean {
  const { classes, inodeOf } = disk.compiled;
  if (classes[micro] === microClass.metadata) return !disk.landed.has(micro);
  const inode = inodeOf[micro] ?? 0;
  if (disk.state.attributes(inode) === undefined) return false;
  return contentsOf(disk, inode).some(({ fates }) => (fates.get(micro) ?? 'there') !== 'there');
}

/** Micro-operations that are called certain when the program has ended, and that some possible disk lacks. */
function certainAndLacking(compiled: Compiled): readonly number[] {
  const count = compiled.operations.length;
  const now = compiled.operations.at(-1)?.endMicroseconds ?? 0;
  const clock = durabilityClock(compiled, end);
  const disks = [
    ...possibleDisks(compiled, { completed: count, issued: count }, { exceeded: false }),
  ];
  return Array.from(compiled.classes.keys()).filter((micro) => {
    // A place without its data can be on the disk, so a write counts as a whole.
    const isName = compiled.classes[micro] === microClass.metadata;
    const window = isName
      ? clock.ofMicro(micro)
      : clock.ofOperation(compiled.operationOf[micro] ?? 0);
    if (window === undefined || durabilityAt(window, now) !== 'certain') return false;
    return disks.some((disk) => lacks(disk, micro));
  });
}

/** A change may be there from its call on, likely no sooner than that, and for certain no sooner than likely. */
function expectOrder(compiled: Compiled): void {
  const clock = durabilityClock(compiled, endOfPaused);
  for (let micro = 0; micro < compiled.count; micro++) {
    const start = compiled.operations[compiled.operationOf[micro] ?? 0]?.startMicroseconds;
    const window = clock.ofMicro(micro);
    expect(window.possibleMicroseconds).toBe(start);
    expect(window.likelyMicroseconds).toBeGreaterThanOrEqual(window.possibleMicroseconds);
    expect(window.certainMicroseconds).toBeGreaterThanOrEqual(window.likelyMicroseconds);
  }
}

describe.each(withDisk)('on $label', (profile) => {
  const programs = randomProgram({
    features: featuresOf(profile.recordedAs[0] ?? profile.id),
    maximumOperations: 5,
  });

  const kinds = [
    ['program', programs],
    ['program that writes into one file', randomWrites(5)],
  ] as const;

  test.each(kinds)('every disk that the clock shows of a %s is possible', (_, arbitrary) => {
    for (const seed of seeds) {
      fc.assert(
        fc.property(arbitrary, fc.constantFrom(...drives), pauses, (program, drive, waits) => {
          const compiled = paused(program, profile, drive, waits);
          for (const certainty of ['likely', 'certain'] as const) {
            expect(impossibleInstants(compiled, certainty), certainty).toEqual([]);
          }
        }),
        { numRuns: 20, seed },
      );
    }
  });

  test.each(kinds)('what is certain when a %s has ended is on every disk', (_, arbitrary) => {
    for (const seed of seeds) {
      fc.assert(
        fc.property(arbitrary, fc.constantFrom(...drives), (program, drive) => {
          const compiled = compile(recordProgram(program, profile.id).volume, profile, drive);
          expect(certainAndLacking(compiled)).toEqual([]);
        }),
        { numRuns: 20, seed },
      );
    }
  });

  test.each(kinds)('the answers about a %s come in their order', (_, arbitrary) => {
    for (const seed of seeds) {
      fc.assert(
        fc.property(arbitrary, fc.constantFrom(...drives), pauses, (program, drive, waits) => {
          expectOrder(paused(program, profile, drive, waits));
        }),
        { numRuns: 40, seed },
      );
    }
  });
});
