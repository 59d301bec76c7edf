/** A machine is told in two looks: a quick one that promises nothing, then the search. */
import { describe, expect, test } from 'vitest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginSystem, expandRelease, usualSystemList } from '../../../src/engine/laboratory.ts';
import { searchDisks } from '../../../src/engine/disk-search.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const read = (path: string): string => readFileSync(join(project, path), 'utf8');
const parsed = parseScenario(read('scenarios/power-loss-update.yaml'), usualSystemList());
if (!parsed.ok) throw new Error('the scenario does not parse');
const request = {
  scenario: parsed.value,
  systems: ['fedora-silverblue'],
  release: expandRelease(read('public/releases/classroom.json')),
  seed: 1,
};

describe('the first look at a machine', () => {
  const { first, searched } = beginSystem(request, 'fedora-silverblue');

  test('says that it has not searched', () => {
    expect(first.searched.complete).toBe(false);
    expect(first.searched.notSearched).toHaveLength(1);
    for (const run of first.timeline?.runs ?? []) expect(run).not.toHaveProperty('worstLikely');
  });

  test('has the same shares of time as the search that follows, which says the rest', () => {
    const second = searched?.(searchDisks);
    expect(second?.searched).toEqual({ complete: true, notSearched: [] });
    expect(second?.outcomes).toEqual(first.outcomes);
    expect(second?.settling).toEqual(first.settling);
  });

  test('of one instant promises as little, and the search of it tells what else may be there', () => {
    const cut = { kind: 'share', percent: 41 } as const;
    const one = beginSystem({ ...request, cut }, 'fedora-silverblue');
    expect(one.first.searched.complete).toBe(false);
    const second = one.searched?.(searchDisks);
    expect(second?.searched.complete).toBe(true);
    expect(second?.possible).toEqual(['old']);
    expect(second?.reasons.map(({ outcome }) => outcome)).toEqual(['old']);
  });
});
