/** Turns a checked scenario file into the noun. Defaults are filled in here and nowhere else. */
import type { Fates } from '../model/fate.ts';
import type {
  Expectation,
  MachineSettings,
  Question,
  Scenario,
  ScenarioVariant,
} from '../model/scenario.ts';
import { readDrive } from '../model/drive-words.ts';
import { assert } from '../model/lab-error.ts';
import { digest32 } from '../model/seed.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import type { MachineShape, ScenarioShape } from './schema.ts';
import { instant, stepsOf } from './step-build.ts';
import { variedVariants } from './vary.ts';
import { isAxis, outcomeWords } from './vocabulary.ts';
import type { YamlText } from './yaml-text.ts';

function machineOf(shape: MachineShape | undefined): MachineSettings {
  const drive = shape?.drive === undefined ? undefined : readDrive(shape.drive);
  assert(drive?.ok !== false, 'a checked drive');
  return {
    ...(shape?.esp === undefined ? {} : { espMounted: shape.esp === 'mounted' }),
    ...(shape?.boot === undefined ? {} : { ownBootPartition: true }),
    ...(shape?.['start-checks'] === undefined ? {} : { startChecks: shape['start-checks'] }),
    ...(shape?.luks === undefined ? {} : { encrypted: shape.luks }),
    ...(drive === undefined ? {} : { drive: drive.drive }),
    ...(shape?.composefs === undefined ? {} : { composefs: shape.composefs }),
    ...(shape?.['file-system'] === undefined ? {} : { fileSystem: shape['file-system'] }),
    ...(shape?.loader === undefined ? {} : { loader: shape.loader }),
    ...(shape?.snapshots === undefined ? {} : { snapshots: shape.snapshots }),
    ...(shape?.attended === undefined ? {} : { attended: shape.attended }),
  };
}

const classes = (words: readonly string[]): readonly OutcomeClass[] => [
  ...new Set(words.flatMap((word) => outcomeWords[word] ?? [])),
];

type ExpectationShape = NonNullable<ScenarioShape['expect']>[number];

function fatesOf(shape: ExpectationShape): Expectation['data'] {
  const data: { [datum: string]: { [axis in keyof Fates]?: readonly string[] } } = {};
  for (const [key, fates] of Object.entries(shape)) {
    const [first, datum = '', axis = ''] = key.split('.');
    if (first !== 'data' || !isAxis(axis) || !Array.isArray(fates)) continue;
    data[datum] = { ...data[datum], [axis]: fates };
  }
  return data;
}

function expectationOf(shape: ExpectationShape, line: number): Expectation {
  const { on, boot, occurs, because, source } = shape;
  return {
    on,
    data: fatesOf(shape),
    because: because.trim(),
    line,
    ...(boot === undefined ? {} : { boot: classes(boot) }),
    ...(occurs === undefined ? {} : { occurs: classes(occurs) }),
    ...(source === undefined ? {} : { source: source.trim() }),
    ...(shape.in === undefined ? {} : { variants: shape.in }),
  };
}

function variantOf(shape: NonNullable<ScenarioShape['variants']>[number]): ScenarioVariant {
  const { id, label, without = [], at, machine } = shape;
  const when = at === undefined ? {} : { at: instant(at) };
  return { id, label, without, ...when, machine: machineOf(machine) };
}

function questionOf(shape: NonNullable<ScenarioShape['ask']>[number]): Question {
  const why = Object.entries(shape.why).map(([principle, text]) => [principle, text.trim()]);
  return { ...shape, why: Object.fromEntries(why) as Question['why'] };
}

/** The scenario of a file that has passed all checks. */
export function buildScenario(shape: ScenarioShape, yaml: YamlText, text: string): Scenario {
  const { id, title, story, goal, tests, level, teach, sameEverywhere } = shape;
  const lineOf = (key: string, index: number): number => yaml.placeOf([key, index]).line;
  return {
    id,
    title,
    story: story.trim(),
    goal: goal.trim(),
    tests,
    level,
    data: (shape.data ?? []).map(({ label, ...datum }) =>
      label === undefined ? datum : { ...datum, label },
    ),
    machine: machineOf(shape.machine),
    programs: shape.programs ?? [],
    variants: [...(shape.variants ?? []).map(variantOf), ...variedVariants(shape.vary)],
    steps: stepsOf(
      shape.steps.map((step, index) => ({ shape: step, line: lineOf('steps', index) })),
    ),
    ask: (shape.ask ?? []).map(questionOf),
    expect: (shape.expect ?? []).map((entry, index) =>
      expectationOf(entry, lineOf('expect', index)),
    ),
    teach: teach.trim(),
    ...(sameEverywhere === undefined ? {} : { sameEverywhere: sameEverywhere.trim() }),
    digest: digest32(text),
  };
}
