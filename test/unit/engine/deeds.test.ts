/** Attacks, theft, bad bits, full disks and lost flushes, told to whole machines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandRelease, runLaboratory, scenarioVariant } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import type { SystemReport } from '../../../src/model/report.ts';
import { systems } from '../scenario/good-scenario.ts';

const project = join(import.meta.dirname, '../../..');
const release = expandRelease(
  readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'),
);

function told(steps: string, system: string, machine = '{}'): SystemReport {
  const text = `id: short
title: Short
story: Short.
goal: To know.
tests: [immutable-is-secure]
level: 1
machine: ${machine}
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: "One\\n" }
  - { id: key, kind: secret, path: ~/.ssh/key, text: "secret" }
steps:
${steps}
teach: Nothing.
`;
  const parsed = parseScenario(text, systems);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const scenario = scenarioVariant(parsed.value);
  const [report] = runLaboratory({ scenario, systems: [system], release, seed: 1 }).systems;
  if (report === undefined) throw new Error('no report');
  return report;
}

const fate = ({ fates }: SystemReport, datum: string, axis: string): readonly string[] =>
  Object.keys(fates[datum]?.[axis] ?? {});

const whyOf = ({ screens }: SystemReport, datum: string): string =>
  (screens[0]?.fates.find((one) => one.datum === datum)?.why ?? [])
    .map(({ text, source }) => `${text} [${source}]`)
    .join(' ');

describe('an attack does what the kernel allows, and no more', () => {
  test('a program of the user reads the secret; a closed sandbox does not see it', () => {
    const attack = '  - attack: { read: [key] }\n    by:';
    const open = told(`${attack} user-program`, 'fedora-silverblue');
    const closed = told(`${attack} sandboxed-program`, 'fedora-silverblue');
    expect(fate(open, 'key', 'secrecy')).toEqual(['leaked']);
    expect(fate(closed, 'key', 'secrecy')).toEqual(['safe']);
    expect(whyOf(closed, 'key')).toContain('sandbox');
  });

  test('a secret that was read stays leaked after a rollback', () => {
    const steps =
      '  - attack: { read: [key] }\n  - update: v2\n  - reboot: clean\n  - rollback: previous\n  - reboot: clean';
    expect(fate(told(steps, 'nixos'), 'key', 'secrecy')).toEqual(['leaked']);
  });

  test('what was overwritten is lost, and its owner gets it back by writing it again', () => {
    const attack = '  - attack: { overwrite: [thesis] }\n';
    const lost = told(`${attack}  - reboot: clean`, 'debian');
    expect(fate(lost, 'thesis', 'content')).toEqual(['lost']);
    expect(fate(lost, 'thesis', 'author')).toEqual(['tampered']);
    const again = told(
      `${attack}  - write: { to: thesis, text: Two }\n  - reboot: clean`,
      'debian',
    );
    expect(fate(again, 'thesis', 'content')).toEqual(['updated']);
    expect(fate(again, 'thesis', 'author')).toEqual(['owner']);
  });

  test('without root nothing is left in /etc, and the reason is the error of the system call', () => {
    const report = told('  - attack: { plant: [service] }\n  - reboot: clean', 'vanilla-os');
    expect(fate(report, 'planted-service', 'content')).toEqual(['lost']);
    expect(whyOf(report, 'planted-service')).toContain('EACCES');
  });
});

describe('a thief reads what is not encrypted', () => {
  test.each([
    ['{}', 'leaked'],
    ['{ luks: true }', 'safe'],
  ])('with the settings %s the key is %s', (machine, secrecy) => {
    const report = told('  - wait: 40 s\n  - fault: theft', 'opensuse-microos', machine);
    expect(fate(report, 'key', 'secrecy')).toEqual([secrecy]);
    expect(fate(report, 'key', 'reach')).toEqual(['locked away']);
  });

  test('nobody does anything with a machine that is gone', () => {
    const report = told('  - fault: theft\n  - write: { to: thesis, text: Two }', 'debian');
    expect(report.terminal.at(-1)?.text).toContain('The machine is gone');
    expect(fate(report, 'thesis', 'content')).toEqual(['intact']);
  });
});

describe('a bit that changes', () => {
  const read =
    '  - fault: bit-flip\n    file: thesis\n  - run: cat ~/thesis.txt\n  - reboot: clean';
  test('is read without an error from ext4, and refused by btrfs', () => {
    const silent = told(read, 'debian');
    const noticed = told(read, 'opensuse-microos');
    const errors = (report: SystemReport): number =>
      report.terminal.filter(({ kind }) => kind === 'error').length;
    expect(errors(silent)).toBe(0);
    expect(errors(noticed)).toBeGreaterThan(0);
    expect(whyOf(silent, 'thesis')).toContain('without an error');
    expect(whyOf(noticed, 'thesis')).toContain('EIO');
    for (const report of [silent, noticed]) {
      expect(fate(report, 'thesis', 'content')).toEqual(['torn']);
    }
  });
});

describe('a disk that is full', () => {
  test('leaves dpkg with every package installed in one version or the other', () => {
    const steps =
      '  - update: v2\n    label: up\n  - fault: disk-full\n    during: up\n    at: 30%\n  - reboot: clean';
    const report = told(steps, 'debian');
    expect(Object.keys(report.outcomes)).toEqual(['mixed-ok']);
    expect(report.terminal.some(({ text }) => text.includes('No space left on device'))).toBe(true);
  });

  test('is no trouble where the room is as large as the need', () => {
    const steps =
      '  - update: v2\n    label: up\n  - fault: disk-full\n    during: up\n    at: 100%\n  - reboot: clean';
    expect(Object.keys(told(steps, 'opensuse-microos').outcomes)).toEqual(['new']);
  });
});

test('a system says what it cannot do, with the reason and its source', () => {
  const report = told('  - change: { reset: factory }\n  - rollback: previous', 'debian');
  expect(report.refused).toHaveLength(2);
  for (const { text, source } of report.refused ?? []) {
    expect(text).not.toBe('');
    expect(source).not.toBe('');
  }
});

test('repeated steps are counted out, and their labels numbered', () => {
  const parsed = parseScenario(
    `id: short\ntitle: S\nstory: S\ngoal: S\ntests: [no-drift]\nlevel: 1\nsteps:\n  - repeat: { times: 2, steps: [{ wait: 3 s, label: rest }, { fault: power-loss, during: rest, at: 1 s }] }\nteach: S\n`,
    systems,
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(
    parsed.value.steps.map((step) => [step.label, 'during' in step ? step.during : '']),
  ).toEqual([
    ['rest-1', ''],
    [undefined, 'rest-1'],
    ['rest-2', ''],
    [undefined, 'rest-2'],
  ]);
});
