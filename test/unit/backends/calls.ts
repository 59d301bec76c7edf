/** Counting calls as the recordings do, and reading the recorded counts. */
import { readFileSync } from 'node:fs';
import type { Operation } from '../../../src/model/operation.ts';

/** Call → how often. */
export type Counts = ReadonlyMap<string, number>;

/** The counts in the head of a recorded list of calls. */
export function recordedCounts(name: string): Counts {
  const text = readFileSync(new URL(`fixtures/syscalls-${name}.txt`, import.meta.url), 'utf8');
  const line = text.split('\n').find((one) => one.startsWith('# calls on the updated'));
  const pairs = [...(line ?? '').matchAll(/([a-z+A-Z_]+(?: [A-Z_]+)?) (\d+)/g)];
  return new Map(pairs.map(([, call, count]) => [call ?? '', Number(count)]));
}

/** The call that an operation is. */
export function callOf({ effect }: Operation): string {
  switch (effect.kind) {
    case 'link':
      if (effect.created === undefined) return 'link';
      return { file: 'create', directory: 'mkdir', symlink: 'symlink', device: 'mknod' }[
        effect.created.kind
      ];
    case 'barrier':
      return effect.scope === 'fsync-directory' ? 'fsync' : effect.scope;
    case 'truncate':
      return effect.atOpen ? 'open+truncate' : 'ftruncate';
    default:
      return effect.kind;
  }
}

/** How often each call was made. */
export function countsOf(operations: readonly Operation[]): Counts {
  const counts = new Map<string, number>();
  for (const operation of operations) {
    const call = callOf(operation);
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}

/** Sum of several calls. */
export function sum(counts: Counts, ...calls: readonly string[]): number {
  return calls.reduce((total, call) => total + (counts.get(call) ?? 0), 0);
}
