/** The fate of what somebody wrote is told with the operations behind it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandRelease, runSystem, usualSystemList } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const release = expandRelease(
  readFileSync(join(project, 'public/releases/classroom.json'), 'utf8'),
);

const saved = (how: string): string => `id: saved
title: Somebody saves and the power fails
story: A thesis is saved, then tea is made.
goal: To see what is left of it.
tests: [safety-net-atomicity]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: "One. " }
steps:
  - write: { to: thesis, append: "Two.", how: ${how} }
  - wait: 39 s
    label: tea
  - fault: power-loss
    during: tea
    search: every-op
expect:
  - { on: all, boot: [old], because: Nothing happens to the system }
teach: Nothing.
`;

function machine(how: string, system: string) {
  const parsed = parseScenario(saved(how), usualSystemList());
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return runSystem({ scenario: parsed.value, systems: [system], release, seed: 1 }, system);
}

describe.each(['debian', 'opensuse-microos'])('%s', (system) => {
  const report = machine('temp-rename', system);
  const fates = report.screens.flatMap((screen) =>
    screen.fates.filter(({ datum }) => datum === 'thesis'),
  );

  test('a thesis that is not as before has a chain of operations, each with a rule and a source', () => {
    const changed = fates.filter((fate) => fate.fates.content !== 'intact');
    expect(changed.length).toBeGreaterThan(0);
    for (const { chain = [] } of changed) {
      expect(chain.some(({ text }) => text.startsWith('rename '))).toBe(true);
      for (const { text, source } of chain) {
        expect(text).toMatch(/\.$/);
        expect(source).not.toBe('');
      }
    }
  });

  test('what a search found of it is told, though the usual order of writing spares it', () => {
    const usual = new Set(fates.map((fate) => fate.fates.content));
    const possible = Object.keys(report.possibleFates['thesis'] ?? {});
    expect(usual).not.toContain('torn');
    expect(usual).not.toContain('lost');
    expect(possible.filter((content) => content === 'torn' || content === 'lost')).not.toEqual([]);
  });
});

test('a thesis that was synced before it was renamed is never torn', () => {
  const { possibleFates } = machine('editor', 'debian');
  expect(Object.keys(possibleFates['thesis'] ?? {}).toSorted()).toEqual(['reverted', 'updated']);
});
