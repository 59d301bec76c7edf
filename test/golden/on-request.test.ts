/** Machines that do not run unasked, in every story: as tables in a folder of their own. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  expandRelease,
  runLaboratory,
  scenarioVariant,
  systemList,
} from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import type { LabReport } from '../../src/model/report.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import { goldenTable } from './table.ts';

const project = join(import.meta.dirname, '..', '..');
const release = expandRelease(readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'));
const known = systemList().map(({ id }) => id);
const onRequest = systemList().flatMap(({ id, onRequest: asked }) => (asked === true ? id : []));

// On btrfs nothing of an update in place is synced, and the search of its disks takes the better part of a minute.
const searched = ['arch-linux', 'gnome-os'];

const scenarios = readdirSync(join(project, 'scenarios'))
  .filter((name) => name.endsWith('.yaml'))
  .map((name): Scenario => {
    const parsed = parseScenario(readFileSync(join(project, 'scenarios', name), 'utf8'), known);
    if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.problems)}`);
    return parsed.value;
  });

const stories = scenarios.flatMap((scenario) => {
  const variants = scenario.variants.map(({ id }): string | undefined => id);
  return (variants.length === 0 ? [undefined] : variants).map((variant) => ({
    name: [scenario.id, ...(variant === undefined ? [] : [variant])].join('.'),
    scenario: scenarioVariant(scenario, variant),
    variant,
  }));
});

function told(scenario: Scenario, systems: readonly string[], policy?: 'instant'): LabReport {
  const request = { scenario, systems, release, seed: 1 };
  return runLaboratory(policy === undefined ? request : { ...request, policy });
}

describe.each(stories)('$name', ({ name, scenario, variant }) => {
  test('comes out as it must, and as the table says', { timeout: 600_000 }, async () => {
    const report = told(scenario, onRequest, 'instant');
    // What a search is to find is not there to be found without one.
    const wrong = report.disappointments.filter(({ text }) => !text.includes('never'));
    expect(wrong).toEqual([]);
    const bare = report.systems.flatMap(({ screens }) =>
      screens.filter(({ fates }) => fates.some(({ why }) => why.length === 0)),
    );
    expect(bare).toEqual([]);
    await expect(goldenTable(report, variant)).toMatchFileSnapshot(`on-request/${name}.txt`);
  });
});

test('the power fails in an update', { timeout: 600_000 }, async () => {
  const scenario = scenarios.find(({ id }) => id === 'power-loss-update');
  if (scenario === undefined) throw new Error('no such scenario');
  const report = told(scenario, searched);
  expect(report.disappointments).toEqual([]);
  await expect(goldenTable(report, undefined)).toMatchFileSnapshot(
    'power-loss-update.on-request.txt',
  );
});
