/** Every scenario that ships, in every variant, on every system: as its file expects, and as the table in this folder. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  expandRelease,
  runLaboratory,
  scenarioVariant,
  systemList,
  usualSystemList,
} from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import type { LabReport } from '../../src/model/report.ts';
import { goldenTable } from './table.ts';

const project = join(import.meta.dirname, '..', '..');
const systems = usualSystemList();
/** A scenario may also speak of machines that run on request. */
const known = systemList().map(({ id }) => id);
const release = expandRelease(readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'));

const stories = readdirSync(join(project, 'scenarios'))
  .filter((name) => name.endsWith('.yaml'))
  .flatMap((name) => {
    const parsed = parseScenario(readFileSync(join(project, 'scenarios', name), 'utf8'), known);
    if (!parsed.ok) throw new Error(`${name}: ${JSON.stringify(parsed.problems)}`);
    const scenario = parsed.value;
    const variants = scenario.variants.map(({ id }): string | undefined => id);
    return (variants.length === 0 ? [undefined] : variants).map((variant) => ({
      name: [scenario.id, ...(variant === undefined ? [] : [variant])].join('.'),
      scenario,
      variant,
    }));
  });

describe.each(stories)('$name', ({ name, scenario, variant }) => {
  let report: LabReport | undefined;
  const told = (): LabReport =>
    (report ??= runLaboratory({
      scenario: scenarioVariant(scenario, variant),
      systems,
      release,
      seed: 1,
    }));

  // The search of five machines takes long on a busy one; nothing is asserted about the time.
  beforeAll(told, 600_000);

  test('comes out as the scenario expects', () => {
    expect(told().disappointments).toEqual([]);
  });

  test('comes out as the table says', async () => {
    await expect(goldenTable(told(), variant)).toMatchFileSnapshot(`${name}.txt`);
  });

  test('every end that is possible, and no other, has a reason', () => {
    for (const { id, possible, reasons } of told().systems) {
      const told = new Set(reasons.map(({ outcome }) => outcome));
      expect([...told], id).toEqual(possible);
    }
  });

  test('no verdict and no fate is without a reason', () => {
    const screens = told().systems.flatMap(({ screens: all }) => all);
    const bare = screens.filter(
      ({ verdict, fates }) =>
        verdict.because.text === '' || fates.some(({ why }) => why.length === 0),
    );
    expect(bare).toEqual([]);
  });
});
