/** What is stored on a machine at an instant, as columns: thousands of files go from one thread to another in few pieces. */

/**
 * States of a stored file, in the order of their numbers. `before`: its bytes are those from before the step, under an
 * old name or a new one. `updated`: on the disk as the machine has it. `earlier`: whole, as the machine had it a moment
 * earlier in the step. `torn`: part of its bytes. `empty`: its name is there and none of its bytes. `lost`: it was there
 * before, and is neither removed on purpose nor on the disk. `memory`: new, and only the running machine has it.
 */
export const storedStates = [
  'before',
  'updated',
  'earlier',
  'torn',
  'empty',
  'lost',
  'memory',
] as const;

/** One of {@link storedStates}. */
export type StoredState = (typeof storedStates)[number];

/** Added to the number of a state where a later change of this name or its bytes is only in memory. */
export const waitingFlag = 16;

/** A part of a volume that people have a name for. */
export interface StoredBlock {
  readonly kind:
    'volume' | 'subvolume' | 'snapshot' | 'deployment' | 'repository' | 'store' | 'folder';
  readonly label: string;
  /** Place of the block around it; -1 for the volume itself. */
  readonly parent: number;
}

/** One volume. The columns have one element per file, in the order of the tree: folder by folder, names sorted. */
export interface StoredVolume {
  readonly id: string;
  readonly label: string;
  /** Name of its file system, with what matters of its configuration. */
  readonly fileSystem: string;
  /** The first is the volume itself. */
  readonly blocks: readonly StoredBlock[];
  /** Paths from the top of the volume, joined by line feeds; empty where there is no file. */
  readonly paths: string;
  /** Place of the innermost block. */
  readonly blockOf: Uint16Array;
  /** Place in {@link StoredListing.owners}. */
  readonly ownerOf: Uint16Array;
  /** Bytes on the disk; of a file that is only in memory, there. */
  readonly sizeBytes: Float64Array;
  /** Place in {@link storedStates}, with or without {@link waitingFlag}. */
  readonly stateOf: Uint8Array;
}

/** Everything stored on one machine at one instant, as the usual order of writing leaves it. */
export interface StoredListing {
  /** Packages by name, and words for what no package ships. */
  readonly owners: readonly string[];
  readonly volumes: readonly StoredVolume[];
}
