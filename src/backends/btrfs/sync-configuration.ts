/**
 * The first start of a snapshot: what was changed in the old /etc after the snapshot was taken is copied into the new
 * one, unless the same file was also changed there; then the reference copy is deleted. Source: transactional-update
 * dracut/sync-etc-state.cpp at aee1e1b; it compares mode, owner, time and size, here contents stand for the time.
 */
import type { Work } from '../backend.ts';
import {
  readConfiguration,
  sameConfigurationFile,
  writeConfigurationFile,
} from '../configuration-tree.ts';
import { removeTree, statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure, type Process } from '../../kernel/process.ts';
import { comparison, snapshotPath, syncpoint } from './names.ts';

/** What a start does before anyone logs in. */
export function* startup({ os }: Work): Procedure {
  const reference = `/etc/${syncpoint}`;
  const marker = `${reference}/${comparison}`;
  if ((yield* statusOf(os, marker)) === undefined) return;
  const parent = Number((yield* os.readText(marker)).trim());
  try {
    yield* carryOver(os, `${snapshotPath(parent)}/etc`, reference);
    yield* os.deleteSubvolume(reference);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`sync-etc-state: ${error.path}: ${error.code}`, 'error');
  }
}

function* carryOver(os: Process, from: string, reference: string): Procedure {
  const own = [syncpoint, comparison];
  const before = yield* readConfiguration(os, reference, own);
  const late = yield* readConfiguration(os, from, own);
  const mine = yield* readConfiguration(os, '/etc', own);
  for (const [path, file] of late) {
    const old = before.get(path);
    if (sameConfigurationFile(old, file) || !sameConfigurationFile(old, mine.get(path))) continue;
    yield* writeConfigurationFile(os, `/etc${path}`, file);
  }
  for (const [path, file] of before) {
    if (late.has(path) || !sameConfigurationFile(file, mine.get(path))) continue;
    yield* removeTree(os, `/etc${path}`);
  }
}
