/** One row of the table: what was measured, and how it stands against its budget. */
export interface Measurement {
  what: string;
  value: number;
  unit: string;
  /** The budget in the same unit; which side of it is good depends on the quantity. */
  budget?: { atLeast: number } | { atMost: number };
  /** The same quantity of the plain way, measured in the same run, and how many times better ours is. */
  baseline?: number;
  ratio?: number;
  /** What it was measured on: persistence profile, files of the release, operations of the window. */
  profile?: string;
  files?: number;
  operations?: number;
  /** What one must know to read the number: the size of the input, how often it was repeated. */
  note?: string;
}

/** What a file `test/bench/*.bench.ts` exports by default. */
export interface Bench {
  title: string;
  run: () => Measurement[] | Promise<Measurement[]>;
}

/** Milliseconds of this process's own processor time that `work` takes. */
export function processorMilliseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * The median of several runs in milliseconds of this process's own processor time: on a loaded
 * machine the clock on the wall measures the neighbours.
 */
export function medianMilliseconds(runs: number, work: () => void): number {
  work(); // Once before, so that the compiler of the engine has seen the code.
  const times = Array.from({ length: runs }, () => processorMilliseconds(work)).sort(
    (left, right) => left - right,
  );
  return times[Math.floor(times.length / 2)] ?? 0;
}

/** The best of several runs: what the code can do when the neighbours leave the caches alone. */
export function leastMilliseconds(runs: number, work: () => void): number {
  work();
  return Math.min(...Array.from({ length: runs }, () => processorMilliseconds(work)));
}
