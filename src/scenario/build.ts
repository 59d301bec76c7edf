/** Turns a checked scenario file into the noun. Defaults are filled in here and nowhere else. */
import type { Fates } from '../model/fate.ts';
import type {
  Expectation,
  FaultName,
  Instant,
  MachineSettings,
  Question,
  Scenario,
  ScenarioVariant,
  Step,
  StepModifiers,
} from '../model/scenario.ts';
import { readDrive } from '../model/drive-words.ts';
import { assert } from '../model/lab-error.ts';
import { digest32 } from '../model/seed.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import { instantOf, secondsOf } from './duration.ts';
import type { MachineShape, ScenarioShape, StepShape } from './schema.ts';
import { isAxis, outcomeWords, saveWords } from './vocabulary.ts';
import type { YamlText } from './yaml-text.ts';

function machineOf(shape: MachineShape | undefined): MachineSettings {
  const fileSystem = shape?.['file-system'];
  const drive = shape?.drive === undefined ? undefined : readDrive(shape.drive);
  assert(drive?.ok !== false, 'a checked drive');
  return {
    ...(shape?.esp === undefined ? {} : { espMounted: shape.esp === 'mounted' }),
    ...(fileSystem === undefined ? {} : { fileSystem }),
    ...(drive === undefined ? {} : { drive: drive.drive }),
  };
}

function instant(text: string): Instant {
  const found = instantOf(text);
  assert(found !== undefined, `instant ${text}`);
  return found;
}

function modifiersOf(shape: StepShape, line: number): StepModifiers {
  const { as, on, label, note } = shape;
  return {
    line,
    ...(as === undefined ? {} : { as }),
    ...(Array.isArray(on) ? { on } : {}),
    ...(label === undefined ? {} : { label }),
    ...(note === undefined ? {} : { note }),
  };
}

function faultOf(shape: StepShape, fault: string): Step & { verb: 'fault' } {
  const { at, search, during } = shape;
  assert(during !== undefined, 'a checked fault has "during"');
  const moment =
    search === undefined
      ? ({ kind: 'at', at: instant(at ?? '') } as const)
      : ({ kind: 'search', policy: search } as const);
  return { verb: 'fault', fault: fault as FaultName, during, moment, line: 0 };
}

function writeOf(write: NonNullable<StepShape['write']>): Step & { verb: 'write' } {
  const { to, text, append, how = 'editor' } = write;
  const pattern = saveWords[how];
  assert(pattern !== undefined, `a checked write knows how: ${how}`);
  const isAppended = append !== undefined;
  return {
    verb: 'write',
    to,
    text: append ?? text ?? '',
    append: isAppended,
    how: pattern,
    line: 0,
  };
}

function stepOf(shape: StepShape, line: number): Step {
  const rest = modifiersOf(shape, line);
  if (shape.run !== undefined) return { verb: 'run', command: shape.run, ...rest };
  if (shape.write !== undefined) return { ...writeOf(shape.write), ...rest };
  if (shape.update !== undefined) return { verb: 'update', to: shape.update, ...rest };
  if (shape.rollback !== undefined) return { verb: 'rollback', ...rest };
  if (shape.reboot !== undefined) {
    return { verb: 'reboot', how: shape.reboot === 'clean' ? 'clean' : 'forced', ...rest };
  }
  if (shape.wait !== undefined) {
    return { verb: 'wait', seconds: secondsOf(shape.wait) ?? 0, ...rest };
  }
  assert(shape.fault !== undefined, 'a checked step has a simulated verb');
  return { ...faultOf(shape, shape.fault), ...rest };
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
    variants: (shape.variants ?? []).map(variantOf),
    steps: shape.steps.map((step, index) => stepOf(step, lineOf('steps', index))),
    ask: (shape.ask ?? []).map(questionOf),
    expect: (shape.expect ?? []).map((entry, index) =>
      expectationOf(entry, lineOf('expect', index)),
    ),
    teach: teach.trim(),
    ...(sameEverywhere === undefined ? {} : { sameEverywhere: sameEverywhere.trim() }),
    digest: digest32(text),
  };
}
