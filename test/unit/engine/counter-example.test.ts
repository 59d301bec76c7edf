/** Each outcome that a search found comes with the fewest missing operations that bring it about. */
import { expect, test } from 'vitest';
import { releaseText, scenarioText } from '../../../src/cli/catalogue.ts';
import { expandRelease, runSystem } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/scenario/parse.ts';
import { systemCatalogue } from '../../../src/systems/catalogue.ts';

test('one lost content is enough to damage an update on NixOS, and it is named', () => {
  const systems = systemCatalogue.map(({ id }) => id);
  const parsed = parseScenario(scenarioText('power-loss-update'), systems);
  if (!parsed.ok) throw new Error('a bad scenario');
  const release = expandRelease(releaseText('classroom'));
  const request = { scenario: parsed.value, systems: ['nixos'], release, seed: 1 };
  const report = runSystem(request, 'nixos');
  const missing = (outcome: string) =>
    report.reasons.find((reason) => reason.outcome === outcome)?.missing;
  expect(missing('old')).toEqual([]);
  expect(missing('degraded-torn')).toHaveLength(1);
  const [only] = missing('broken-torn') ?? [];
  expect(only?.text).toContain('did not');
  expect(only?.path).toMatch(/^\/nix\/store\//);
});
