/** The front of the lectures: a case or a program on some file systems, or what is wrong with the question. */
import type { Drive } from '../../model/device.ts';
import type { Outcome } from '../../model/problem.ts';
import type { ExplainCase } from './cases.ts';
import { lectureOn, type Lecture } from './lecture.ts';
import { profilesNamed } from './program-file.ts';

export { cases } from './cases.ts';
export { timeText } from './words.ts';
export { caseNamed, readProgram } from './program-file.ts';

/** Tells a case on the named file systems, or on its own ones. */
export function explain(
  told: ExplainCase,
  on?: readonly string[],
  drive?: Drive,
): Outcome<Lecture> {
  const named = profilesNamed(on ?? told.on);
  if (!named.ok) return named;
  const lecture = lectureOn(told, named.value, drive);
  const [refused] = lecture.notTold;
  // A file system that refuses is told beside the others; a program that none of them runs is no lecture.
  if (refused === undefined || lecture.fileSystems.length > 0) return { ok: true, value: lecture };
  const why = 'The calls run on a simulated kernel, which refuses what Linux refuses.';
  const fix = refused.isLack
    ? 'Ask for other file systems.'
    : 'Make in setup whatever the calls need.';
  const text = `The program does not run on ${refused.label}. ${refused.text}`;
  const problem = { code: 'bad-program', line: 1, column: 1, text, why, fix };
  return { ok: false, problems: [problem] };
}
