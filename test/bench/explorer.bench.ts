/**
 * How many possible disks a second the explorer's own state goes through: each cut of an update that syncs nothing, and
 * at each cut each single write that is not forced yet missing. The same code serves every policy: `CrashState` moves
 * the cells, the digest and, through its listener, the counters; `StateTable` tells whether a disk was seen before.
 */
import { createFsFromVolume, Volume as MemfsVolume } from 'memfs';
import { CrashState } from '../../src/persistence/crash-state.ts';
import type { VolumeWindow } from '../../src/persistence/explorer.ts';
import { microClass } from '../../src/persistence/compiled.ts';
import { StateTable } from '../../src/persistence/state-table.ts';
import type { Release } from '../../src/model/release.ts';
import { rememberedStateCountMax } from '../../src/model/limits.ts';
import { leastMilliseconds, processorMilliseconds, type Bench, type Measurement } from './bench.ts';
import { releaseOf, rpmVolume, studyOf, systemOf, windowOf } from './workload.ts';

const filesOf = ({ packages }: Release): number =>
  new Set(
    packages.flatMap(({ versions }) =>
      Object.values(versions).flatMap((one) => one?.files.map(({ path }) => path) ?? []),
    ),
  ).size;

const statesMax = 2_000_000;

interface Swept {
  states: number;
  damaged: number;
}

/** Counts cells that differ from the disk before the update, in seven groups, as a census does. */
function counters(base: Int32Array): {
  changed: (cell: number, value: number, before: number) => void;
  counts: Int32Array;
} {
  const counts = new Int32Array(7);
  return {
    counts,
    changed: (cell, value, before) => {
      const was = base[cell] ?? 0;
      const group = cell % 7;
      counts[group] = (counts[group] ?? 0) + (value === was ? 0 : 1) - (before === was ? 0 : 1);
    },
  };
}

/** Cuts spread over the window so that about {@link statesMax} states come of it. */
function sweep(window: VolumeWindow, table: StateTable | undefined, widthMax: number): Swept {
  const { compiled, certain } = window;
  const { changed, counts } = counters(compiled.base.cells);
  const state = new CrashState(compiled, changed);
  const { microStart, classes, operations } = compiled;
  const swept = { states: 0, damaged: 0 };
  const every = Math.max(1, Math.ceil((operations.length * widthMax) / statesMax));
  for (let cut = 0; cut < operations.length; cut++) {
    const end = microStart[cut + 1] ?? 0;
    for (let micro = microStart[cut] ?? 0; micro < end; micro++) state.set(micro, true);
    if (cut % every !== 0) continue;
    const now = operations[cut]?.endMicroseconds ?? 0;
    let width = 0;
    for (let micro = end - 1; micro >= 0 && width < widthMax; micro--) {
      if (classes[micro] === microClass.metadata) continue;
      if ((certain.durableMicroseconds[micro] ?? Infinity) <= now) continue;
      width++;
      state.set(micro, false);
      if (table === undefined || table.add(state.digestLow, state.digestHigh)) {
        // The class of a new disk comes from the counters.
        if ((counts[0] ?? 0) + (counts[3] ?? 0) + (counts[6] ?? 0) === 0) swept.damaged++;
      }
      state.set(micro, true);
      swept.states++;
    }
  }
  return swept;
}

interface Rates {
  plain: number;
  deduplicated: number;
  distinct: number;
  tableBytes: number;
}

function ratesOf(window: VolumeWindow, widthMax: number): Rates {
  let swept = sweep(window, undefined, widthMax);
  const plain = leastMilliseconds(3, () => {
    swept = sweep(window, undefined, widthMax);
  });
  let table = new StateTable(rememberedStateCountMax);
  const deduplicated = leastMilliseconds(3, () => {
    table = new StateTable(rememberedStateCountMax);
    sweep(window, table, widthMax);
  });
  return {
    plain: (swept.states / plain) * 1000,
    deduplicated: (swept.states / deduplicated) * 1000,
    distinct: (table.size / deduplicated) * 1000,
    tableBytes: table.sizeBytes,
  };
}

/** The naive way: a file system for each state, cloned, and every file of it looked at. */
function memfsStatesPerSecond(fileCount: number): number {
  const files: { [path: string]: string } = {};
  for (let file = 0; file < fileCount; file++) {
    files[`/usr/${String(file % 80)}/${String(file)}`] = `old ${String(file)}`;
  }
  const whole = MemfsVolume.fromJSON(files);
  const paths = Object.keys(files);
  const one = (): void => {
    const clone = createFsFromVolume(MemfsVolume.fromJSON(whole.toJSON()));
    let whole2 = 0;
    for (const path of paths) whole2 += clone.readFileSync(path, 'utf8') === files[path] ? 1 : 0;
    if (whole2 !== paths.length) throw new Error('a bad clone');
  };
  return 1000 / leastMilliseconds(3, one);
}

/** The sane way: a flat copy of all cells for each state, and a scan over it. */
function flatStatesPerSecond({ compiled }: VolumeWindow): number {
  const base = compiled.base.cells;
  const state = new CrashState(compiled);
  const copies = 2000;
  let differing = 0;
  const milliseconds = leastMilliseconds(3, () => {
    for (let copy = 0; copy < copies; copy++) {
      const cells = state.cells.slice();
      cells[copy % cells.length] = copy;
      const counts = new Int32Array(7);
      for (let cell = 0; cell < cells.length; cell++) {
        if (cells[cell] !== base[cell]) counts[cell % 7] = (counts[cell % 7] ?? 0) + 1;
      }
      differing += counts[0] ?? 0;
    }
  });
  if (differing < 0) throw new Error('nothing was counted');
  return (copies / milliseconds) * 1000;
}

function bytesPerCellWrite({ compiled }: VolumeWindow): number {
  const { writeCell, writeValue, writePrevious, classes, operationOf, inodeOf } = compiled;
  const { directoryOf, writeStart, contentCodes } = compiled;
  const arrays = [writeCell, writeValue, writePrevious, classes, operationOf, inodeOf];
  const more = [directoryOf, writeStart, contentCodes.fileOf, contentCodes.orderOf];
  const bytes = [...arrays, ...more].reduce((sum, array) => sum + array.byteLength, 0);
  // Every micro-operation without cell writes moves the content cell of its file.
  const ofContent = compiled.steps.filter((step) => step !== undefined).length;
  return bytes / (writeCell.length + ofContent);
}

function rowsOf(
  name: string,
  rates: Rates,
  about: Partial<Measurement>,
  flat: number,
  memfs: number,
): Measurement[] {
  const { plain, deduplicated, distinct, tableBytes } = rates;
  return [
    {
      what: `${name}: states without deduplication`,
      value: plain,
      unit: '/s',
      budget: { atLeast: 10_000_000 },
      ...about,
    },
    {
      what: `${name}: states with deduplication`,
      value: deduplicated,
      unit: '/s',
      budget: { atLeast: 3_000_000 },
      ...about,
    },
    { what: `${name}: distinct states`, value: distinct, unit: '/s', ...about },
    { what: `${name}: bytes of the table`, value: tableBytes, unit: 'B', ...about },
    {
      what: `${name}: times a memfs clone per state`,
      value: deduplicated / memfs,
      unit: 'times',
      budget: { atLeast: 100_000 },
      baseline: memfs,
      ratio: deduplicated / memfs,
      ...about,
    },
    {
      what: `${name}: times a flat copy and scan per state`,
      value: deduplicated / flat,
      unit: 'times',
      budget: { atLeast: 100 },
      baseline: flat,
      ratio: deduplicated / flat,
      ...about,
    },
  ];
}

const bench: Bench = {
  title: 'Explorer',
  run: () => {
    const release = releaseOf('full');
    const files = filesOf(release);
    const study = studyOf(systemOf('rpm'), release);
    const real = study.windows.find(({ volume }) => volume === 'root');
    if (real === undefined) throw new Error('no root');
    const memfs = memfsStatesPerSecond(files);
    const aboutReal = { profile: 'ext4', files, operations: real.compiled.operations.length };
    const rows = rowsOf(
      'rpm, full release',
      ratesOf(real, 200),
      aboutReal,
      flatStatesPerSecond(real),
      memfs,
    );
    const small = windowOf(rpmVolume(2000));
    const large = windowOf(rpmVolume(100_000));
    const smallRates = ratesOf(small, 50);
    const largeRates = ratesOf(large, 50);
    const about = { profile: 'ext4', files: 5000 };
    const compileTime = processorMilliseconds(() => windowOf(rpmVolume(10_000)));
    return [
      ...rows,
      {
        what: 'growth: states with deduplication, 100,000 against 2,000 operations',
        value: largeRates.deduplicated / smallRates.deduplicated,
        unit: 'times',
        budget: { atLeast: 0.5 },
        baseline: smallRates.deduplicated,
        ...about,
        operations: 100_000,
      },
      {
        what: 'growth: states without deduplication, 100,000 against 2,000',
        value: largeRates.plain / smallRates.plain,
        unit: 'times',
        budget: { atLeast: 0.5 },
        baseline: smallRates.plain,
        ...about,
        operations: 100_000,
      },
      {
        what: 'bytes per cell write',
        value: bytesPerCellWrite(large),
        unit: 'B',
        budget: { atMost: 24 },
        ...about,
        operations: 100_000,
        note: 'all typed arrays of the compiled window',
      },
      {
        what: 'record, compile and schedule 10,000 operations',
        value: compileTime,
        unit: 'ms',
        ...about,
        operations: 10_000,
      },
    ];
  },
};

export default bench;
