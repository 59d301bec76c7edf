import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { MachineBrief } from '../../../src/backends/backend.ts';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { parseRpmRecords } from '../../../src/backends/package-tools/rpm-database.ts';
import { decideConfiguration } from '../../../src/backends/package-tools/rpm.ts';
import { cutFindings, studyCuts } from '../../../src/engine/cut-report.ts';
import { searchDisks } from '../../../src/engine/disk-search.ts';
import { judgingOf } from '../../../src/engine/judging-facts.ts';
import { Story } from '../../../src/engine/story.ts';
import { contentText } from '../../../src/model/content.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { callOf, countsOf, recordedCounts, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';
import { updateScenario } from './update-scenario.ts';

/**
 * The order of the recorded transaction, read off its calls; the second package has no files. rpm was given them the
 * other way round.
 */
const recordedOrder = [
  ...['editor', 'empty', 'python', 'sshd', 'desktop', 'libdesk1', 'openssl', 'sh', 'coreutils'],
  ...['base-files', 'systemd', 'libsystemd0', 'libc6'],
];

function rpmBrief(): MachineBrief {
  const options = {
    ...{ tool: 'rpm', layout: 'root-only', menuWrite: 'rename', kernelHookSyncs: false },
  } as const;
  const brief = briefOf(mutable, options);
  const empty = {
    ...{ name: 'empty', depends: [], essential: false, boot: false },
    versions: { v1: { version: '1', files: [] }, v2: { version: '2', files: [] } },
  };
  const all = [...brief.release.packages, empty];
  const packages = [...recordedOrder]
    .reverse()
    .flatMap((name) => all.filter((entry) => entry.name === name));
  expect(packages).toHaveLength(all.length);
  return { ...brief, release: { ...brief.release, packages } };
}

const machine = (): TestMachine => new TestMachine(mutable, rpmBrief());

function recordsOf(target: TestMachine): ReturnType<typeof parseRpmRecords> {
  const text = (path: string): string => {
    const content = target.running.tree.file(path);
    return content === undefined ? '' : contentText(content, target.brief.blobs);
  };
  const path = '/var/lib/rpm/rpmdb.sqlite';
  return parseRpmRecords(text(path), text(`${path}-wal`));
}

describe('the calls of an upgrade with rpm, against the recorded run mutable-rpm', () => {
  const target = machine();
  target.update();
  const made = countsOf(target.operations());
  const real = recordedCounts('rpm');

  test.each([
    ['write', ['write']],
    ['rename', ['rename']],
    ['fdatasync and fsync', ['fdatasync', 'fsync']],
    ['unlink', ['unlink']],
    ['mkdir', ['mkdir']],
  ])('%s: within 5 %%', (_call, calls) => {
    const theirs = sum(real, ...calls);
    expect(theirs).toBeGreaterThan(0);
    expect(Math.abs(sum(made, ...calls) - theirs) / theirs).toBeLessThanOrEqual(0.05);
  });

  // The recording calls every open with O_CREAT a creation; outside of the database both count alike.
  test('create, open and truncate, outside of the database: within 5 %', () => {
    const url = new URL('fixtures/syscalls-rpm.txt', import.meta.url);
    const lines = readFileSync(url, 'utf8').split('\n');
    const opened = lines.filter((line) => line.startsWith('create /var/lib/rpm/')).length;
    const theirs = sum(real, 'create', 'open+truncate') - opened;
    const outside = target.operations().filter(({ path }) => !path.startsWith('/var/lib/rpm/'));
    const ours = sum(countsOf(outside), 'create', 'open+truncate');
    expect(Math.abs(ours - theirs) / theirs).toBeLessThanOrEqual(0.05);
  });

  test('it takes as long: 506 ms, within 5 %', () => {
    const { nowMicroseconds } = target.running.kernel;
    expect(Math.abs(nowMicroseconds - 505_600) / 505_600).toBeLessThanOrEqual(0.05);
    expect(target.errors()).toEqual([]);
  });

  test('a package has all its files written before the first rename, and none of them is synced', () => {
    const calls = callsOn(target.operations(), /\/(libc|libm)\.so\.6|rpmdb\.sqlite-wal$/);
    const begin = calls.indexOf('create libc.so.6;66f00d00');
    expect(calls.slice(begin, begin + 6)).toEqual([
      'create libc.so.6;66f00d00',
      'create libm.so.6;66f00d00',
      'rename libc.so.6;66f00d00',
      'rename libm.so.6;66f00d00',
      'write rpmdb.sqlite-wal',
      'fdatasync rpmdb.sqlite-wal',
    ]);
  });

  test('afterwards every package is of version 2, both kernels are there, and nothing is left over', () => {
    const records = recordsOf(target);
    for (const name of recordedOrder) expect([...(records.get(name) ?? [])]).toEqual(['2']);
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(target.text('/usr/lib/libc.so.6')).toContain('v2');
    const left = target.running.tree.list('/usr/lib').filter((name) => name.includes(';'));
    expect(left).toEqual([]);
  });

  test.each([
    ['unchanged by people: replaced', '/etc/desk.conf', 'desktop v2 /etc/desk.conf'],
    ['changed by both: kept', '/etc/app.conf', 'changed by its user\n'],
    ['and the new one beside it', '/etc/app.conf.rpmnew', 'editor v2 /etc/app.conf'],
    ['changed by nobody: no new one', '/etc/fstab-default.rpmnew', undefined],
  ])('configuration %s', (_rule, path, text) => {
    expect(target.text(path)).toBe(text);
  });
});

/** Calls on some files, by their names; repeated ones and the pieces of package files are left out. */
function callsOn(operations: readonly Operation[], pattern: RegExp): readonly string[] {
  return operations
    .filter(({ path }) => pattern.test(path.replace(/;66f00d00$/, '')))
    .map((operation) => `${callOf(operation)} ${operation.path.replace(/.*\//, '')}`)
    .filter((call, index, all) => call !== all[index - 1] && !/^write .*66f00d00$/.test(call));
}

describe.each([
  // Shipped by the package before; present; shipped now.
  ['new file', undefined, undefined, 'b', 'create'],
  ['there before any package had it', undefined, 'x', 'b', 'create beside'],
  ['the package changed it', 'a', 'a', 'b', 'create'],
  ['people changed it', 'a', 'x', 'a', 'keep'],
  ['both changed it', 'a', 'x', 'b', 'create beside'],
  ['both changed it alike', 'a', 'b', 'b', 'keep'],
  ['people deleted it', 'a', undefined, 'b', 'create'],
] as const)('what rpm does with configuration: %s', (_name, shipped, present, now, decision) => {
  test(decision, () => {
    expect(decideConfiguration(shipped, present, now)).toBe(decision);
  });
});

describe('the database of rpm', () => {
  test('half a commit says nothing, and two versions are told when the old one was not erased', () => {
    expect([...parseRpmRecords('a 1\nb 1\n', '+a 2\n')].map(([, found]) => [...found])).toEqual([
      ['1', '2'],
      ['1'],
    ]);
    const records = parseRpmRecords('a 1\n', 'pages of the indexes\n+a 2\n-a 1\n+a');
    expect([...(records.get('a') ?? [])]).toEqual(['2']);
  });

  const whole = machine();
  whole.update();
  const begin = (label: string): number =>
    whole.running.kernel.stages.find((stage) => stage.label === label)?.startMicroseconds ?? NaN;

  test.each([0.1, 0.3, 0.45, 0.6])(
    'interrupted after %d of the time and started again: all files of version 2',
    (share) => {
      const target = machine();
      target.update(Math.floor(505_600 * share));
      target.switchOn();
      target.update();
      for (const name of recordedOrder) expect(recordsOf(target).get(name)).toContain('2');
      expect(target.menu()).toEqual(['v2', 'v1']);
      expect(target.text('/usr/lib/libc.so.6')).toContain('v2');
    },
  );

  test('interrupted before the menu is written, the new kernel stays without one: its scripts never run again', () => {
    const target = machine();
    target.update(begin('make the initramfs') + 1000);
    target.switchOn();
    target.update();
    expect(recordsOf(target).get('linux-6.2.0')).toContain('6.2.0');
    expect(target.menu()).toEqual(['v1']);
  });

  test('interrupted while old versions are erased, it calls both versions installed for good', () => {
    const target = machine();
    target.update(begin('erase editor 1') + 1000);
    target.switchOn();
    target.update();
    const both = [...recordsOf(target).values()].filter((versions) => versions.size === 2);
    expect(both.length).toBeGreaterThan(0);
  });

  test('a package is removed and installed again; a protected one stays', () => {
    const target = machine();
    const versions = (name: string): readonly string[] => [...(recordsOf(target).get(name) ?? [])];
    target.asRoot((os) => remove(os, 'editor'));
    expect([versions('editor'), target.text('/usr/bin/edit')]).toEqual([[], undefined]);
    expect(target.text('/etc/app.conf.rpmsave')).toBe('changed by its user\n');
    target.asRoot((os) => install(os, 'editor'));
    expect(versions('editor')).toEqual(['1']);
    expect(target.text('/usr/bin/edit')).toContain('v1');
    target.asRoot((os) => remove(os, 'libc6'));
    expect(versions('libc6')).toEqual(['1']);
    expect(target.errors().join('')).toContain('protected packages: libc6');

    function* remove(os: Parameters<Parameters<TestMachine['asRoot']>[0]>[0], name: string) {
      yield* mutable.removePackage?.({ os, brief: target.brief }, name) ?? [];
    }
    function* install(os: Parameters<Parameters<TestMachine['asRoot']>[0]>[0], name: string) {
      yield* mutable.installPackage?.({ os, brief: target.brief }, name) ?? [];
    }
  });
});

interface Recording {
  readonly share_of_time_during_update: { readonly [outcome: string]: number };
  readonly share_of_time_after_exit: { readonly [outcome: string]: number };
}

describe('the power goes during an upgrade with rpm', () => {
  const url = new URL('fixtures/mutable-rpm.json', import.meta.url);
  const run = JSON.parse(readFileSync(url, 'utf8')) as Recording;
  const story = new Story(updateScenario, mutable, rpmBrief());
  const fault = story.tell();
  if (fault === undefined) throw new Error('the scenario has a fault');
  const found = cutFindings(
    studyCuts(story, judgingOf(story), story.window(fault)),
    { policy: 'every-op' },
    searchDisks,
  );

  const near = (one: number, other: number): boolean =>
    Math.abs(one - other) <= 0.05 || Math.max(one, other) <= 2 * Math.min(one, other);

  test.each([
    ['during the update', found.outcomes, run.share_of_time_during_update],
    ['in the quiet after it', found.settling, run.share_of_time_after_exit],
  ] as const)(
    '%s: the classes of the recorded run, each for about as long',
    (_time, shares, theirs) => {
      const ours: { readonly [outcome: string]: number } = shares;
      const names = new Set([...Object.keys(ours), ...Object.keys(theirs)]);
      const wrong = [...names].filter((name) => !near(ours[name] ?? 0, theirs[name] ?? 0));
      expect(wrong.map((name) => [name, ours[name], theirs[name]])).toEqual([]);
    },
  );

  test('what is damaged are files with new names, empty: their names were durable before their data', () => {
    const damaged = found.screens.filter(({ outcome }) => outcome === 'broken-torn');
    expect(damaged.length).toBeGreaterThan(0);
    for (const { verdict } of damaged) {
      expect(verdict.because.text).toContain('libsystemd-shared-2.so is empty');
    }
    const noStart = found.screens.filter(({ outcome }) => outcome === 'broken-noboot');
    expect(noStart.length).toBeGreaterThan(0);
    for (const { verdict } of noStart) {
      expect(verdict.because.text).toContain('vmlinuz-6.2.0, which is empty');
    }
  });
});
