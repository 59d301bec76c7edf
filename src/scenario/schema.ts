/**
 * The shape of a scenario file. This one schema is where the checks of the parser, the JSON Schema for editors and the
 * reference table come from; what words mean beside their shape is in meaning.ts.
 */
import * as z from 'zod/mini';
import { dataKinds } from '../model/fate.ts';
import { stepCountMax } from '../model/limits.ts';
import { bootLoaders, rootFileSystems, snapshotScopes, startChecks } from '../model/scenario.ts';
import { described, id, instant, maybe, systems, text, words } from './schema-parts.ts';
import { stepSchema } from './step-schema.ts';
import { fateWords, misconceptions, outcomeWords } from './vocabulary.ts';

export { descriptions, idPattern } from './schema-parts.ts';
export { stepSchema, type StepShape } from './step-schema.ts';

/** A key of an expectation that speaks of a datum: its id and one axis of its fate. */
export const datumKeyPattern = new RegExp(
  `^data\\.[a-z0-9][a-z0-9-]*\\.(${Object.keys(fateWords).join('|')})$`,
);

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

/** A program that keeps a datum in a format of its own. */
export const programSchema = z.strictObject({
  id: id('Name of the program and of its package.'),
  label: text('What the page calls it.'),
  data: id(
    'Id of the datum that it keeps; the text of that begins with a line such as `format 1`.',
  ),
  formats: described(
    z.strictObject({
      v1: described(z.int().check(z.minimum(1), z.maximum(9999)), 'Of the version in `v1`.'),
      v2: described(z.int().check(z.minimum(1), z.maximum(9999)), 'Of the version in `v2`.'),
    }),
    'The format that each version writes: `{ v1: 1, v2: 2 }`. A version reads its own and every older one.',
  ),
});

const espSchema = z.enum(['mounted', 'unmounted']);

const machineSchema = z.strictObject({
  esp: maybe(
    described(
      espSchema,
      'Whether the EFI system partition is mounted while the machine runs; default `mounted`.',
    ),
  ),
  boot: maybe(
    described(
      z.literal('own-partition'),
      'Debian only: /boot on a partition of its own, as its installer makes it with encryption or LVM; the others have it their way always.',
    ),
  ),
  'start-checks': maybe(
    described(
      z.enum(startChecks),
      'Whether a program looks at each start and goes back: greenboot-rs on Fedora Silverblue, health-checker on MicroOS; the others say why not. `as-shipped` has the checks that come with it, `with-login` one more that somebody wrote, for the login screen. Default none, as the systems are installed.',
    ),
  ),
  'file-system': maybe(
    described(
      z.enum(rootFileSystems),
      'What the root is formatted with, where the installer lets one choose (`debian`, `arch-linux`, `fedora-silverblue`, `nixos`); a system that needs its own says so and keeps it.',
    ),
  ),
  luks: maybe(
    described(
      z.boolean(),
      'Whether the partitions that the installer offers to encrypt are encrypted; default `false`. It decides what a thief can read, and costs no time here.',
    ),
  ),
  drive: maybe(
    described(
      z.string(),
      `What the drive promises, in words with commas between: its cache (\`volatile\`, \`power-loss-protected\`, \`write-through\`), its sectors (\`512\`, \`4096\`), and its flushes (\`honours-flush\`, \`lies\`). Default \`volatile, 512, honours-flush\`. What the system still holds in memory is lost on every drive.`,
    ),
  ),
  loader: maybe(
    described(
      z.enum(bootLoaders),
      'Which boot loader, where a system has two (`nixos`); others say so and keep theirs.',
    ),
  ),
  snapshots: maybe(
    described(
      z.enum(snapshotScopes),
      'What the snapshots of a root that is updated in place hold (`opensuse-tumbleweed`): `without-var`, the default, where /var is a subvolume of its own; `with-var`, where only homes have one. Other systems say so and keep theirs.',
    ),
  ),
  composefs: maybe(
    described(
      z.boolean(),
      'Whether OSTree mounts a composefs image, as Fedora does since version 42, or a tree of hard links behind a read-only mount; of no concern to other mechanisms.',
    ),
  ),
  attended: maybe(
    described(
      z.boolean(),
      'Whether somebody sits before the machine and chooses another entry of the menu when the default one does not start; default `true`.',
    ),
  ),
});

/** The same story with one thing changed. */
export const variantSchema = z.strictObject({
  id: id('Name of the variant.'),
  label: text('A few words for a chooser.'),
  without: maybe(described(z.array(z.string()), 'Labels of steps that are left out.')),
  at: maybe(instant('When the faults strike instead:')),
  machine: maybe(described(machineSchema, 'Settings that win over those of the scenario.')),
});

/** One thing that is changed between the machines: each value becomes a variant. */
export const varySchema = z.strictObject({
  luks: maybe(described(z.array(z.boolean()), 'With and without encryption.')),
  esp: maybe(described(z.array(espSchema), 'With the EFI system partition mounted and not.')),
  composefs: maybe(
    described(z.array(z.boolean()), 'With a composefs image and with a tree of hard links.'),
  ),
  'file-system': maybe(described(z.array(z.enum(rootFileSystems)), 'On several file systems.')),
  at: maybe(described(z.array(z.string()), 'Instants at which the faults strike.')),
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
  programs: maybe(
    described(
      z.array(programSchema),
      'Programs with a format of their own: every system ships them as a package, they start with the machine, migrate older data and refuse newer.',
    ),
  ),
  vary: maybe(described(varySchema, 'One thing that is changed: its values become the variants.')),
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

/** Settings of a machine of the right shape. */
export type MachineShape = z.infer<typeof machineSchema>;
