/** One row of the table: what was measured, and how it stands against its budget. */
export interface Measurement {
  what: string;
  value: number;
  unit: string;
  /** The budget in the same unit; which side of it is good depends on the quantity. */
  budget?: { atLeast: number } | { atMost: number };
  /** What one must know to read the number: the size of the input, how often it was repeated. */
  note?: string;
}

/** What a file `test/bench/*.bench.ts` exports by default. */
export interface Bench {
  title: string;
  run: () => Measurement[] | Promise<Measurement[]>;
}

/**
 * The median of several runs in milliseconds of this process's own processor time: on a loaded
 * machine the clock on the wall measures the neighbours.
 */
export function medianMilliseconds(runs: number, work: () => void): number {
  work(); // Once before, so that the compiler of the engine has seen the code.
  const times = Array.from({ length: runs }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort((left, right) => left - right);
  return times[Math.floor(times.length / 2)] ?? 0;
}
