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
  yield* change(work, [[name, 'add']]);
}

/** Takes a package out of it. */
export function* removePackage(work: Work, name: string): Procedure {
  yield* change(work, [[name, 'remove']]);
}

/** One out and one in: both lists are written, then one image is built. */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  yield* change(work, [
    [name, 'remove'],
    [by, 'add'],
  ]);
}

type Entry = readonly [name: string, list: 'add' | 'remove'];

function* change(work: Work, entries: readonly Entry[]): Procedure {
  const { os, brief } = work;
  for (const [name] of entries) {
    if (brief.release.packages.some((one) => one.name === name)) continue;
    os.print(`ERROR: package ${name} does not exist in the repository`, 'error');
    return;
  }
  os.stage('note the package in a list', {
    note: 'Nothing else changes until the list is applied.',
  });
  try {
    for (const entry of entries) yield* noteIn(work, entry);
    const version = versionOfText(brief, yield* os.readText(imageRecordPath));
    os.print('# abroot pkg apply', 'note');
    yield* operation(work, 'apply', version ?? 'v1');
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

function* noteIn({ os }: Work, [name, list]: Entry): Procedure {
  const other = list === 'add' ? 'remove' : 'add';
  const kept = (yield* listedPackages(os, other)).filter((one) => one !== name);
  yield* writeList(os, other, kept);
  const listed = (yield* listedPackages(os, list)).filter((one) => one !== name);
  yield* writeList(os, list, [...listed, name]);
}
