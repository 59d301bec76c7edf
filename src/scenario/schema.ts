/**
 * The shape of a scenario file. This one schema is where the checks of the parser, the JSON Schema for editors and the
 * reference table come from; what words mean beside their shape is in meaning.ts.
 */
import * as z from 'zod/mini';
import { dataKinds } from '../model/fate.ts';
import { stepCountMax } from '../model/limits.ts';
import { searchPolicies } from '../model/scenario.ts';
import { durationPattern } from './duration.ts';
import {
  faultNames,
  fateWords,
  misconceptions,
  outcomeWords,
  plannedFaults,
  saveWords,
  versionNames,
} from './vocabulary.ts';

/** Descriptions of the parts of the schema, in sentences; they appear in the reference and in editors. */
export const descriptions = z.registry<{ description: string }>();

function described<Type extends z.core.$ZodType>(schema: Type, description: string): Type {
  descriptions.add(schema, { description });
  return schema;
}

/** Ids and labels: small letters, digits and hyphens. */
export const idPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A key of an expectation that speaks of a datum: its id and one axis of its fate. */
export const datumKeyPattern = new RegExp(
  `^data\\.[a-z0-9][a-z0-9-]*\\.(${Object.keys(fateWords).join('|')})$`,
);

const text = (description: string) => described(z.string().check(z.minLength(1)), description);
const id = (description: string) => described(z.string().check(z.regex(idPattern)), description);
const maybe = <Type extends z.core.$ZodType>(schema: Type) => z.optional(schema);
const planned = (description: string) =>
  described(z.optional(z.unknown()), `${description} Not simulated yet.`);
const words = (list: readonly string[]) => z.array(z.enum(list));
const time = (description: string) =>
  described(z.string().check(z.regex(durationPattern)), description);
const instant = (description: string) =>
  described(
    z.string().check(z.minLength(1)),
    `${description} \`41%\`, \`3 s\`, \`commit\`, or the label of a stage.`,
  );
const systems = (description: string) =>
  described(z.union([z.literal('all'), z.array(z.string()).check(z.minLength(1))]), description);

/** A piece of data that is on every machine before the story begins. */
export const datumSchema = z.strictObject({
  id: id('Name of the datum in this scenario.'),
  kind: described(
    z.enum(dataKinds),
    'What kind of data it is; it decides where the table of fates shows it.',
  ),
  path: text('Where it lies, as its user writes it; `~` is the home of `sam`.'),
  text: described(z.string(), 'What is in the file.'),
  label: maybe(text('What the page calls it.')),
});

const writeSchema = z.strictObject({
  to: text('Id of a datum, or a path.'),
  text: maybe(described(z.string(), 'The whole new text; either this or `append`.')),
  append: maybe(described(z.string(), 'Text that is added at the end; either this or `text`.')),
  how: maybe(
    described(
      z.enum(Object.keys(saveWords)),
      'How the program saves. `editor` (the default) is `temp-fsync-rename`, `shell` is `truncate-write`, `log` is `append`.',
    ),
  ),
});

/** One step: exactly one verb, and modifiers. */
export const stepSchema = z.strictObject({
  run: maybe(text('Types a command line into a terminal.')),
  write: maybe(described(writeSchema, 'Saves a file, as a program does it.')),
  update: maybe(described(z.enum(versionNames), 'Updates the system with its own tool.')),
  change: planned('Installs, removes, replaces, edits, cleans or resets.'),
  rollback: maybe(described(z.literal('previous'), 'Goes back with the system’s own tool.')),
  reboot: maybe(
    described(
      z.enum(['clean', 'forced']),
      '`clean` shuts down first, `forced` just switches off and on.',
    ),
  ),
  wait: maybe(time('Lets time pass: `5 s`, `1500 ms`, `2 min`.')),
  fault: maybe(
    described(
      z.enum([...faultNames, ...plannedFaults]),
      `Strikes during another step. Simulated: ${faultNames.join(', ')}.`,
    ),
  ),
  attack: planned('Someone else reads, changes or encrypts.'),
  repeat: planned('Does steps several times.'),
  measure: planned('Notes a number.'),
  as: maybe(text('Who does it; default `sam`.')),
  on: maybe(systems('Systems that do this step; default `all`.')),
  at: maybe(instant('When the fault strikes; an interrupt takes a time alone:')),
  during: maybe(id('Label of the step during which the fault strikes.')),
  by: planned('Who is behind it.'),
  seed: planned('Seed of choices within this step.'),
  note: maybe(text('A sentence shown beside the step.')),
  label: maybe(id('Name of this step, for `during` and `without`.')),
  search: maybe(
    described(
      z.enum(searchPolicies),
      'Which instants and disks of a power loss are looked at, instead of `at`. Later steps go on from the disk that the usual order of writing leaves in the middle of the step. Of several power losses the last is judged, if each before it says `at`: a second cut, during the recovery from the first.',
    ),
  ),
});

const machineSchema = z.strictObject({
  esp: maybe(
    described(
      z.enum(['mounted', 'unmounted']),
      'Whether the EFI system partition is mounted while the machine runs; default `mounted`.',
    ),
  ),
  'file-system': maybe(
    described(
      z.enum(['ext4', 'btrfs', 'xfs']),
      'File system under the homes, where a system lets one choose.',
    ),
  ),
  drive: maybe(
    described(
      z.string(),
      `What the drive promises, in words with commas between: its cache (\`volatile\`, \`power-loss-protected\`, \`write-through\`), its sectors (\`512\`, \`4096\`), and its flushes (\`honours-flush\`, \`lies\`). Default \`volatile, 512, honours-flush\`. What the system still holds in memory is lost on every drive.`,
    ),
  ),
  luks: planned('Whether the disk is encrypted.'),
  loader: planned('Which boot loader.'),
  snapshots: planned('Whether snapshots are taken.'),
  composefs: planned('Whether OSTree uses composefs.'),
  attended: planned('Whether somebody sits before the machine.'),
});

/** The same story with one thing changed. */
export const variantSchema = z.strictObject({
  id: id('Name of the variant.'),
  label: text('A few words for a chooser.'),
  without: maybe(described(z.array(z.string()), 'Labels of steps that are left out.')),
  at: maybe(instant('When the faults strike instead:')),
  machine: maybe(described(machineSchema, 'Settings that win over those of the scenario.')),
});

/** What is asked before the run. */
export const questionSchema = z.strictObject({
  id: id('Name of the question.'),
  about: text('`boot`, or a datum and an axis of its fate: `data.thesis.content`.'),
  text: text('The question itself.'),
  choices: described(z.array(z.string()).check(z.minLength(2)), 'Answers to choose from.'),
  why: described(
    z.record(z.string(), z.string()),
    'Principle → the sentence shown to somebody who answered by it.',
  ),
});

const outcomes = (description: string) =>
  maybe(described(words(Object.keys(outcomeWords)), description));

/** What must come out. Other keys are `data.<id>.<axis>` with the fates that may occur. */
export const expectationSchema = z.catchall(
  z.object({
    on: systems('Systems that this is expected of.'),
    in: maybe(described(z.array(z.string()), 'Variants that this is expected in; default all.')),
    boot: outcomes('What may become of the machine, and nothing else.'),
    occurs: outcomes('What must all be found when instants are searched.'),
    because: text('The reason, in a sentence.'),
    source: maybe(text('The recording or document that says so.')),
  }),
  z.array(z.string()),
);

/** The whole file. */
export const scenarioSchema = z.strictObject({
  id: id('Name of the scenario; the file is called the same.'),
  title: text('One line.'),
  story: text('What happened, told to a student.'),
  goal: text('What one knows afterwards.'),
  tests: described(words(Object.keys(misconceptions)), 'The beliefs that it puts to the test.'),
  level: described(z.int().check(z.minimum(1), z.maximum(3)), 'Level in a course: 1, 2 or 3.'),
  data: maybe(
    described(z.array(datumSchema), 'Data put on every machine before the story begins.'),
  ),
  machine: maybe(described(machineSchema, 'Settings of the machines.')),
  variants: maybe(
    described(
      z.array(variantSchema),
      'The same story with one thing changed; the first one runs unasked.',
    ),
  ),
  programs: planned('Programs with a format of their own.'),
  vary: planned('One thing that is changed between machines.'),
  steps: described(
    z.array(stepSchema).check(z.minLength(1), z.maxLength(stepCountMax)),
    'What a person does and what befalls the machine, in order.',
  ),
  ask: maybe(described(z.array(questionSchema), 'Questions asked before the run.')),
  expect: maybe(
    described(z.array(expectationSchema), 'What must come out; replayed by the tests.'),
  ),
  teach: text('What a teacher says afterwards.'),
  sameEverywhere: maybe(text('Set when all systems are meant to end alike: the reason.')),
});

/** A scenario file of the right shape. */
export type ScenarioShape = z.infer<typeof scenarioSchema>;

/** A step of the right shape. */
export type StepShape = z.infer<typeof stepSchema>;

/** Settings of a machine of the right shape. */
export type MachineShape = z.infer<typeof machineSchema>;
