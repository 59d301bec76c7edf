/** What a step of the plug costs in the page before anything is painted: screens and fates of all machines at an instant. */
import { fateRows, foldedTable } from '../../src/app/fates-table.ts';
import { activityAt, screenAt } from '../../src/app/instant.ts';
import { scenarioText } from '../../src/cli/catalogue.ts';
import { runLaboratory, usualSystemList } from '../../src/engine/laboratory.ts';
import type { SystemReport } from '../../src/model/report.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';
import type { Bench, Measurement } from './bench.ts';
import { releaseOf } from './workload.ts';

const instantCount = 1000;

/** The cut of the catalogue, full release, on the machines that the page shows first; without the search beside it. */
function reportsOfCut(): readonly SystemReport[] {
  const known = systemCatalogue.map(({ id }) => id);
  const parsed = parseScenario(scenarioText('power-loss-update'), known);
  if (!parsed.ok) throw new Error('a scenario of the catalogue does not parse');
  const release = releaseOf('full');
  const systems = usualSystemList();
  const request = { scenario: parsed.value, systems, release, seed: 1, policy: 'instant' } as const;
  return runLaboratory(request).systems;
}

function step(reports: readonly SystemReport[], instant: number): number {
  const endings = reports.map((report) => ({ report, screen: screenAt(report, instant) }));
  const { rows, folded } = foldedTable(fateRows(endings));
  const activities = reports.map(({ timeline }) =>
    timeline === undefined ? '' : activityAt(timeline, instant),
  );
  return rows.length + folded.length + activities.length;
}

/**
 * Milliseconds per step, least first. One step is too short for the processor's own clock, so the wall's is read, and of
 * three times for the same instant the least counts: what the neighbours take is not the engine's.
 */
function timesOf(reports: readonly SystemReport[]): readonly number[] {
  const end = Math.max(...reports.map(({ timeline }) => timeline?.endMicroseconds ?? 0));
  const least = new Array<number>(instantCount).fill(Infinity);
  for (let turn = 0; turn < 4; turn++) {
    for (let place = 0; place < instantCount; place++) {
      // Jumps over the whole time, forth and back, in an order that repeats itself in every run.
      const instant = (end * ((place * 61) % instantCount)) / instantCount;
      const before = performance.now();
      step(reports, instant);
      const taken = performance.now() - before;
      // The first turn is for the compiler of the engine.
      if (turn > 0) least[place] = Math.min(least[place] ?? Infinity, taken);
    }
  }
  return least.sort((one, other) => one - other);
}

const bench: Bench = {
  title: 'Scrubbing',
  run: () => {
    const reports = reportsOfCut();
    const times = timesOf(reports);
    const runs = reports.reduce((sum, { timeline }) => sum + (timeline?.runs.length ?? 0), 0);
    const row = (which: string, value: number, note: string): Measurement => ({
      what: `scrub step, ${String(reports.length)} machines, full release: engine, ${which}`,
      value,
      unit: 'ms',
      budget: { atMost: 3 },
      note,
    });
    const note = `${String(instantCount)} instants, ${String(runs)} runs`;
    return [
      row('median', times[instantCount >> 1] ?? 0, note),
      row('worst', times.at(-1) ?? 0, note),
    ];
  },
};

export default bench;
