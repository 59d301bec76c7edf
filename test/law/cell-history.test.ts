/** Time travel: a disk at an instant is a value, whichever way one came to it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordedTiming } from '../../src/model/device.ts';
import { CellHistory } from '../../src/persistence/cell-history.ts';
import { schedule } from '../../src/persistence/clock.ts';
import { compile } from '../../src/persistence/compile.ts';
import { CrashState } from '../../src/persistence/crash-state.ts';
import { profiles } from '../../src/persistence/registry.ts';
import { recordProgram } from '../../src/engine/litmus/program.ts';
import { featuresOf, randomProgram } from './reference/random-program.ts';

const end = 130_000_000;
const withNames = profiles.filter(({ metadataOrder }) => metadataOrder !== 'blocks');

test.each(withNames)('$label: going there and back again is the identity', (profile) => {
  const features = featuresOf(profile.recordedAs[0] ?? profile.id);
  const instants = fc.array(fc.nat({ max: end }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(randomProgram({ features }), instants, (program, jumps) => {
      const { volume } = recordProgram(program, profile.id);
      const compiled = compile(volume, profile);
      const { durableMicroseconds } = schedule(compiled, recordedTiming, end, 'likely');
      const history = new CellHistory(compiled, durableMicroseconds);
      for (const jump of jumps) {
        history.seek(jump);
        const straight = new CrashState(compiled);
        durableMicroseconds.forEach((at, micro) => {
          if (at <= jump) straight.set(micro, true);
        });
        expect(history.cells).toEqual(straight.cells);
      }
      history.seek(-1);
      expect(history.cells).toEqual(new CrashState(compiled).cells);
    }),
    { numRuns: 60 },
  );
});
