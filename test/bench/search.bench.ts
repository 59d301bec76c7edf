/** What searches cost in the product itself: every instant, each single missing write, starts computed, litmus, catalogue. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioIds, scenarioText } from '../../src/cli/catalogue.ts';
import type { CutStudy } from '../../src/engine/cut-report.ts';
import { runLaboratory } from '../../src/engine/laboratory.ts';
import { readLitmus } from '../../src/engine/litmus/litmus-file.ts';
import { checkLitmus } from '../../src/engine/litmus/litmus.ts';
import { CellHistory } from '../../src/persistence/cell-history.ts';
import { SearchedDisks } from '../../src/engine/searched-disks.ts';
import type { Release } from '../../src/model/release.ts';
import type { SearchPolicy } from '../../src/model/scenario.ts';
import { explore, search } from '../../src/persistence/explorer.ts';
import { policyTable } from '../../src/persistence/policies.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';
import { processorMilliseconds, type Bench, type Measurement } from './bench.ts';
import { releaseOf, rpmVolume, studyOf, systemOf, windowOf } from './workload.ts';

const eachMissing = policyTable['every-op'].passes.filter(
  ({ singles }) => singles === 'each missing',
);

function timesOf({ span }: CutStudy) {
  return { startMicroseconds: span.start, endMicroseconds: span.end };
}

/** Each cut of the names × each single missing write, as the product searches it, for one update. */
function singlesRow(system: string, release: Release, budgetMilliseconds: number): Measurement {
  const study = studyOf(systemOf(system), release);
  const { windows, judging, span } = study;
  let visits = 0;
  const least = Math.min(
    ...[1, 2].map(() =>
      processorMilliseconds(() => {
        const judge = new SearchedDisks(windows, judging, span);
        visits = explore(eachMissing, windows, judge, timesOf(study));
      }),
    ),
  );
  return {
    what: `${system}, ${release.size}: each cut × each missing write`,
    value: least,
    unit: 'ms',
    budget: { atMost: budgetMilliseconds },
    profile: windows.map(({ compiled }) => compiled.profile.id).join('+'),
    operations: windows.reduce((sum, { compiled }) => sum + compiled.operations.length, 0),
    note: `${String(visits)} disks judged, the rest covered by runs`,
  };
}

function startsRow(release: Release): Measurement {
  const study = studyOf(systemOf('rpm'), release);
  const { windows, judging, span } = study;
  const judge = new SearchedDisks(windows, judging, span);
  const { visits } = search(policyTable.reordered, windows, judge, timesOf(study));
  return {
    what: `rpm, ${release.size}, reordered: disks whose start was computed`,
    value: (100 * judge.starts) / visits,
    unit: '%',
    budget: { atMost: 2 },
    profile: 'ext4',
    note: `${String(judge.starts)} of ${String(visits)}`,
  };
}

function seekRow(operations: number, budgetMilliseconds: number): Measurement {
  const { compiled, likely } = windowOf(rpmVolume(operations));
  const end = compiled.operations.at(-1)?.endMicroseconds ?? 0;
  const history = new CellHistory(compiled, likely.durableMicroseconds);
  const seeks = 200;
  // Jumps over the whole time, forth and back, in an order that repeats itself in every run.
  const instants = Array.from(
    { length: seeks },
    (_, index) => (end * ((index * 61) % seeks)) / seeks,
  );
  const value = processorMilliseconds(() => {
    for (const instant of instants) history.seek(instant);
  });
  return {
    what: `seek to any instant, ${operations.toLocaleString('en')} operations`,
    value: value / seeks,
    unit: 'ms',
    budget: { atMost: budgetMilliseconds },
    profile: 'ext4',
    operations,
    note: `${String(seeks)} jumps; ${(history.sizeBytes / history.length).toFixed(0)} B a change`,
  };
}

function litmusRow(): Measurement {
  const file = join(import.meta.dirname, '..', 'conformance', 'fixtures', 'litmus.json');
  const read = readLitmus(readFileSync(file, 'utf8'));
  if (!read.ok) throw new Error('a bad litmus file');
  let tests = 0;
  const value = processorMilliseconds(() => {
    tests = checkLitmus(read.tests).totals.tests;
  });
  return {
    what: 'all litmus tests',
    value,
    unit: 'ms',
    budget: { atMost: 5000 },
    note: `${String(tests)} tests`,
  };
}

function catalogueRow(release: Release): Measurement {
  const systems = systemCatalogue.map(({ id }) => id);
  const scenarios = scenarioIds().flatMap((id) => {
    const parsed = parseScenario(scenarioText(id), systems);
    return parsed.ok ? [parsed.value] : [];
  });
  const timeOf = (policy?: SearchPolicy): number =>
    processorMilliseconds(() => {
      for (const scenario of scenarios) {
        const request = { scenario, systems, release, seed: 1 };
        runLaboratory(policy === undefined ? request : { ...request, policy });
      }
    });
  const value = timeOf();
  const withoutSearch = timeOf('instant');
  return {
    what: 'the whole catalogue on every system, classroom',
    value,
    unit: 'ms',
    budget: { atMost: 20_000 },
    note: `${String(scenarios.length)} scenarios, ${String(systems.length)} systems; ${withoutSearch.toFixed(0)} ms of it without any search`,
  };
}

const bench: Bench = {
  title: 'Search',
  run: () => {
    const classroom = releaseOf('classroom');
    const systems = ['rpm', 'debian', 'nixos', 'opensuse-microos'];
    return [
      ...systems.map((system) => singlesRow(system, classroom, 200)),
      startsRow(classroom),
      seekRow(100_000, 1),
      seekRow(1_000_000, 10),
      litmusRow(),
      catalogueRow(classroom),
    ];
  },
};

export default bench;
