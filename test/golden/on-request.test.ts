/** Machines that do not run unasked, in the scenario that tells them apart: as a table in this folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandRelease, runLaboratory, systemList } from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import { goldenTable } from './table.ts';

const project = join(import.meta.dirname, '..', '..');

// On btrfs nothing of an update in place is synced, and the search of its disks takes the better part of a minute.
const systems = ['arch-linux'];

test('the power fails in an update', { timeout: 600_000 }, async () => {
  const text = readFileSync(join(project, 'scenarios/power-loss-update.yaml'), 'utf8');
  const known = systemList().map(({ id }) => id);
  const parsed = parseScenario(text, known);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const release = expandRelease(
    readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'),
  );
  const report = runLaboratory({ scenario: parsed.value, systems, release, seed: 1 });
  expect(report.disappointments).toEqual([]);
  await expect(goldenTable(report, undefined)).toMatchFileSnapshot(
    'power-loss-update.on-request.txt',
  );
});
