/** The shape of a step: one verb, and modifiers. */
import * as z from 'zod/mini';
import { repeatCountMax, stepCountMax } from '../model/limits.ts';
import {
  actors,
  fullPlaces,
  measures,
  plantedThings,
  sandboxPermissions,
  searchPolicies,
  unlockings,
} from '../model/scenario.ts';
import { described, id, instant, maybe, systems, text, time, words } from './schema-parts.ts';
import {
  badReleases,
  cleanable,
  faultNames,
  pinnable,
  resettable,
  saveWords,
  versionNames,
} from './vocabulary.ts';

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

/** What somebody changes on the machine; exactly one of its keys beside `with`, `text` and `append`. */
export const changeSchema = z.strictObject({
  install: maybe(text('Name of a package of the release, installed with the system’s own tool.')),
  remove: maybe(text('Name of a package, removed with the system’s own tool.')),
  replace: maybe(
    text(
      'Name of a package that makes room for another one (`with`), in one transaction where the tool has one.',
    ),
  ),
  with: maybe(
    text(
      'Name of the package that is installed instead: one of the release that is not installed.',
    ),
  ),
  edit: maybe(text('Id of a datum, or a path, edited as root; with `text` or `append`.')),
  clean: maybe(described(z.enum(cleanable), 'Removes older versions of the system.')),
  reset: maybe(described(z.enum(resettable), 'Puts the system back as it was shipped.')),
  pin: maybe(
    described(
      z.enum(pinnable),
      'Marks the version that runs, so that neither updates nor cleaning up remove it; systems without such a mark say why.',
    ),
  ),
  unlock: maybe(
    described(
      z.enum(unlockings),
      'Lays a writable layer over /usr: `transient` until the next start, `hotfix` for as long as this version runs; systems without such a layer say why.',
    ),
  ),
  text: maybe(described(z.string(), 'The whole new text of an edited file.')),
  append: maybe(described(z.string(), 'Text that is added to an edited file.')),
});

/** What an attacker tries, one after the other; `by` says with whose rights. */
export const attackSchema = z.strictObject({
  read: maybe(
    described(z.array(z.string()), 'Ids of data, or paths, that are read and sent away.'),
  ),
  overwrite: maybe(
    described(z.array(z.string()), 'Ids of data, or paths, that are overwritten or encrypted.'),
  ),
  plant: maybe(
    described(
      words(plantedThings),
      'What is left to be started again: `autostart` at the login of the user, a `service` at each start, a `program` in place of a tool of the system (`/usr/bin/ls`). Each becomes a datum `planted-autostart` and so on.',
    ),
  ),
  permissions: maybe(
    described(
      words(sandboxPermissions),
      'What the sandbox of a `sandboxed-program` opens; default nothing but its own folder.',
    ),
  ),
});

const plainKeys = {
  run: maybe(text('Types a command line into a terminal.')),
  write: maybe(described(writeSchema, 'Saves a file, as a program does it.')),
  update: maybe(described(z.enum(versionNames), 'Updates the system with its own tool.')),
  change: maybe(
    described(changeSchema, 'Installs, removes, replaces, edits, cleans, resets, pins or unlocks.'),
  ),
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
      z.enum(faultNames),
      '`power-loss`; `interrupt`: Ctrl-C; `disk-full`: a log fills the file system with /var, or an image /boot; a share such as `at: 41%` leaves that part of the room which the step needs at most, a time or a stage leaves what it takes until then; `lying-drive`: the power fails, and the drive had not written what it said; `drop-barrier`: the power fails, and the first barrier at or after `at` never reached the drive; `bad-release`: the update leads to `release`. These strike `during` another step. `bit-flip`: one bit of `file` changes on the disk; `typo`: somebody edits `file` and makes a mistake; `theft`: somebody takes the machine. These are steps of their own.',
    ),
  ),
  attack: maybe(described(attackSchema, 'Someone else reads, overwrites, and stays.')),
  measure: maybe(
    described(
      z.enum(measures),
      'Notes a number: `space` on every file system; what the system’s own check of `integrity` finds; what `scrub` finds, where a file system keeps checksums of data; or how many running `programs` still use files that were deleted.',
    ),
  ),
  as: maybe(text('Who does it; default `sam`.')),
  on: maybe(systems('Systems that do this step; default `all`.')),
  at: maybe(instant('When the fault strikes:')),
  during: maybe(id('Label of the step during which the fault strikes.')),
  by: maybe(described(z.enum(actors), 'With whose rights an attack runs.')),
  place: maybe(
    described(
      z.enum(fullPlaces),
      'What is full: `var` (the default), or `boot`, the partition from which the loader reads kernels, where a system has one and keeps kernels on it.',
    ),
  ),
  file: maybe(text('Id of a datum, or a path: which file a `bit-flip` or a `typo` strikes.')),
  release: maybe(described(z.enum(badReleases), 'Which bad release.')),
  seed: maybe(
    described(
      z.int().check(z.minimum(0)),
      'Seed of the sample that a search takes where more disks are possible than it looks at; wins over the seed of the run.',
    ),
  ),
  note: maybe(text('A sentence shown beside the step.')),
  label: maybe(id('Name of this step, for `during` and `without`.')),
  search: maybe(
    described(
      z.enum(searchPolicies),
      'Which instants and disks of a power loss are looked at, instead of `at`. Later steps go on from the disk that the usual order of writing leaves in the middle of the step. Of several power losses the last is judged, if each before it says `at`: a second cut, during the recovery from the first.',
    ),
  ),
};

/** A step that can be repeated: every verb but `repeat`. */
export const plainStepSchema = z.strictObject(plainKeys);

const repeatSchema = z.strictObject({
  times: described(z.int().check(z.minimum(2), z.maximum(repeatCountMax)), 'How often.'),
  steps: described(
    z.array(plainStepSchema).check(z.minLength(1), z.maxLength(stepCountMax)),
    'The steps, as above; their labels get the number of the round: `edit-1`, `edit-2`.',
  ),
});

/** One step: exactly one verb, and modifiers. */
export const stepSchema = z.strictObject({
  ...plainKeys,
  repeat: maybe(described(repeatSchema, 'Does steps several times.')),
});

/** A step of the right shape. */
export type StepShape = z.infer<typeof stepSchema>;
