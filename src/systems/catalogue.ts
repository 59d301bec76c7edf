/** Every distribution that there is. */
import type { System } from '../model/system.ts';
import { archLinux } from './arch-linux.ts';
import { debian } from './debian.ts';
import { debianTimeshift } from './debian-timeshift.ts';
import { fedoraSilverblue } from './fedora-silverblue.ts';
import { fedoraWorkstation } from './fedora-workstation.ts';
import { fedoraWorkstationOffline } from './fedora-workstation-offline.ts';
import { gnomeOs } from './gnome-os.ts';
import { nixos } from './nixos.ts';
import { opensuseMicroos } from './opensuse-microos.ts';
import { opensuseTumbleweed } from './opensuse-tumbleweed.ts';
import { vanillaOs } from './vanilla-os.ts';

/** All systems, in the order in which the page shows them: the one that everybody knows first, then those on request. */
export const systemCatalogue: readonly System[] = [
  debian,
  fedoraSilverblue,
  vanillaOs,
  opensuseMicroos,
  nixos,
  archLinux,
  opensuseTumbleweed,
  fedoraWorkstation,
  fedoraWorkstationOffline,
  gnomeOs,
  debianTimeshift,
];

/** Ids of the systems that run when nobody names any. */
export const usualSystems: readonly string[] = systemCatalogue
  .filter(({ onRequest }) => onRequest !== true)
  .map(({ id }) => id);
