/** What no lecture may say: advice that a drive makes worthless, a bound that the clock does not know, a rule of others. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lectureFor, lectureText } from '../../../src/cli/explain.ts';
import { cases } from '../../../src/engine/explain/explain.ts';
import { lectureOn, type Lecture } from '../../../src/engine/explain/lecture.ts';
import { driveCaches, recordedDrive, type Drive } from '../../../src/model/device.ts';
import { profileNamed, profiles } from '../../../src/persistence/registry.ts';
import { ruleSentence } from '../../../src/persistence/rules.ts';
import { SystemError } from '../../../src/kernel/process.ts';
import { paths, program } from './explain-programs.ts';

function lecture(id: string, on?: readonly string[], drive?: Drive): Lecture {
  const told = lectureFor(id, on, drive);
  if (!told.ok) throw new Error(JSON.stringify(told.problems));
  return told.value;
}

const ids = cases.map(({ id }) => id);
const lying: Drive = { ...recordedDrive, honoursFlush: false };

describe.each(ids)('the lecture on %s', (id) => {
  test('advises no call, fsync least of all, on a drive that lies', () => {
    const { fileSystems, lesson } = lecture(id, undefined, lying);
    expect(lesson).toMatch(/^On a drive that lies, fsync and sync are no help/);
    for (const { advice, outcomes } of fileSystems) {
      expect(advice).toMatchObject({ isHopeless: true, isFineAlready: false, calls: [] });
      expect(advice.note).toContain('fsync and sync included');
      const words = outcomes.map(({ occurrence }) => occurrence.likelihood);
      expect(words.filter((word) => word === 'usual' || word === 'certain')).toEqual([]);
    }
  });

  test.each(['write-through', 'power-loss-protected'] as const)(
    'speaks of no cache that forgets, and of no drive that reorders, on a %s drive',
    (cache) => {
      const text = lectureText(lecture(id, undefined, { ...recordedDrive, cache }));
      expect(text.replaceAll(/\s+/g, ' ')).not.toMatch(
        /volatile|drive writes things|drive reorders/,
      );
    },
  );

  test('explains every mark that it uses, and no other', () => {
    const lines = lectureText(lecture(id)).split('\n');
    for (const mark of ['!', '?']) {
      const isUsed = lines.some((line) => line.startsWith(`${mark} `));
      expect([mark, lines.some((line) => line.startsWith(`  - ${mark}: `))]).toEqual([
        mark,
        isUsed,
      ]);
    }
  });

  test('says what was there before', () => {
    const told = cases.find((one) => one.id === id);
    const text = lectureText(lecture(id));
    expect(lecture(id).setup).toHaveLength(told?.setup.length ?? -1);
    expect(text).toMatch(
      told?.setup.length === 0 ? /Before, there is nothing/ : /\nBefore.*:\n {2}- /,
    );
  });
});

test('flushes that are ignored have no effect where nothing waits for one', () => {
  for (const cache of driveCaches) {
    const { driveText } = lecture('rename-over', ['ext4'], { ...lying, cache });
    expect(driveText.includes('has no effect')).toBe(cache !== 'volatile');
  }
});

describe.each(profiles.map(({ id }) => id).filter((id) => id !== 'tmpfs'))('on %s', (id) => {
  const profile = profileNamed(id);
  const isSlot = profile.metadataOrder === 'blocks';

  /** When the only call of a program is on the disk for certain, in whole seconds after it. */
  function certainSeconds(call: readonly (string | number)[]): number {
    const told = { id, title: '', story: '', on: [], instead: [], observe: ['f'] };
    const setup = [['write', 'f', 0, 4096, 'A']] as const;
    const [part] = lectureOn({ ...told, setup, ops: [call] }, [profile]).fileSystems;
    return Math.round((part?.durability[0]?.certainMicroseconds ?? NaN) / 1_000_000);
  }

  test('the sentences give the bounds of the certain clock, and no others', () => {
    if (profile.overwrite === 'in-place') {
      const seconds = certainSeconds(['write', 'f', 0, 4096, 'B']);
      expect(ruleSentence('written-back', profile)).toContain(`after ${String(seconds)} s at the`);
    }
    if (profile.metadataOrder !== 'prefix' || profile.allocation === 'with-operation') return;
    const seconds = certainSeconds(['write', 'g', 0, 4096, 'B']);
    expect(ruleSentence('attached-later', profile)).toContain(`after ${String(seconds)} s at the`);
  });

  test('what usually happens lies within what is possible, and all of it is there when it is said', () => {
    if (isSlot) return;
    fc.assert(
      fc.property(program, (drawn) => {
        for (const outcome of outcomesOf(drawn, id)) {
          const { likelihood, spans, possible } = outcome.occurrence;
          if (likelihood !== 'usual') continue;
          for (const { fromMicroseconds, toMicroseconds } of spans) {
            expect(fromMicroseconds).toBeGreaterThanOrEqual(possible.fromMicroseconds - 1000);
            expect(toMicroseconds).toBeLessThanOrEqual(possible.toMicroseconds + 1000);
          }
          if (outcome.disk.startsWith('All of the program')) expect(outcome.missing).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('no zeros are told where an extent joins its file only after its data', () => {
    if (profile.allocation !== 'after-data') return;
    fc.assert(
      fc.property(program, (drawn) => {
        const rules = outcomesOf(drawn, id).flatMap((outcome) => outcome.rules);
        expect(rules.map((rule) => rule.id)).not.toContain('unwritten-extents');
      }),
      { numRuns: 40 },
    );
  });
});

function outcomesOf(drawn: Parameters<typeof lectureOn>[0] | object, profile: string) {
  const told = { id: '', title: '', story: '', on: [], instead: [], observe: paths };
  try {
    const whole = { ...told, setup: [], ops: [], ...drawn };
    return lectureOn(whole, [profileNamed(profile)]).fileSystems[0]?.outcomes ?? [];
  } catch (error) {
    if (error instanceof SystemError) return [];
    throw error;
  }
}

test('on tmpfs everything is gone for certain, and the lesson is about memory', () => {
  for (const id of ['rename-over', 'editor-save', 'append-log']) {
    const { fileSystems, lesson } = lecture(id, ['tmpfs']);
    const [part] = fileSystems;
    expect(lesson).toMatch(/^tmpfs is memory/);
    expect(part?.advice).toMatchObject({ isHopeless: true, calls: [] });
    expect(part?.outcomes.map(({ when }) => when)).toEqual(['Certain, whenever the power fails.']);
    const words = part?.outcomes.flatMap(({ observation }) => Object.values(observation)) ?? [];
    expect(new Set(words)).toEqual(new Set(['absent']));
  }
});

describe('a slot', () => {
  test('has no names, so a program about names is not told there', () => {
    const { notTold, fileSystems } = lecture('rename-over', ['raw-slot', 'ext4']);
    expect(fileSystems.map(({ profile }) => profile)).toEqual(['ext4']);
    expect(notTold.map(({ profile, text }) => [profile, text.includes('no names')])).toEqual([
      ['raw-slot', true],
    ]);
  });

  test('is whole once it was flushed, and under dm-verity right or refused before', () => {
    const { fileSystems } = lecture('slot-image');
    for (const { advice } of fileSystems) expect(advice.afterEnd).toHaveLength(1);
    const words = fileSystems[1]?.outcomes.map(({ observation }) => observation['slot-b']);
    expect(words?.sort()).toEqual(['B16384', 'err5']);
  });
});

test('where one file system cannot run a program, the others are told, and why it is not', () => {
  const { fileSystems, notTold } = lecture('link-before-rename');
  expect(fileSystems.map(({ profile }) => profile)).toEqual(['ext4', 'xfs', 'btrfs']);
  expect(notTold.map(({ text }) => text)).toEqual([
    'Call 1 (give f the second name f.bak) fails there with EPERM: vfat has no hard links. To keep the old version there, copy it and call syncfs.',
  ]);
});

test('a program that none of them runs is no lecture', () => {
  const told = lectureFor('set-default', ['ext4', 'xfs']);
  expect(told.ok ? '' : told.problems[0]?.text).toContain('ext4 has no subvolumes.');
});

/** A clock once let the dropped content hold back all later changes of its sector, for ever. */
test.each(['vfat', 'ext4-no-journal', 'ext4', 'btrfs'])(
  'on %s, content that was emptied away before it was written holds nothing back',
  (id) => {
    const ops = [
      ['write', 'f', 0, 100, 'A'],
      ['writetrunc', 'f', 100, 'B'],
    ];
    const whole = outcomesOf({ ops, observe: ['f'] }, id).find(
      ({ observation }) => observation['f'] === 'B100',
    );
    expect(whole?.occurrence.certainMicroseconds).toBeLessThan(70_000_000);
  },
);
