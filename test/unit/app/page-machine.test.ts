import { describe, expect, test } from 'vitest';
import { createActor, SimulatedClock } from 'xstate';
import { pageMachine } from '../../../src/app/page-machine.ts';
import { fixtureReports } from './fixture-report.ts';

const systems = fixtureReports.map(({ id }) => id);

function startedPage() {
  const clock = new SimulatedClock();
  const page = createActor(pageMachine, { clock }).start();
  return { clock, page };
}

function shownPage() {
  const started = startedPage();
  started.page.send({ type: 'run', systems, keep: false });
  for (const report of fixtureReports) started.page.send({ type: 'report', report });
  started.page.send({ type: 'finished', runId: 'w1', disappointments: [] });
  return started;
}

describe('the flow of the page', () => {
  test('reports come one by one, and each machine has one', () => {
    const { page } = shownPage();
    expect(page.getSnapshot().matches({ shown: 'scrubbing' })).toBe(true);
    expect(page.getSnapshot().context.reports.map(({ id }) => id)).toEqual(systems);
    expect(page.getSnapshot().context.runId).toBe('w1');
  });

  test('a pulled plug darkens all, then they wake one after the other', () => {
    const { clock, page } = shownPage();
    page.send({ type: 'pull', still: false });
    expect(page.getSnapshot().matches({ shown: 'dark' })).toBe(true);
    expect(page.getSnapshot().context.awake).toBe(0);
    const seen: number[] = [];
    for (let step = 0; step < 40; step += 1) {
      clock.increment(100);
      const { awake } = page.getSnapshot().context;
      if (awake !== seen.at(-1)) seen.push(awake);
    }
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
    expect(page.getSnapshot().matches({ shown: 'pulled' })).toBe(true);
  });

  test('without motion all are awake at once', () => {
    const { page } = shownPage();
    page.send({ type: 'pull', still: true });
    expect(page.getSnapshot().matches({ shown: 'pulled' })).toBe(true);
    expect(page.getSnapshot().context.awake).toBe(systems.length);
  });

  test('moving the plug while it is dark shows everything again', () => {
    const { clock, page } = shownPage();
    page.send({ type: 'pull', still: false });
    page.send({ type: 'move' });
    clock.increment(10_000);
    expect(page.getSnapshot().matches({ shown: 'scrubbing' })).toBe(true);
  });

  test('another run keeps only what it was asked to keep', () => {
    const { page } = shownPage();
    page.send({ type: 'run', systems: ['debian', 'nixos'], keep: true });
    expect(page.getSnapshot().context.reports.map(({ id }) => id)).toEqual(['debian', 'nixos']);
    page.send({ type: 'run', systems, keep: false });
    expect(page.getSnapshot().context.reports).toEqual([]);
  });

  test('problems, failures and “stop” each lead to their state, and a new run out of it', () => {
    const { page } = startedPage();
    const run = { type: 'run', systems, keep: false } as const;
    page.send(run);
    page.send({ type: 'problems', problems: [{ code: 'x', line: 1, column: 1, text: 'No.' }] });
    expect(page.getSnapshot().value).toBe('refused');
    page.send(run);
    expect(page.getSnapshot().context.problems).toEqual([]);
    page.send({ type: 'cancelled' });
    expect(page.getSnapshot().value).toBe('choosing');
    page.send({ type: 'failed', text: 'It died.' });
    expect(page.getSnapshot().value).toBe('failed');
    expect(page.getSnapshot().context.failure).toBe('It died.');
    page.send(run);
    expect(page.getSnapshot().value).toBe('running');
  });

  test('answers that come when nothing runs change nothing', () => {
    const { page } = startedPage();
    const [report] = fixtureReports;
    if (report !== undefined) page.send({ type: 'report', report });
    page.send({ type: 'finished', runId: 'w1', disappointments: [] });
    expect(page.getSnapshot().value).toBe('choosing');
    expect(page.getSnapshot().context.reports).toEqual([]);
  });
});
