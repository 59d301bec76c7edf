/** One mechanism at a time, for a thread that downloads what it runs; `registry.ts` holds all of them at once. */
import type { BackendId } from '../model/system.ts';
import type { Backend } from './backend.ts';

/** Loads a mechanism when a machine first needs it. */
export async function loadBackend(id: BackendId): Promise<Backend> {
  switch (id) {
    case 'mutable':
      return (await import('./mutable/mutable.ts')).mutable;
    case 'ostree':
      return (await import('./ostree/ostree.ts')).ostree;
    case 'ab':
      return (await import('./ab/ab.ts')).ab;
    case 'btrfs':
      return (await import('./btrfs/btrfs.ts')).btrfs;
    case 'nix':
      return (await import('./nix/nix.ts')).nix;
  }
}
