/** Programs with a format of their own, on whole machines: who migrates, who refuses, and what a rollback makes of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandRelease, runLaboratory, scenarioVariant } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import type { SystemReport } from '../../../src/model/report.ts';
import { formatOf, inFormat } from '../../../src/model/scenario-program.ts';

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
];

function told(steps: readonly string[], system: string, machine = '{}'): SystemReport {
  const text = `id: short
title: Short
story: Short.
goal: To know.
tests: [rollback-restores-everything]
level: 1
machine: ${machine}
data:
  - { id: records, kind: service-data, path: /var/lib/ledger/records, text: "format 1\\none\\n" }
programs:
  - { id: ledger, label: Ledger, data: records, formats: { v1: 1, v2: 2 } }
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

const of = ({ fates }: SystemReport, axis: string): string =>
  Object.keys(fates['records']?.[axis] ?? {}).join();

const whyOf = ({ screens }: SystemReport): string =>
  (screens[0]?.fates.find(({ datum }) => datum === 'records')?.why ?? [])
    .map(({ text }) => text)
    .join(' ');

const terminalOf = ({ terminal }: SystemReport): string =>
  terminal.map(({ text }) => text).join('\n');

const forward = ['update: v2', 'reboot: clean'];
const more = '{ write: { to: records, append: "two\\n", how: log }, as: root }';
const back = [...forward, more, 'rollback: previous', 'reboot: clean'];

describe('a service that migrates its data', () => {
  test.each(systems)('does so at the first start of the new version on %s', (system) => {
    const report = told([...forward, 'run: cat /var/lib/ledger/records', 'reboot: clean'], system);
    expect(terminalOf(report)).toContain('migrates /var/lib/ledger/records from format 1');
    expect(terminalOf(report)).toContain('format 2');
    expect([of(report, 'content'), of(report, 'reach')]).toEqual(['updated', 'open']);
  });

  test.each(systems.slice(1))(
    'keeps its data new on %s, and the old version refuses it',
    (system) => {
      const report = told(back, system);
      expect([of(report, 'content'), of(report, 'reach')]).toEqual(['updated', 'locked away']);
      expect(whyOf(report)).toContain('is in format 2, and Ledger 1.0');
      const started = told([...back, 'wait: 1 s', 'reboot: clean'], system);
      expect(terminalOf(started)).toContain('Ledger 1.0 does not start');
    },
  );

  test('loses what came after the snapshot where that holds /var, and is read again', () => {
    const report = told(back, 'opensuse-tumbleweed', '{ snapshots: with-var }');
    expect([of(report, 'content'), of(report, 'reach')]).toEqual(['reverted', 'open']);
    expect(whyOf(report)).toContain('which Ledger 1.0, the version in this root, reads');
  });

  test('is found migrated or not after the plug was pulled, and never torn', () => {
    const steps = [...forward, 'reboot: forced', 'wait: 1 s', 'reboot: clean'];
    for (const system of ['debian', 'nixos']) {
      expect(['intact', 'updated']).toContain(of(told(steps, system), 'content'));
    }
  });

  test('is out of reach where the program itself was removed', () => {
    const report = told(['change: { remove: ledger }', 'reboot: clean'], 'debian');
    expect(of(report, 'reach')).toBe('locked away');
    expect(whyOf(report)).toContain('is not whole in this root');
  });
});

test('the format is the first line, and only that', () => {
  expect(formatOf('format 2\none')).toBe(2);
  expect(formatOf('one\nformat 2')).toBeUndefined();
  expect(formatOf('format 2b')).toBeUndefined();
  expect(inFormat('format 1\nformat 1\n', 2)).toBe('format 2\nformat 1\n');
});
