/** Programs that run while an update is made: which of them use deleted files afterwards, on which system, and why. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandRelease, runLaboratory, scenarioVariant } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import type { MeasuredNumber, SystemReport } from '../../../src/model/report.ts';

const project = join(import.meta.dirname, '../../..');
const release = expandRelease(
  readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'),
);
const systems = [
  'debian',
  'fedora-silverblue',
  'vanilla-os',
  'opensuse-microos',
  'nixos',
  'opensuse-tumbleweed',
  'arch-linux',
];

function told(steps: readonly string[], system: string): SystemReport {
  const text = `id: short
title: Short
story: Short.
goal: To know.
tests: [reboot-for-every-change]
level: 1
steps:
${steps.map((step) => `  - ${step}`).join('\n')}
teach: Nothing.
`;
  const parsed = parseScenario(text, systems);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const scenario = scenarioVariant(parsed.value);
  const [report] = runLaboratory({ scenario, systems: [system], release, seed: 1 }).systems;
  if (report === undefined) throw new Error('no report');
  return report;
}

const noted = ({ measured = [] }: SystemReport): readonly MeasuredNumber[] => measured;
const numbers = (report: SystemReport, what: MeasuredNumber['what']): readonly number[] =>
  noted(report).flatMap((one) => (one.what === what ? [one.value] : []));

const steps = [
  'measure: programs',
  'measure: space',
  'update: v2',
  'measure: programs',
  'measure: space',
  'reboot: clean',
  'measure: programs',
  'measure: space',
];

describe.each(['debian', 'arch-linux', 'opensuse-tumbleweed'])('in place, on %s', (system) => {
  const report = told(steps, system);

  test('programs use deleted files after the update, and none after a restart', () => {
    const [before = -1, between = -1, after = -1] = numbers(report, 'programs');
    expect([before, after]).toEqual([0, 0]);
    expect(between).toBeGreaterThan(5);
  });

  test('the list names programs and files, and the groups that must match', () => {
    const text = noted(report).find(({ what, value }) => what === 'programs' && value > 0)?.text;
    expect(text).toContain('gnome-shell');
    expect(text).toContain('libc (');
    const lines = report.terminal.map((line) => line.text).join('\n');
    expect(lines).toMatch(/firefox-esr.*: .*libc\.so\.6 \(deleted\)/);
  });

  test('their room comes back with the restart, unless a snapshot holds it', () => {
    const [, between = 0, after = 0] = numbers(report, 'space');
    if (system === 'opensuse-tumbleweed') expect(after).toBe(between);
    else expect(between - after).toBeGreaterThan(30_000_000);
  });
});

describe.each([
  ['fedora-silverblue', 'deployment of its own'],
  ['vanilla-os', 'the other root'],
  ['opensuse-microos', 'inside a new snapshot'],
  ['nixos', 'a new path in the store'],
])('beside the running system, on %s', (system, why) => {
  test('no program uses a deleted file, and the reason is said', () => {
    const report = told(steps, system);
    expect(numbers(report, 'programs')).toEqual([0, 0, 0]);
    expect(
      noted(report)
        .map(({ text }) => text)
        .join(' '),
    ).toContain(why);
  });
});

test('a library that nobody maps goes at once', () => {
  const report = told(['change: { remove: nano }', 'measure: programs'], 'debian');
  expect(numbers(report, 'programs')).toEqual([0]);
  expect(noted(report)[0]?.text).toContain('was not among their files');
});
