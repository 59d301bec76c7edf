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

  test('without root nothing is planted in /etc, which is no loss, and the reason is the error of the system call', () => {
    const report = told('  - attack: { plant: [service] }\n  - reboot: clean', 'vanilla-os');
    expect(fate(report, 'planted-service', 'content')).toEqual([]);
    expect(report.screens[0]?.fates.find(({ datum }) => datum === 'planted-service')?.none).toBe(
      true,
    );
    expect(whyOf(report, 'planted-service')).toContain('never planted');
    expect(whyOf(report, 'planted-service')).toContain('EACCES');
  });
});

describe('a composefs image', () => {
  const attack = '  - attack: { plant: [program] }\n    by: root-program\n  - reboot: clean';

  test('cannot be remounted, so root changes no program through it', () => {
    const report = told(attack, 'fedora-silverblue', '{ composefs: true }');
    expect(fate(report, 'planted-program', 'content')).toEqual([]);
    expect(whyOf(report, 'planted-program')).toContain('EROFS');
  });

  test('is a choice of the scenario: with hard links the change stays', () => {
    const report = told(attack, 'fedora-silverblue', '{ composefs: false }');
    expect(fate(report, 'planted-program', 'author')).toEqual(['tampered']);
    expect(report.mechanism).toContain('without composefs');
  });
});

describe('settings of a machine', () => {
  test('a file system is chosen where the installer offers one, and refused with a reason elsewhere', () => {
    const steps = '  - fault: bit-flip\n    file: thesis\n  - reboot: clean';
    const chosen = told(steps, 'debian', '{ file-system: btrfs }');
    expect(chosen.mechanism).toContain('btrfs');
    expect(whyOf(chosen, 'thesis')).toContain('btrfs keeps a checksum');
    const kept = told(steps, 'vanilla-os', '{ file-system: xfs }');
    expect(kept.refused?.map(({ text }) => text).join()).toContain('does not let one choose');
  });

  test('nobody chooses in the menu of a machine that is not attended', () => {
    const steps =
      '  - update: v2\n    label: up\n  - fault: bad-release\n    during: up\n    release: v2-broken-kernel\n  - reboot: clean\n  - wait: 1 s\n  - reboot: clean';
    const words = (machine: string): string =>
      told(steps, 'nixos', machine)
        .terminal.map(({ text }) => text)
        .join();
    expect(words('{}')).toContain('Somebody chooses');
    expect(words('{ attended: false }')).not.toContain('Somebody chooses');
  });
});

describe('a package database', () => {
  const story = '  - update: v2\n  - reboot: clean\n  - rollback: previous\n  - reboot: clean';

  test.each([
    ['fedora-silverblue', 'reverted', 'lies in the root'],
    ['opensuse-microos', 'reverted', 'lies in the root'],
    ['nixos', 'intact', 'when this version first started'],
    ['debian', 'intact', 'when this version first started'],
  ])('of %s after a rollback is %s', (system, content, words) => {
    const report = told(story, system);
    expect(fate(report, 'package-database', 'content')).toEqual([content]);
    expect(whyOf(report, 'package-database')).toContain(words);
  });
});

describe('a mistake in fstab', () => {
  test('is told by its line and its device', () => {
    const { screens } = told('  - fault: typo\n    file: /etc/fstab\n  - reboot: clean', 'debian');
    expect(screens[0]?.verdict.because.text).toMatch(
      /^Line 3 of .etc.fstab asks for UUID=0000-typo/,
    );
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
