/** Small programs for the lectures: drawn at random, and read from the recordings. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { ExplainedProgram } from '../../../src/engine/explain/subject.ts';
import { readLitmus, type LitmusTest } from '../../../src/engine/litmus/litmus-file.ts';
import type { LitmusCall, LitmusProgram } from '../../../src/engine/litmus/program.ts';
import { SystemError } from '../../../src/kernel/process.ts';
import type { Profile } from '../../../src/persistence/profile.ts';

/** The paths that a random program uses, and that are looked at. */
export const paths = ['a', 'b', 'd/a'] as const;

const path = fc.constantFrom(...paths);
const letter = fc.constantFrom('B', 'C');
const size = fc.constantFrom(100, 4096);

const call: fc.Arbitrary<LitmusCall> = fc.oneof(
  fc.tuple(fc.constant('write'), path, fc.constant(0), size, letter),
  fc.tuple(fc.constant('append'), path, size, letter),
  fc.tuple(fc.constant('writetrunc'), path, size, letter),
  fc.tuple(fc.constant('rename'), path, path),
  fc.tuple(fc.constant('unlink'), path),
  fc.tuple(fc.constant('truncate'), path, fc.constant(50)),
  fc.tuple(fc.constant('chmod'), path, fc.constant(0o600)),
  fc.tuple(fc.constant('fsync'), fc.constantFrom<string>(...paths, 'd', '/')),
  fc.tuple(fc.constant('fdatasync'), path),
  fc.constant<LitmusCall>(['syncfs']),
);

/** Up to four calls on two files and a folder. */
export const program: fc.Arbitrary<LitmusProgram> = fc
  .array(call, { minLength: 1, maxLength: 4 })
  .map((ops) => ({
    setup: [
      ['mkdir', 'd'],
      ['write', 'a', 0, 4096, 'A'],
    ],
    ops,
  }));

/** The program on a file system, or undefined where the kernel refuses one of its calls. */
export function explained(
  { setup, ops }: LitmusProgram,
  profile: Profile,
  observe: readonly string[] = paths,
): ExplainedProgram | undefined {
  try {
    return new ExplainedProgram({ setup, ops }, observe, profile);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** The recorded litmus tests. */
export function recordings(): readonly LitmusTest[] {
  const file = new URL('../../conformance/fixtures/litmus.json', import.meta.url);
  const read = readLitmus(readFileSync(file, 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.tests;
}
