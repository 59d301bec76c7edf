/** What goes back by itself, told as stories: for good, or until the next restart, or not at all. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expandRelease, runLaboratory, systemList } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import type { Screen } from '../../../src/model/report.ts';

const release = expandRelease(
  readFileSync(join(import.meta.dirname, '../../../public/releases/classroom.json'), 'utf8'),
);

function lastScreen(system: string, checks: string, to: string, more: string): Screen | undefined {
  const text = `id: checked
title: Checked
story: A bad update on a machine whose starts are looked at.
goal: None.
tests: [never-breaks]
level: 1
machine: { start-checks: ${checks} }
steps:
  - update: ${to}
  - reboot: clean
${more}
teach: None.
`;
  const parsed = parseScenario(
    text,
    systemList().map(({ id }) => id),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { systems } = runLaboratory({
    scenario: parsed.value,
    systems: [system],
    release,
    seed: 1,
    policy: 'instant',
  });
  return systems[0]?.screens.at(-1);
}

const again = '  - reboot: clean';

describe('a release without its login screen, and a check for it', () => {
  test.each(['fedora-silverblue', 'opensuse-microos'])(
    '%s goes back by itself, and for good: the next start takes the version before at once',
    (system) => {
      const first = lastScreen(system, 'with-login', 'v2-no-display-manager', '');
      expect(first).toMatchObject({ outcome: 'old', verdict: { wayBack: { kind: 'automatic' } } });
      const next = lastScreen(system, 'with-login', 'v2-no-display-manager', again);
      expect(next).toMatchObject({ outcome: 'old', verdict: { wayBack: { kind: 'not needed' } } });
    },
  );

  test.each(['fedora-silverblue', 'opensuse-microos'])(
    '%s with the checks that come with it does not notice',
    (system) => {
      const screen = lastScreen(system, 'as-shipped', 'v2-no-display-manager', '');
      expect(screen).toMatchObject({ outcome: 'broken-torn', verdict: { starts: false } });
    },
  );
});

describe('a kernel that panics', () => {
  test('health-checker takes the last good snapshot, and the default stays: so it is at every start', () => {
    for (const more of ['', again]) {
      const screen = lastScreen('opensuse-microos', 'as-shipped', 'v2-broken-kernel', more);
      expect(screen).toMatchObject({ outcome: 'old', verdict: { wayBack: { kind: 'automatic' } } });
      expect(screen?.verdict.because.text).toContain('panics');
    }
  });

  test('greenboot-rs is not reached, and the way back says so', () => {
    const screen = lastScreen('fedora-silverblue', 'with-login', 'v2-broken-kernel', '');
    expect(screen).toMatchObject({ outcome: 'broken-noboot', verdict: { starts: false } });
    expect(screen?.verdict.wayBack.how).toContain('not for one that panics');
  });
});

test('a good update is good: the same without going back, and both are noted', () => {
  for (const system of ['fedora-silverblue', 'opensuse-microos']) {
    const screen = lastScreen(system, 'with-login', 'v2', again);
    expect(screen).toMatchObject({ outcome: 'new', verdict: { wayBack: { kind: 'not needed' } } });
  }
});
