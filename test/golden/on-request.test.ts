/** Machines that do not run unasked, in the scenarios that tell them apart: as tables in this folder. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  expandRelease,
  runLaboratory,
  scenarioVariant,
  systemList,
} from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import { goldenTable } from './table.ts';

const project = join(import.meta.dirname, '..', '..');
const release = expandRelease(readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'));

// On btrfs nothing of an update in place is synced, and the search of its disks takes the better part of a minute, so
// power cuts are told to Arch Linux alone.
const tables = [
  ['power-loss-update', undefined, ['arch-linux']],
  ['rollback-after-migration', 'back', ['arch-linux', 'opensuse-tumbleweed']],
  ['rollback-after-migration', 'snapshots-with-var', ['opensuse-tumbleweed']],
  ['running-programs', undefined, ['arch-linux', 'opensuse-tumbleweed']],
] as const;

test.each(tables)('%s %s', { timeout: 600_000 }, async (name, variant, systems) => {
  const text = readFileSync(join(project, `scenarios/${name}.yaml`), 'utf8');
  const known = systemList().map(({ id }) => id);
  const parsed = parseScenario(text, known);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const scenario = scenarioVariant(parsed.value, variant);
  const report = runLaboratory({ scenario, systems, release, seed: 1 });
  expect(report.disappointments).toEqual([]);
  await expect(goldenTable(report, variant)).toMatchFileSnapshot(
    `${[name, ...(variant === undefined ? [] : [variant])].join('.')}.on-request.txt`,
  );
});
