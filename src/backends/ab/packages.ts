/**
 * `abroot pkg add` and `abroot pkg remove`, each with `abroot pkg apply`: the list alone changes nothing, applying it
 * builds an image and writes the other root. Source: ABRoot cmd/pkg.go, core/packages.go, core/system.go.
 */
import type { Work } from '../backend.ts';
import type { Procedure } from '../../kernel/process.ts';
import { SystemError } from '../../kernel/process.ts';
import { listedPackages, writeList } from './package-lists.ts';
import { imageRecordPath, versionOfText } from './roots.ts';
import { operation } from './upgrade.ts';

/** Adds a package to the image of the next root. */
export function* addPackage(work: Work, name: string): Procedure {
  yield* change(work, name, 'add');
}

/** Takes a package out of it. */
export function* removePackage(work: Work, name: string): Procedure {
  yield* change(work, name, 'remove');
}

function* change(work: Work, name: string, list: 'add' | 'remove'): Procedure {
  const { os, brief } = work;
  if (brief.release.packages.every((one) => one.name !== name)) {
    os.print(`ERROR: package ${name} does not exist in the repository`, 'error');
    return;
  }
  os.stage('note the package in a list', {
    note: 'Nothing else changes until the list is applied.',
  });
  try {
    const other = list === 'add' ? 'remove' : 'add';
    const kept = (yield* listedPackages(os, other)).filter((one) => one !== name);
    yield* writeList(os, other, kept);
    const listed = (yield* listedPackages(os, list)).filter((one) => one !== name);
    yield* writeList(os, list, [...listed, name]);
    const version = versionOfText(brief, yield* os.readText(imageRecordPath));
    os.print('# abroot pkg apply', 'note');
    yield* operation(work, 'apply', version ?? 'v1');
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}
