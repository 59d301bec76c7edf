import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellTable } from '../../src/model/cell-table.ts';
import { zeros, type Content } from '../../src/model/content.ts';
import { FileSystemState } from '../../src/model/file-system-state.ts';
import type { ContentStep } from '../../src/persistence/compiled.ts';
import { ContentCodes } from '../../src/persistence/content-codes.ts';

const bytes = (blob: number, lengthBytes: number): Content =>
  blob === 0
    ? zeros(lengthBytes)
    : { sizeBytes: lengthBytes, segments: [{ blob, fromBytes: 0, lengthBytes }] };

const inode = 7;
const page = 4096;

/** Steps of a log or a database: pages written again and again, appends with their data, a size now and then. */
const stepOf = fc.oneof(
  fc.record({ kind: fc.constant('page' as const), at: fc.nat(5) }),
  fc.record({ kind: fc.constant('beside' as const), at: fc.nat(5) }),
  fc.record({ kind: fc.constant('append' as const), lengthBytes: fc.constantFrom(24, page) }),
  fc.record({ kind: fc.constant('size' as const), at: fc.integer({ min: 4, max: 12 }) }),
);

function stepsOf(given: readonly (typeof stepOf extends fc.Arbitrary<infer One> ? One : never)[]) {
  let end = 6 * page;
  return given
    .flatMap((one, index): readonly ContentStep[] => {
      const blob = 100 + index;
      switch (one.kind) {
        case 'page':
        case 'beside': {
          const offsetBytes = one.at * page + (one.kind === 'beside' ? 100 : 0);
          return [{ kind: 'in-place', offsetBytes, data: bytes(blob, page), lengthens: false }];
        }
        case 'append': {
          const offsetBytes = end;
          end += one.lengthBytes;
          const data = bytes(blob, one.lengthBytes);
          return [{ kind: 'data' }, { kind: 'attach', offsetBytes, data, dataMicro: -2 }];
        }
        case 'size':
          return [{ kind: 'resize', sizeBytes: one.at * page }];
      }
    })
    .map((step, micro) => (step.kind === 'attach' ? { ...step, dataMicro: micro - 1 } : step));
}

function codesOf(steps: readonly ContentStep[]): { codes: ContentCodes; table: CellTable } {
  const table = new CellTable();
  const cell = table.contentCell(inode);
  const cells = new Int32Array(table.size);
  const before = {
    sizeBytes: 6 * page,
    segments: [1, 2, 3, 4, 5, 6].flatMap((blob) => bytes(blob, page).segments),
  };
  cells[cell] = table.contentValue(before);
  const base = new FileSystemState(table, cells);
  const micros = steps.map((_, micro) => micro);
  const contentMicros = new Map([[inode, micros]]);
  const contentCells = new Map([[inode, cell]]);
  const codes = new ContentCodes({ base, count: steps.length, steps, contentMicros, contentCells });
  return { codes, table };
}

function contentOf({ codes, table }: ReturnType<typeof codesOf>, included: Uint8Array): Content {
  let low = 0;
  let high = 0;
  included.forEach((flag, order) => {
    if (flag === 1) low ^= codes.low(0, order);
    if (flag === 1) high ^= codes.high(0, order);
  });
  return table.content(codes.value(0, low, high, included));
}

test('a long content without one of its steps is the one that is folded without it', () => {
  const given = fc.array(stepOf, { minLength: 12, maxLength: 40 });
  fc.assert(
    fc.property(given, fc.nat(), fc.nat(), (list, lengthSeed, missingSeed) => {
      const steps = stepsOf(list);
      const length = 1 + (lengthSeed % steps.length);
      const missing = missingSeed % length;
      const whole = Uint8Array.from(steps, (_, order) => (order < length ? 1 : 0));
      const lacking = whole.slice();
      lacking[missing] = 0;
      const walked = codesOf(steps);
      contentOf(walked, whole);
      expect(contentOf(walked, lacking)).toEqual(contentOf(codesOf(steps), lacking));
    }),
    { numRuns: 1000 },
  );
});
