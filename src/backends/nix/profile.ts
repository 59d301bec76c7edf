/** The system's profile: numbered links to generations, and the link that names the current one. */
import type { Work } from '../backend.ts';
import { namesIn, removeTree } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { generationNumber, generationOf, isGenerationLink, type Generation } from './boot-files.ts';
import { profiles, state, storeHash } from './names.ts';
import { connect, disconnect } from './store.ts';

/** All generations, the oldest first; read from the links. */
export function* generations(os: Process): Procedure<readonly Generation[]> {
  const found: Generation[] = [];
  for (const name of yield* namesIn(os, profiles)) {
    if (!isGenerationLink(name)) continue;
    const generation = generationOf(name, yield* os.readlink(`${profiles}/${name}`));
    if (generation !== undefined) found.push(generation);
  }
  return found.sort((left, right) => left.number - right.number);
}

/** Number of the generation that the profile names. */
export function* currentNumber(os: Process): Procedure<number> {
  return generationNumber(yield* os.readlink(`${profiles}/system`));
}

/** `nix-env --profile system --set`: a new generation, unless the newest is this very system. Commit A. */
export function* setProfile(work: Work, system: string): Procedure {
  const { os } = work;
  os.stage('set the profile', {
    note: 'A rename of the link `system`: what the system is, but not yet what boots.',
  });
  const connection = yield* connect(work);
  const newest = (yield* generations(os)).at(-1);
  let number = newest?.number ?? 0;
  if (newest?.system !== system) {
    number += 1;
    yield* addGeneration(os, number, system);
  }
  yield* switchProfile(os, number);
  yield* disconnect(work, connection, false);
}

function* addGeneration(os: Process, number: number, system: string): Procedure {
  const link = `${profiles}/system-${String(number)}-link`;
  yield* replaceLink(os, system, link, `${link}.tmp`);
  const root = `${state}/gcroots/auto/${storeHash(link)}`;
  yield* replaceLink(os, link, root, `${root}.tmp`);
}

/** Makes a generation the one that the profile names. */
export function* switchProfile(os: Process, number: number): Procedure {
  const link = `system-${String(number)}-link`;
  yield* replaceLink(os, link, `${profiles}/system`, `${profiles}/.0_system`);
}

/** A symbolic link made beside its place and renamed over it; a temporary one from before is removed. */
export function* replaceLink(
  os: Process,
  target: string,
  path: string,
  temporary: string,
): Procedure {
  yield* removeTree(os, temporary);
  yield* os.symlink(target, temporary);
  yield* os.rename(temporary, path);
}
