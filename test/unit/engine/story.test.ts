/** What a story tells: the machine after a power cut, restarts, rollbacks, steps that belong to other systems. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expandRelease, runSystem, usualSystemList } from '../../../src/engine/laboratory.ts';
import { parseScenario } from '../../../src/engine/scenario-text.ts';
import type { SystemReport } from '../../../src/model/report.ts';
import type { Instant } from '../../../src/model/scenario.ts';

const releaseUrl = new URL('../../../public/releases/recorded.json', import.meta.url);
const release = expandRelease(readFileSync(releaseUrl, 'utf8'));
const systems = usualSystemList();

function told(system: string, steps: string, cut?: Instant): SystemReport {
  const text = `id: short
title: A short story
story: Something happens.
goal: To know.
tests: [never-breaks]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: One }
steps:
${steps}
ask: []
expect: []
teach: Look.
`;
  const parsed = parseScenario(text, systems);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const request = { scenario: parsed.value, systems: [system], release, seed: 1 };
  return runSystem(cut === undefined ? request : { ...request, cut }, system);
}

/** Microseconds from the command that updates to the power cut. */
function cutAfter({ terminal }: SystemReport): number {
  const [command] = terminal;
  const cut = terminal.find(({ text }) => text === 'The power fails.');
  return (cut?.atMicroseconds ?? NaN) - (command?.atMicroseconds ?? NaN);
}

const linesOf = ({ terminal }: SystemReport): string => terminal.map(({ text }) => text).join('\n');
const updateAndFault = (moment: string): string => `  - update: v2
    label: the-update
  - fault: power-loss
    during: the-update
    ${moment}
  - reboot: forced
  - run: cat thesis.txt`;

describe('NixOS, cut while the new entry is the default and its files are not on the disk', () => {
  const update = `  - update: v2
    label: the-update
  - fault: power-loss
    during: the-update
    at: 90%
  - reboot: forced
`;
  const again = `${update}  - update: v2
  - reboot: clean`;

  test('does not start by itself; the generation before does, and work goes on there', () => {
    const lines = linesOf(told('nixos', `${update}  - run: cat thesis.txt`));
    expect(lines).toMatch(/does not start: [^]*Somebody chooses “NixOS Generation 1/);
    expect(lines.endsWith('\nOne')).toBe(true);
  });

  test('is not healed by running the update again: the database vouches for the files', () => {
    const lines = linesOf(told('nixos', again));
    const failures = lines.split('\n').filter((line) => line.startsWith('The machine does not'));
    expect(failures).toHaveLength(2);
    expect(failures[1]).toBe(failures[0]);
  });

  test('says so where it tells the way back', () => {
    const [screen] = told('nixos', update).screens.filter(
      ({ outcome }) => outcome === 'broken-torn',
    );
    expect(screen?.verdict.wayBack).toMatchObject({ kind: 'menu' });
    expect(screen?.verdict.wayBack.how).toContain('heals nothing');
  });
});

describe('a second power cut, during the recovery from the first', () => {
  const twice = `  - update: v2
    label: first
  - fault: power-loss
    during: first
    at: 50%
  - reboot: forced
  - update: v2
    label: second
  - fault: power-loss
    during: second
    search: every-op`;

  test('is the one that is judged, on the disk that the first one left', () => {
    const report = told('debian', twice);
    expect(linesOf(report)).toMatch(/The power fails\.[^]*The machine starts/);
    // The machine is half updated from the start, so whole and old is no end of the second update.
    expect(report.possible).not.toContain('old');
    expect(report.possible).toContain('mixed-ok');
    expect(report.searched.notSearched).toEqual([
      'Only the usual order of writing was judged: other orders are possible.',
    ]);
  });

  test('leaves what the first one left where an update starts anew', () => {
    expect(told('fedora-silverblue', twice).possible).toEqual(['old']);
  });
});

describe('after a power cut', () => {
  test.each(systems)('%s is switched on with the disk of the middle of the update', (system) => {
    const report = told(system, updateAndFault('search: every-op'));
    const exit = report.timeline?.exitMicroseconds ?? 0;
    expect(cutAfter(report)).toBe(Math.round(exit / 2));
    expect(linesOf(report)).toMatch(/\nThe machine (starts “|does not start: )/);
  });

  test('every system does next what its verdict at that instant says', () => {
    for (const system of systems) {
      const report = told(system, updateAndFault('at: 50%'));
      const instant = report.timeline?.cutMicroseconds ?? 0;
      const run = report.timeline?.runs.find((one) => instant < one.toMicroseconds);
      const starts = report.screens[run?.screen ?? -1]?.verdict.starts;
      expect([system, linesOf(report).includes('The machine starts')]).toEqual([system, starts]);
      expect([system, linesOf(report).endsWith('\nOne')]).toEqual([system, starts]);
    }
  });

  test('nobody sees a line that the machine would have printed later', () => {
    const report = told('debian', updateAndFault('at: 10%'));
    const cut = report.timeline?.cutMicroseconds ?? 0;
    const before = report.terminal.slice(
      0,
      report.terminal.findIndex(({ text }) => text === 'The power fails.'),
    );
    expect(before.every(({ atMicroseconds }) => atMicroseconds <= cut)).toBe(true);
    expect(linesOf(report)).not.toContain('Generating grub configuration');
  });

  test('an instant that somebody chose is the one that is told', () => {
    const report = told('debian', updateAndFault('search: every-op'), {
      kind: 'seconds',
      seconds: 2,
    });
    expect(cutAfter(report)).toBe(2_000_000);
  });

  test('a power cut after one that was searched is told, and said not to have been judged', () => {
    const report = told(
      'debian',
      `${updateAndFault('search: every-op')}
  - update: v2
    label: again
  - fault: power-loss
    during: again
    at: 50%`,
    );
    expect(linesOf(report).split('The power fails.')).toHaveLength(3);
    expect(report.searched).toEqual({
      complete: false,
      notSearched: [expect.stringContaining('the later ones are only told')],
    });
  });
});

test('a machine that does not start does nothing, and says so', () => {
  const report = told(
    'debian',
    `  - run: "sudo rm -rf --no-preserve-root /*"
  - wait: 40 s
  - reboot: forced
  - run: cat thesis.txt
  - reboot: forced`,
  );
  expect(linesOf(report)).toContain('The machine does not start: ');
  expect(linesOf(report)).toContain('Nobody can do this while the machine is off: cat thesis.txt');
  expect(report.possible).toEqual(['broken-noboot']);
  expect(Object.keys(report.fates['thesis']?.['content'] ?? {})).toEqual(['lost']);
});

test('text that a forced restart lost is lost, however long the story goes on', () => {
  const report = told(
    'debian',
    `  - write: { to: thesis, append: Two, how: temp-rename }
  - reboot: forced
  - run: cat thesis.txt`,
  );
  expect(linesOf(report)).toMatch(/\nOne$/);
  expect(Object.keys(report.fates['thesis']?.['content'] ?? {})).toEqual(['reverted']);
});

test('a step of other systems is left out', () => {
  const steps = `  - run: cat thesis.txt
    on: [debian]
  - wait: 1 s`;
  expect(linesOf(told('debian', steps))).toContain('One');
  expect(linesOf(told('nixos', steps))).not.toContain('One');
});

describe('a rollback', () => {
  const rollback = `  - update: v2
  - reboot: clean
  - rollback: previous
  - wait: 40 s
  - reboot: clean
  - run: cat thesis.txt`;

  test.each(systems.filter((id) => id !== 'debian'))('leads %s back to v1', (system) => {
    const report = told(system, rollback);
    expect(report.outcomes).toEqual({ old: 1 });
    expect(linesOf(report)).toMatch(/\nOne$/);
  });

  test('is no command of Debian, which says why', () => {
    const report = told('debian', rollback);
    expect(report.outcomes).toEqual({ new: 1 });
    expect(report.terminal.filter(({ kind }) => kind === 'error')).toHaveLength(1);
  });

  test('of Vanilla OS is typed after a restart into the second line of the menu', () => {
    const lines = linesOf(told('vanilla-os', rollback));
    const order = ['“Previous State (A)” chosen', '# abroot rollback', 'Rollback completed.'];
    const places = order.map((text) => lines.indexOf(text));
    expect(places.includes(-1)).toBe(false);
    expect(places).toEqual(places.toSorted((left, right) => left - right));
  });

  test('can be struck by a power cut where it begins after a restart', () => {
    const report = told(
      'vanilla-os',
      `  - update: v2
  - reboot: clean
  - rollback: previous
    label: back
  - fault: power-loss
    during: back
    search: every-op
  - reboot: forced`,
    );
    expect(report.timeline?.stages.map(({ label }) => label)).toContain('exchange the menus');
    expect(report.possible).toEqual(['new', 'old']);
  });

  test.each(systems)('right after an interrupted update leaves %s a verdict', (system) => {
    const report = told(
      system,
      `  - update: v2
    label: the-update
  - fault: interrupt
    during: the-update
    at: 30 ms
  - rollback: previous
  - wait: 40 s
  - reboot: clean
  - run: cat thesis.txt`,
    );
    expect(linesOf(report)).toContain('^C');
    expect(linesOf(report)).toMatch(/\n(One|Nobody can do this .*)$/);
  });
});

test('a second update to another version is told from the one that ran', () => {
  const report = told(
    'nixos',
    `  - update: v2
  - reboot: clean
  - update: v2-broken-kernel
  - reboot: clean`,
  );
  expect(report.possible).toEqual(['broken-noboot']);
});

test.each(['vanilla-os', 'opensuse-microos'])(
  '%s has the database of the new version where it starts that one, and no other there ever was',
  (system) => {
    const { screens } = told(system, updateAndFault('at: 100%'));
    const databases = screens.map(({ outcome, fates }) => [
      outcome,
      fates.find(({ datum }) => datum === 'package-database')?.fates.content,
    ]);
    expect(databases).toContainEqual(['new', 'updated']);
    for (const [outcome, content] of databases) {
      expect(content).toBe(outcome === 'old' ? 'intact' : 'updated');
    }
  },
);
