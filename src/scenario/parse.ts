/** Text in, scenario or a list of mistakes out. */
import { problemCountMax } from '../model/limits.ts';
import { assert } from '../model/lab-error.ts';
import type { Outcome, Problem } from '../model/problem.ts';
import type { Scenario } from '../model/scenario.ts';
import { buildScenario } from './build.ts';
import { meaningProblems } from './meaning.ts';
import { scenarioSchema } from './schema.ts';
import { named, shapeProblems } from './shape.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

function notAScenario(yaml: YamlText, text: string): Problem | undefined {
  const { value } = yaml;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined;
  const isEmpty = value === null || text.trim() === '';
  return {
    ...yaml.placeOf([]),
    code: isEmpty ? 'empty' : 'not-a-mapping',
    text: isEmpty ? 'The file is empty.' : `The file holds ${named(value)}, not a scenario.`,
    why: 'A scenario is a group of keys: id, title, story, steps and so on.',
    fix: 'Begin with a line such as "id: my-scenario".',
  };
}

const byPlace = (one: Problem, other: Problem): number =>
  one.line - other.line || one.column - other.column;

/** In the order of the file, without repetitions; beyond a bound it only says that there are more. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  const distinct = problems.filter(({ line, column, text }) => {
    const key = `${line}:${column}:${text}`;
    return !seen.has(key) && Boolean(seen.add(key));
  });
  const sorted = distinct.toSorted(byPlace);
  const first = sorted[problemCountMax];
  if (first === undefined) return sorted;
  const { line, column } = first;
  const text = 'There are more mistakes; these are enough for once.';
  return [...sorted.slice(0, problemCountMax), { code: 'more', line, column, text }];
}

/**
 * Reads a scenario. `systems` are the ids that `on` may name. All mistakes are collected, in the order of the file;
 * never throws, whatever the text is.
 */
export function parseScenario(text: string, systems: readonly string[]): Outcome<Scenario> {
  const yaml = readYaml(text);
  if (yaml.value === undefined && yaml.problems.length > 0) {
    return { ok: false, problems: inOrder(yaml.problems) };
  }
  const stranger = notAScenario(yaml, text);
  if (stranger !== undefined) {
    return { ok: false, problems: inOrder([...yaml.problems, stranger]) };
  }
  // What a slip in the YAML did to the value on its own line is not a second mistake.
  const broken = new Set(yaml.problems.map(({ line }) => line));
  const others = [...shapeProblems(yaml), ...meaningProblems(yaml, systems)].filter(
    ({ line }) => !broken.has(line),
  );
  const problems = inOrder([...yaml.problems, ...others]);
  if (problems.length > 0) return { ok: false, problems };
  const shape = scenarioSchema.safeParse(yaml.value);
  assert(shape.success, 'a file without problems has the right shape');
  return { ok: true, value: buildScenario(shape.data, yaml, text) };
}
