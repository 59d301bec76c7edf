/**
 * The configuration of the future root: what was changed on this machine wins, what was deleted stays deleted,
 * everything else comes from the new image. Source: EtcBuilder core/etcmerge.go,
 * https://github.com/linux-immutability-tools/EtcBuilder; measured in lab-survive c, column A/B.
 */
import {
  readConfiguration,
  sameConfigurationFile,
  writeConfigurationFile,
  type ConfigurationFile,
} from '../configuration-tree.ts';
import { namesIn, removeTree } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';

/** Directories that the merge reads and the one that it writes. */
export interface MergePlan {
  /** Pristine configuration of the running image. */
  readonly oldPristine: string;
  readonly newPristine: string;
  /** Configuration as the running machine sees it. */
  readonly running: string;
  readonly target: string;
}

/** Writes the merged configuration; nothing is synced, and /var is not unmounted afterwards. */
export function* mergeConfiguration(os: Process, plan: MergePlan): Procedure {
  const before = yield* readConfiguration(os, plan.oldPristine);
  const shipped = yield* readConfiguration(os, plan.newPristine);
  const mine = yield* readConfiguration(os, plan.running);
  for (const name of yield* namesIn(os, plan.target)) {
    yield* removeTree(os, `${plan.target}/${name}`);
  }
  const merged = new Map<string, ConfigurationFile>();
  for (const [path, file] of shipped) {
    if (!before.has(path) || mine.has(path)) merged.set(path, file);
  }
  for (const [path, file] of mine) {
    const old = before.get(path);
    if (old === undefined || !sameConfigurationFile(old, file)) merged.set(path, file);
  }
  for (const [path, file] of [...merged].sort(([left], [right]) => (left < right ? -1 : 1))) {
    yield* writeConfigurationFile(os, `${plan.target}${path}`, file);
  }
}
