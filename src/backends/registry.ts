/** Every mechanism that there is. */
import { assert } from '../model/lab-error.ts';
import type { BackendId } from '../model/system.ts';
import { ab } from './ab/ab.ts';
import type { Backend } from './backend.ts';
import { btrfs } from './btrfs/btrfs.ts';
import { mutable } from './mutable/mutable.ts';
import { nix } from './nix/nix.ts';
import { ostree } from './ostree/ostree.ts';

/** All backends, in the order in which the page explains them. */
export const backends: readonly Backend[] = [mutable, ostree, ab, btrfs, nix];

/** The backend of this name. Throws `broken-code` for one that is not registered. */
export function backendNamed(id: BackendId): Backend {
  const backend = backends.find((candidate) => candidate.id === id);
  assert(backend !== undefined, `no backend ${id}`);
  return backend;
}
