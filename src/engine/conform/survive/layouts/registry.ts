/** All recorded layouts by their word. */
import type { Layout } from '../layout.ts';
import { mutable } from './mutable.ts';
import { nix } from './nix.ts';
import { ostree } from './ostree.ts';
import { slots } from './slots.ts';
import { microos, tumbleweed } from './snapshots.ts';

/** Word of the recording → layout. */
export const layouts: { readonly [word: string]: Layout } = {
  mutable,
  ostree,
  ab: slots,
  microos,
  tumbleweed,
  nix,
};
