/** Reasons: nothing on any crash disk is without one, and every one leads to somebody who says so. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lectureOn } from '../../../src/engine/explain/lecture.ts';
import { AllowedStates, keyOf } from '../../../src/engine/litmus/allowed.ts';
import { recordProgram, type LitmusCall } from '../../../src/engine/litmus/program.ts';
import { BlobTable, wholeBlob } from '../../../src/model/content.ts';
import { recordedDrive } from '../../../src/model/device.ts';
import { ImageBuilder, Volume } from '../../../src/model/volume.ts';
import { compile } from '../../../src/persistence/compile.ts';
import { CrashState } from '../../../src/persistence/crash-state.ts';
import { historyOf, historyOfIncluded } from '../../../src/persistence/disk-history.ts';
import { reasonsFor, type CrashReason } from '../../../src/persistence/reasons.ts';
import { recordedOn } from '../../../src/persistence/recordings.ts';
import { profileNamed, profileRecordedAs } from '../../../src/persistence/registry.ts';
import { recordingsOf, rules, type RuleId } from '../../../src/persistence/rules.ts';
import { explained, paths, program, recordings } from './explain-programs.ts';

const profileIds = [
  'ext4',
  'ext4-data-journal',
  'ext4-no-journal',
  'xfs',
  'btrfs',
  'vfat',
  'tmpfs',
];
const tests = recordings();

const isBare = ({ text, sources }: CrashReason): boolean =>
  text === '' || sources.length === 0 || sources.includes('');

describe.each(profileIds)('on %s', (id) => {
  test('every state of a random program has a chain of reasons that ends in a source', () => {
    fc.assert(
      fc.property(program, (drawn) => {
        const subject = explained(drawn, profileNamed(id));
        for (const { disk, contents } of subject?.possibilities.all.values() ?? []) {
          const history = historyOf(disk, contents);
          for (const path of paths) {
            const chain = reasonsFor(history, path);
            expect(chain.length).toBeGreaterThan(0);
            expect(chain.filter(isBare)).toEqual([]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the lecture knows exactly the states that the engine allows', () => {
    fc.assert(
      fc.property(program, (drawn) => {
        const profile = profileNamed(id);
        const subject = explained(drawn, profile);
        if (subject === undefined) return;
        const allowed = new AllowedStates(drawn, paths, profile);
        const { all, afterEnd } = subject.possibilities;
        expect([...all.keys()].sort()).toEqual(allowed.anyTime.map(keyOf).sort());
        expect([...afterEnd].sort()).toEqual(allowed.afterEnd.map(keyOf).sort());
      }),
      { numRuns: 60 },
    );
  });
});

describe('on every recorded program', () => {
  test.each(tests.map((one) => [one.id, one] as const))('%s', (_, recorded) => {
    const profile = profileRecordedAs(recorded.fileSystem);
    if (profile === undefined) throw new Error(recorded.fileSystem);
    const subject = explained(recorded, profile, recorded.observe);
    const allowed = new AllowedStates(recorded, recorded.observe, profile);
    const keys = [...(subject?.possibilities.all.keys() ?? [])];
    expect(keys.sort()).toEqual(allowed.anyTime.map(keyOf).sort());
  });
});

test('every recording that a rule points to was recorded', () => {
  const known = new Set(tests.map(({ id }) => id));
  const claimed = Object.entries(recordedOn).flatMap(([name, systems]) =>
    systems.map((system) => `${system}/${name}`),
  );
  expect(claimed.filter((id) => !known.has(id))).toEqual([]);
  const programs = Object.values(rules).flatMap((rule): readonly string[] => rule.programs);
  expect(programs.filter((name) => !(name in recordedOn))).toEqual([]);
});

/** What a rule is about, in the words of the recordings, must be allowed by the recording that it points to. */
test.each<[RuleId, string, string, string]>([
  ['unwritten-extents', 'ext4', 'ext4/ren-over-nosync', '{0B}4096'],
  ['size-after-data', 'xfs', 'xfs/ren-over-nosync', 'empty'],
  ['size-after-data', 'btrfs', 'btrfs/ren-over-nosync', 'empty'],
  ['chain-missing', 'vfat', 'vfat/ren-over-nosync', 'err5'],
  ['zeros-without-journal', 'vfat', 'vfat/ren-over-nosync', '04096'],
  ['inode-missing', 'ext4-no-journal', 'ext4nj/ren-over-nosync', 'err117'],
  ['rename-halves-in-log', 'btrfs', 'btrfs/rename-crossdir-fsync-newdir', 'A10'],
  ['entry-without-start', 'vfat', 'vfat/rename-crossdir', 'empty'],
])('%s on %s is shown by %s, which allows %s', (rule, profile, recording, word) => {
  expect(recordingsOf(rule, profileNamed(profile))).toContain(recording);
  const allowed = tests.find(({ id }) => id === recording)?.allowed ?? [];
  expect(allowed.some((state) => Object.values(state).includes(word))).toBe(true);
});

test('a disk given as included micro-operations has its reasons too', () => {
  const drawn = {
    setup: [['write', 'f', 0, 4096, 'A']],
    ops: [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
  } as const;
  const compiled = compile(recordProgram(drawn, 'ext4').volume, profileNamed('ext4'));
  const disk = new CrashState(compiled);
  for (let micro = 0; micro < compiled.count; micro++) {
    disk.set(micro, compiled.steps[micro]?.kind !== 'data');
  }
  const chain = reasonsFor(historyOfIncluded(disk, { completed: 3, issued: 3 }), 'f');
  expect(chain.map(({ rule, operation }) => [operation?.call, rule])).toEqual([
    ['create f.new', 'commit-timer'],
    ['write 4096 bytes to f.new', 'unwritten-extents'],
    ['rename f.new to f', 'commit-timer'],
  ]);
});

/** The rule behind each classic loss, on the outcome that shows it, once the program has ended. */
test.each<[string, readonly (readonly (string | number)[])[], Record<string, string>, RuleId]>([
  [
    'ext4',
    [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
    { f: '{0B}4096' },
    'unwritten-extents',
  ],
  [
    'ext4',
    [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
    { f: 'empty' },
    'delayed-allocation',
  ],
  [
    'xfs',
    [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
    { f: 'empty' },
    'size-after-data',
  ],
  ['ext4', [['rename', 'f', 'g']], { f: 'A4096', g: 'absent' }, 'commit-timer'],
  [
    'btrfs',
    [
      ['rename', 'f', 'd/f'],
      ['fsync', 'd'],
    ],
    { f: 'A4096', 'd/f': 'A4096' },
    'rename-halves-in-log',
  ],
  [
    'btrfs',
    [
      ['link', 'f', 'g'],
      ['write', 'h', 0, 1, 'B'],
      ['fsync', 'h'],
    ],
    { g: 'absent', h: 'B1' },
    'fsync-leaves-others',
  ],
  [
    'ext4',
    [
      ['chmod', 'f', 384],
      ['fdatasync', 'f'],
    ],
    { 'f#mode': '0o644' },
    'fdatasync-leaves-attributes',
  ],
  ['btrfs', [['setdefault', 's']], { f: 'A4096' }, 'default-waits-for-commit'],
  ['vfat', [['rename', 'f', 'd/f']], { f: 'A4096', 'd/f': 'A4096' }, 'rename-halves-in-sectors'],
  [
    'vfat',
    [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
    { f: 'err5' },
    'chain-missing',
  ],
  ['tmpfs', [['write', 'g', 0, 4096, 'B'], ['syncfs']], { g: 'absent' }, 'memory-only'],
  ['xfs', [['write', 'f', 0, 4096, 'B']], { f: '{AB}4096' }, 'overwrite-in-place'],
  ['ext4', [['truncate', 'f', 100]], { f: 'A100+{0A}3996' }, 'zeroed-tail'],
])('on %s, after %j, %j is told by the rule %s', (id, ops, observation, rule) => {
  const setup = [
    ...(id === 'btrfs' ? [['subvol', 's']] : []),
    ['mkdir', 'd'],
    ['write', 'f', 0, 4096, 'A'],
  ];
  const told = { id: '', title: '', story: '', instead: [], on: [], setup, ops };
  const lecture = lectureOn({ ...told, observe: Object.keys(observation) }, [profileNamed(id)]);
  const outcome = lecture.fileSystems[0]?.outcomes.find(
    (one) => keyOf(one.observation) === keyOf(observation),
  );
  expect(outcome?.possibleAfterEnd).toBe(true);
  expect(outcome?.rules.map((one) => one.id)).toContain(rule);
});

/** Rules that no litmus program can show: a drive that lies, and partitions that hold an image. */
test('on a drive that lies, what is missing is missing because of the drive', () => {
  const ops = [['write', 'f', 0, 4096, 'B'], ['syncfs']] as const;
  const { volume } = recordProgram({ setup: [], ops }, 'ext4');
  const lying = { ...recordedDrive, honoursFlush: false };
  const compiled = compile(volume, profileNamed('ext4'), lying);
  const count = compiled.operations.length;
  const nothing = new CrashState(compiled);
  const history = historyOfIncluded(nothing, { completed: count, issued: count });
  expect([...new Set(reasonsFor(history, 'f').map(({ rule }) => rule))]).toEqual(['lying-drive']);
});

test.each([
  ['raw-slot', 'slot-blocks'],
  ['raw-slot-verity', 'verity-refuses'],
])('blocks of an image that are not there yet are told on %s by %s', (id, rule) => {
  const volume = new Volume({ id: 'slot', profile: id, label: 'slot' }, new ImageBuilder().state());
  const inode = volume.base.root;
  const data = wholeBlob(new BlobTable().intern('v2', 65_536), 65_536);
  const effect = { kind: 'write-blocks', inode, offsetBytes: 0, data } as const;
  volume.record({
    index: 0,
    volume: 'slot',
    startMicroseconds: 0,
    endMicroseconds: 1,
    process: 1,
    stage: 0,
    effect,
    path: '/dev/slot',
  });
  const disk = new CrashState(compile(volume, profileNamed(id)));
  const chain = reasonsFor(historyOfIncluded(disk, { completed: 1, issued: 1 }), '/');
  expect(chain.map((reason) => reason.rule)).toContain(rule);
});

/** Sources: the recordings themselves. On XFS no append ever showed zeros; on ext4 some did. */
test.each([
  ['xfs/append-small-nosync', false],
  ['ext4/append-small-nosync', true],
])('%s was seen with zeros at its end: %s', (id, wasSeen) => {
  const seen = tests.find((one) => one.id === id)?.seen ?? [];
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.some(({ state }) => state['f'] === 'A100+0100')).toBe(wasSeen);
});

/** Where no journal ties a name to what it stands for, a Why does not sound surer than the lecture. */
test.each([
  [
    'vfat',
    [
      ['write', 'f.new', 0, 4096, 'B'],
      ['rename', 'f.new', 'f'],
    ],
    'chain-missing',
  ],
  [
    'vfat',
    [
      ['mkdir', 'd'],
      ['write', 'g', 0, 4096, 'B'],
      ['rename', 'g', 'd/f'],
    ],
    'entry-without-start',
  ],
  ['ext4-no-journal', [['write', 'f', 0, 4096, 'B']], 'inode-missing'],
] as const)('on %s, after %j, a Why names the doubt %s', (id, ops, rule) => {
  const path = ops.some(([, , to]) => to === 'd/f') ? 'd/f' : 'f';
  const setup = [['write', 'f', 0, 4096, 'A']];
  const whyOf = (calls: readonly LitmusCall[], timedOut?: number) => {
    const { volume } = recordProgram({ setup, ops: calls }, id);
    const compiled = compile(volume, profileNamed(id));
    const whole = new CrashState(compiled);
    for (let micro = 0; micro < compiled.count; micro++) whole.set(micro, true);
    const count = compiled.operations.length;
    const moment = { completed: count, issued: count };
    const history = historyOfIncluded(whole, moment, timedOut === undefined ? 0 : count);
    return reasonsFor(history, path).filter(({ text }) =>
      text.includes('may also be found otherwise'),
    );
  };
  expect(whyOf(ops).map((reason) => reason.rule)).toContain(rule);
  expect(whyOf([...ops, ['syncfs', '/']])).toEqual([]);
  expect(whyOf(ops, Infinity)).toEqual([]);
});
