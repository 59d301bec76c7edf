/** What each policy of a search looks at: one row each. */
import type { SearchPolicy } from '../model/scenario.ts';

/** What a volume shows at an instant within a pass. */
export type VolumeChoice =
  /** Everything issued so far has landed. */
  | 'all'
  /** All metadata; data as the clocks have it. */
  | 'names, data by the clock'
  /** All metadata; only the data that a barrier or a timer forced. */
  | 'names, forced data only'
  /** All metadata, extents included; only forced data, the rest reads as zeros. */
  | 'names and extents, forced data only'
  /** Only what the clocks have brought to the disk. */
  | 'clock';

/** A pass: what one volume shows while the others show something else; with `together` all show the same. */
export interface Pass {
  readonly level: 'likely' | 'possible';
  readonly choice: VolumeChoice;
  readonly others: VolumeChoice | 'together';
  /** Tries each single write that nothing has forced yet: missing from what the pass shows, or alone added to it. */
  readonly singles?: 'each missing' | 'each alone';
}

/** One policy. */
export interface PolicyRow {
  readonly passes: readonly Pass[];
  /** The drive is one that ignores flushes, whatever the machine has; where its cache loses nothing, neither does this. */
  readonly ignoresFlushes?: true;
  /**
   * Whether the legal cuts of each moment are searched besides. `singles and halves`: each single free micro-operation
   * missing, each alone, and seeded halves. `every subset`: all legal subsets where few are free.
   */
  readonly subsets?: 'singles and halves' | 'every subset';
  /** Whether a commit can be on the disk in part, so that nothing mounts the file system. */
  readonly breaksMetadata?: true;
}

const everyOperation: readonly Pass[] = [
  { level: 'likely', choice: 'all', others: 'together' },
  { level: 'likely', choice: 'names, data by the clock', others: 'together' },
  { level: 'possible', choice: 'names, forced data only', others: 'together' },
  { level: 'possible', choice: 'names and extents, forced data only', others: 'together' },
  { level: 'possible', choice: 'all', others: 'clock' },
  { level: 'possible', choice: 'names, forced data only', others: 'all' },
  { level: 'possible', choice: 'all', others: 'together', singles: 'each missing' },
];

const alsoEachAlone: readonly Pass[] = [
  ...everyOperation,
  {
    level: 'possible',
    choice: 'names, forced data only',
    others: 'together',
    singles: 'each alone',
  },
];

/** The rows. */
export const policyTable: { readonly [policy in SearchPolicy]: PolicyRow } = {
  instant: { passes: [] },
  'every-op': { passes: everyOperation },
  reordered: { passes: alsoEachAlone, subsets: 'singles and halves' },
  exhaustive: { passes: alsoEachAlone, subsets: 'every subset' },
  'lying-drive': {
    passes: alsoEachAlone,
    ignoresFlushes: true,
    subsets: 'singles and halves',
    breaksMetadata: true,
  },
};
