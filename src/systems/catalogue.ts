/** Every distribution that there is. */
import type { System } from '../model/system.ts';
import { archLinux } from './arch-linux.ts';
import { debian } from './debian.ts';
import { fedoraSilverblue } from './fedora-silverblue.ts';
import { nixos } from './nixos.ts';
import { opensuseMicroos } from './opensuse-microos.ts';
import { vanillaOs } from './vanilla-os.ts';

/** All systems, in the order in which the page shows them: the one that everybody knows first. */
export const systemCatalogue: readonly System[] = [
  debian,
  fedoraSilverblue,
  vanillaOs,
  opensuseMicroos,
  nixos,
  archLinux,
];
