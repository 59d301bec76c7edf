/** The front of the lectures: a case or a program on some file systems, or what is wrong with the question. */
import { SystemError } from '../../kernel/process.ts';
import type { Drive } from '../../model/device.ts';
import type { Outcome } from '../../model/problem.ts';
import type { ExplainCase } from './cases.ts';
import { lectureOn, type Lecture } from './lecture.ts';
import { profilesNamed } from './program-file.ts';

export { cases } from './cases.ts';
export { caseNamed, readProgram } from './program-file.ts';

/** Tells a case on the named file systems, or on its own ones. */
export function explain(
  told: ExplainCase,
  on?: readonly string[],
  drive?: Drive,
): Outcome<Lecture> {
  const named = profilesNamed(on ?? told.on);
  if (!named.ok) return named;
  try {
    return { ok: true, value: lectureOn(told, named.value, drive) };
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    const text = `The program fails: ${error.message}.`;
    const why = 'The calls run on a simulated kernel, which refuses what Linux refuses.';
    const fix = 'Make in setup whatever the calls need.';
    const problem = { code: 'bad-program', line: 1, column: 1, text, why, fix };
    return { ok: false, problems: [problem] };
  }
}
