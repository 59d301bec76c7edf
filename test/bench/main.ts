/**
 * Measures the engine against its budgets and prints a table. Nothing here is a test: a budget that
 * is missed on a slow or busy machine is shown, never turned into a failure.
 *
 *   npm run bench                    every bench
 *   npm run bench -- explorer        only files whose name contains the word
 *   npm run bench -- --json          for programs
 */
import { globSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench, Measurement } from './bench.ts';

const parameters = process.argv.slice(2);
const asJson = parameters.includes('--json');
const words = parameters.filter((parameter) => !parameter.startsWith('--'));

function standing({ value, budget }: Measurement): { kept: boolean; text: string } | undefined {
  if (budget === undefined) return undefined;
  return 'atLeast' in budget
    ? { kept: value >= budget.atLeast, text: `≥ ${readable(budget.atLeast)}` }
    : { kept: value <= budget.atMost, text: `≤ ${readable(budget.atMost)}` };
}

function readable(value: number): string {
  return value >= 100
    ? Math.round(value).toLocaleString('en')
    : Number(value.toPrecision(3)).toString();
}

function printTable(title: string, measurements: Measurement[]): void {
  console.log(`\n${title}`);
  for (const measurement of measurements) {
    const { what, value, unit, note } = measurement;
    const budget = standing(measurement);
    const mark = budget === undefined ? ' ' : budget.kept ? '✓' : '✗';
    const against = budget === undefined ? '' : `(budget ${budget.text})`;
    const line = `${mark} ${what.padEnd(52)} ${readable(value).padStart(12)} ${unit.padEnd(10)}`;
    const plain = measurement.baseline;
    const times = measurement.ratio === undefined ? '' : `, ${readable(measurement.ratio)} times`;
    const beside = plain === undefined ? '' : `[baseline ${readable(plain)}${times}]`;
    console.log(`${line} ${against} ${beside} ${note ?? ''}`.trimEnd());
  }
}

const folder = import.meta.dirname;
const files = globSync('*.bench.ts', { cwd: folder })
  .filter((file) => words.length === 0 || words.some((word) => basename(file).includes(word)))
  .sort();

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`;
if (!asJson) console.log(machine);
const results: { file: string; title: string; measurements: Measurement[] }[] = [];
for (const file of files) {
  const module = (await import(pathToFileURL(join(folder, file)).href)) as { default: Bench };
  const measurements = await module.default.run();
  results.push({ file, title: module.default.title, measurements });
  if (!asJson) printTable(module.default.title, measurements);
}
if (files.length === 0 && !asJson) {
  console.log('No bench matches: add a file test/bench/<name>.bench.ts.');
}
if (asJson) console.log(JSON.stringify({ machine, figures: results.flatMap(figuresOf) }, null, 2));

/** Null stands for what a figure does not have, so that every figure has the same fields. */
function figuresOf({ title, measurements }: { title: string; measurements: Measurement[] }) {
  return measurements.map(({ what, value, unit, budget, ...others }) => ({
    name: what,
    group: title,
    value,
    unit,
    budget: budget === undefined ? null : Object.values(budget)[0],
    budgetIs: budget === undefined ? null : 'atLeast' in budget ? 'at least' : 'at most',
    baseline: others.baseline ?? null,
    ratio: others.ratio ?? null,
    profile: others.profile ?? null,
    files: others.files ?? null,
    operations: others.operations ?? null,
    note: others.note ?? null,
  }));
}
