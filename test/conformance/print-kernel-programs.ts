/** Prints random programs for the recorder: how many, and the first seed. */
import { randomProgram } from './kernel-programs.ts';

const [count = '150', first = '1'] = process.argv.slice(2);
const programs = Array.from({ length: Number(count) }, (_, index) =>
  randomProgram(Number(first) + index).join('\n'),
);
process.stdout.write(`${programs.join('\n\n')}\n`);
