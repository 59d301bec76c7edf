/** Lectures: the fewest missing operations, the time by the clock, and advice that was tried. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cases } from '../../../src/engine/explain/cases.ts';
import { lectureOn, type ToldOutcome } from '../../../src/engine/explain/lecture.ts';
import {
  everyPossibility,
  exactObservation,
  shows,
  type Possibility,
} from '../../../src/engine/explain/possibilities.ts';
import { scheduleOf, walk } from '../../../src/engine/explain/windows.ts';
import { keyOf } from '../../../src/engine/litmus/allowed.ts';
import { FileSystemState } from '../../../src/model/file-system-state.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { profileNamed, profileRecordedAs } from '../../../src/persistence/registry.ts';
import { explained, program, recordings } from './explain-programs.ts';

const isProperPart = (part: readonly number[], whole: readonly number[]): boolean =>
  part.length < whole.length && part.every((micro) => whole.includes(micro));

describe.each(['ext4', 'ext4-data-journal', 'xfs', 'btrfs', 'vfat'])('on %s', (id) => {
  test('what is missing is minimal: with any of it on the disk, something else is found', () => {
    fc.assert(
      fc.property(program, (drawn) => {
        const subject = explained(drawn, profileNamed(id));
        for (const told of subject?.possibilities.all.values() ?? []) {
          expect(smallerOnes(told, subject?.subject)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

/** Disks of the same moment that show the same and lack only part of it. */
function smallerOnes(
  told: Possibility,
  subject: Parameters<typeof everyPossibility>[0] | undefined,
): readonly (readonly number[])[] {
  if (subject === undefined) return [];
  const { moment } = told.disk.duties;
  return [...everyPossibility(subject, moment, { exceeded: false })]
    .filter(({ observation }) => keyOf(observation) === keyOf(told.observation))
    .filter(({ doubtful }) => doubtful.length <= told.doubtful.length)
    .map(({ missing }) => missing)
    .filter((missing) => isProperPart(missing, told.missing));
}

test.each(['ext4', 'ext4-data-journal', 'ext4-dioread-lock', 'xfs'])(
  'on %s a disk that holds all but what is missing shows what is told',
  (id) => {
    fc.assert(
      fc.property(program, (drawn) => {
        const subject = explained(drawn, profileNamed(id));
        if (subject === undefined) return;
        const { compiled, blobs, observe } = subject.subject;
        for (const { disk, missing, observation } of subject.possibilities.all.values()) {
          const state = new CrashState(compiled);
          const end = compiled.microStart[disk.duties.moment.issued] ?? 0;
          for (let micro = 0; micro < end; micro++) state.set(micro, !missing.includes(micro));
          const view = new FileSystemState(compiled.base.table, state.cells);
          const seen = exactObservation(view, blobs, observe);
          expect([seen, observation, shows(seen, observation)]).toEqual([seen, observation, true]);
        }
      }),
      { numRuns: 60 },
    );
  },
);

/** What the clocks bring is always among what is possible; the lectures rest on that. */
test.each(['ext4', 'ext4-data-journal', 'xfs', 'btrfs'])(
  'on %s the clock never shows what a power cut cannot leave',
  (id) => {
    fc.assert(
      fc.property(program, fc.constantFrom('likely', 'certain'), (drawn, certainty) => {
        const subject = explained(drawn, profileNamed(id));
        if (subject === undefined) return;
        const possible = [...subject.possibilities.all.values()];
        for (const seen of walk(subject.subject, scheduleOf(subject.subject, certainty))) {
          const isPossible = possible.some(({ observation }) =>
            shows(seen.observation, observation),
          );
          expect([seen, isPossible]).toEqual([seen, true]);
        }
      }),
      { numRuns: 60 },
    );
  },
);

function outcomesOf(id: string, profile: string): readonly ToldOutcome[] {
  const told = cases.find((one) => one.id === id);
  if (told === undefined) throw new Error(id);
  return lectureOn(told, [profileNamed(profile)]).fileSystems[0]?.outcomes ?? [];
}

/** Persistence model, section 0 point 3 and 8, and section 3.4 point 5. */
test.each([
  ['rename-over', 'ext4', 'A4096', 'Usually until 5 s; possible until 7 s.'],
  ['rename-over', 'ext4', 'B4096', 'Usually from 5 s on; possible earlier, certain from 44 s on.'],
  ['rename-over', 'ext4', 'empty', 'On a slow drive from 5 s to 44 s; possible earlier.'],
  ['rename-over', 'xfs', 'empty', 'Usually from 30 s to 60 s; possible earlier and until 69 s.'],
  ['rename-over', 'btrfs', 'empty', 'On a slow drive from 30 s to 69 s; possible earlier.'],
  ['rename-over', 'vfat', 'B4096', 'Usually from 30 s on; possible earlier, certain from 37 s on.'],
  ['fsync-directory-only', 'btrfs', 'empty', 'Usually from 6 ms to 30 s; possible until 69 s.'],
  ['append-log', 'ext4', 'A100+0100', 'Usually from 5 s to 30 s; possible earlier and until 37 s.'],
  ['append-log', 'xfs', 'A100+0100', 'Allowed by the model, and never seen in the recordings.'],
  [
    'append-log',
    'btrfs',
    'A100+B100',
    'Usually from 60 s on; possible earlier, certain from 69 s on.',
  ],
])('in %s on %s, %s is found: %s', (id, profile, word, when) => {
  const found = outcomesOf(id, profile).find(({ observation }) =>
    Object.values(observation).includes(word),
  );
  expect(found?.when).toBe(when);
});

test.each([
  ['rename-over', 'ext4-dioread-lock', ['A4096', 'B4096', 'empty']],
  ['rename-over', 'ext4-data-journal', ['A4096', 'B4096']],
  ['fsync-then-rename', 'ext4', ['A4096', 'B4096']],
  ['fsync-then-rename', 'vfat', ['A4096', 'B4096', 'err5']],
  ['editor-save', 'xfs', ['B4096']],
])('once %s has ended on %s there is one of %j', (id, profile, words) => {
  const left = outcomesOf(id, profile).filter(({ possibleAfterEnd }) => possibleAfterEnd);
  const found = left.map(({ observation }) => Object.values(observation).join(' '));
  expect(found.sort()).toEqual(words);
});

test('on btrfs the backup link is lost while the newer file is there', () => {
  const lost = outcomesOf('link-before-rename', 'btrfs').find(
    ({ observation }) => observation['f.bak'] === 'absent' && observation['f.new'] === 'B4096',
  );
  expect(lost).toMatchObject({ kind: 'never', isHarm: false, possibleAfterEnd: true });
  expect(lost?.arrived).toContain('the further name f.bak');
  expect(lost?.rules.map(({ id }) => id)).toContain('fsync-leaves-others');
});

const advised = cases.flatMap((told) => told.on.map((profile) => [told.id, profile] as const));

test.each(advised)('the advice on %s makes the end certain on %s', (id, profile) => {
  const told = cases.find((one) => one.id === id);
  const whole = told && lectureOn(told, [profileNamed(profile)]);
  // vfat has no hard links, and the lecture says so instead.
  if (whole?.notTold[0]?.isLack === true) return;
  const lecture = whole?.fileSystems[0];
  expect(lecture?.isComplete).toBe(true);
  expect(lecture?.advice.afterEnd).toHaveLength(1);
});

test.each(['ext4', 'xfs', 'btrfs', 'vfat'])(
  'the advice on rename-over does no harm on %s',
  (id) => {
    const told = cases.find((one) => one.id === 'rename-over');
    const lecture = told && lectureOn(told, [profileNamed(id)]).fileSystems[0];
    expect(lecture?.outcomes.some(({ isHarm }) => isHarm)).toBe(true);
    expect(lecture?.advice).toMatchObject({ isFineAlready: false, harm: [] });
  },
);

/** Claims against recordings: what is called usual was found in a crash image of the same program; one was not. */
test('whatever is called usual was seen on a real kernel', () => {
  const unseen = recordings().flatMap(({ id, fileSystem, setup, ops, observe, seen }) => {
    const profile = profileRecordedAs(fileSystem);
    // How many names there are is told with the laboratory's own files.
    if (profile === undefined || observe.includes('/#n')) return [];
    const told = { id, title: id, story: '', on: [], instead: [], setup, ops, observe };
    const outcomes = lectureOn(told, [profile]).fileSystems[0]?.outcomes ?? [];
    return outcomes
      .filter(({ occurrence }) => occurrence.likelihood === 'usual')
      .filter(
        ({ observation }) =>
          !seen.some(({ state }) => shows(state, observation) || shows(observation, state)),
      )
      .map(({ observation }) => `${id} ${JSON.stringify(observation)}`);
  });
  expect(unseen).toEqual(['btrfs/hole-write {"f":"empty"}']);
});
