import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Scenario } from '../../../src/model/scenario.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { referenceMarkdown } from '../../../src/scenario/reference.ts';
import { applyVariant } from '../../../src/scenario/variant.ts';
import { systemCatalogue } from '../../../src/systems/catalogue.ts';
import { systems } from './good-scenario.ts';

// Stories speak of machines on request too.
const known = systemCatalogue.map(({ id }) => id);

const folder = join(import.meta.dirname, '../../../scenarios');
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

function read(name: string): Scenario {
  const outcome = parseScenario(textOf(name), known);
  if (!outcome.ok) throw new Error(`${name}: ${JSON.stringify(outcome.problems, null, 1)}`);
  return outcome.value;
}

test('the catalogue holds the three disasters that it began with', () => {
  expect(files).toEqual(
    expect.arrayContaining(['power-loss-update.yaml', 'rm-rf-root.yaml', 'unsaved-thesis.yaml']),
  );
});

test('the generated reference is fresh', () => {
  expect(textOf('README.md')).toBe(referenceMarkdown());
});

describe.each(files)('%s', (name) => {
  const scenario = read(name);
  const told = [
    applyVariant(scenario),
    ...scenario.variants.map(({ id }) => applyVariant(scenario, id)),
  ];

  test('is called like its file', () => {
    expect(`${scenario.id}.yaml`).toBe(name);
  });
  test('says a source for everything that it expects', () => {
    const without = scenario.expect.filter(({ source }) => source === undefined);
    expect(without).toEqual([]);
  });
  test('expects something of the start of each system in each variant, or of a datum', () => {
    for (const version of told) {
      for (const system of systems) {
        const own = version?.expect.filter(({ on }) => on === 'all' || on.includes(system)) ?? [];
        expect(own.some(({ boot }) => boot !== undefined)).toBe(true);
        expect(own.some(({ data }) => Object.keys(data).length > 0)).toBe(true);
      }
    }
  });
  test('has faults only during steps that are told', () => {
    for (const version of told) {
      const labels = version?.steps.map(({ label }) => label) ?? [];
      for (const step of version?.steps ?? []) {
        if (step.verb === 'fault') expect(labels).toContain(step.during);
      }
    }
  });
  test('gives a reason for the answers to its questions', () => {
    expect(scenario.ask.length).toBeGreaterThan(0);
    for (const { why } of scenario.ask) expect(Object.keys(why).length).toBeGreaterThan(0);
  });
  test('says on purpose when all systems are expected to start alike', () => {
    const words = systems.map((system) =>
      JSON.stringify(
        scenario.expect.flatMap(({ on, boot, variants }) =>
          on === 'all' || on.includes(system) ? [boot, variants] : [],
        ),
      ),
    );
    const alike = new Set(words).size === 1;
    expect(alike).toBe(scenario.sameEverywhere !== undefined);
  });
});

describe('the variants of rm-rf-root', () => {
  const scenario = read('rm-rf-root.yaml');
  const verbs = (id?: string): string[] =>
    applyVariant(scenario, id)?.steps.map(({ verb }) => verb) ?? [];

  test('run to the end unasked', () => {
    expect(verbs()).toEqual(['run', 'wait', 'reboot']);
    expect(applyVariant(scenario)).toEqual(applyVariant(scenario, 'to-the-end'));
  });
  test.each([3, 30])('stop after %d s', (seconds) => {
    const told = applyVariant(scenario, `stopped-after-${seconds}s`);
    expect(told?.steps[1]).toMatchObject({
      verb: 'fault',
      fault: 'interrupt',
      moment: { kind: 'at', at: { kind: 'seconds', seconds } },
    });
  });
  test('leave the ESP unmounted', () => {
    expect(applyVariant(scenario, 'esp-unmounted')?.machine).toEqual({ espMounted: false });
    expect(applyVariant(scenario)?.machine).toEqual({});
  });
  test('keep only the expectations that speak of them', () => {
    const counts = scenario.variants.map(
      ({ id }) => applyVariant(scenario, id)?.expect.length ?? 0,
    );
    expect(Math.max(...counts)).toBeLessThan(scenario.expect.length);
  });
  test('are undefined when there is none of that name', () => {
    expect(applyVariant(scenario, 'sideways')).toBeUndefined();
  });
});
