/** Nix: every package in a store path of its own, a system as links to them, chosen by profile and boot entry. */
import type { Backend } from '../backend.ts';
import { install } from './install.ts';
import { rollback, startup, update, verify } from './lifecycle.ts';
import {
  collectGarbage,
  factoryReset,
  installPackage,
  removePackage,
  replacePackage,
} from './maintenance.ts';
import { bootMenu, mounts } from './menu.ts';
import { configurationPath, database, pathOf } from './names.ts';
import { optionTable } from './options.ts';

/** What the configuration declares is linked into /etc at every start. Source: nixpkgs setup-etc.pl. */
const restoredFrom: Backend['restoredFrom'] = (brief, path, version) => {
  if (!brief.release.editedConfig.some((edited) => edited.path === path)) return undefined;
  return {
    path: `${configurationPath(brief, version)}${path}`,
    how: {
      text: 'configuration.nix declares it: it is whole in the store, and each start links it into /etc again.',
      source: 'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/etc/setup-etc.pl',
    },
  };
};

/** The backend of NixOS. */
export const nix: Backend = {
  id: 'nix',
  optionTable,
  install,
  mounts,
  bootMenu,
  pathOf,
  restoredFrom,
  packageDatabase: () => [database],
  update,
  rollback,
  verify,
  startup,
  installPackage,
  removePackage,
  replacePackage,
  collectGarbage,
  factoryReset,
  cannot: [
    {
      capability: 'unlock',
      because:
        'No layer over the store was found that a start would forget: what is to change for a while is declared, and nixos-rebuild test puts it in place until the next start.',
      source:
        'https://github.com/NixOS/nixpkgs/blob/master/nixos/doc/manual/development/what-happens-during-a-system-switch.chapter.md',
    },
    {
      capability: 'checkStarts',
      because:
        'As it is installed nothing counts starts that fail: the default generation is tried again each time, until somebody chooses another one in the menu.',
      source:
        'https://github.com/NixOS/nixpkgs/blob/master/nixos/modules/system/boot/loader/systemd-boot/systemd-boot-builder.py',
    },
    {
      capability: 'pin',
      because:
        'No generation can be marked: nix-collect-garbage -d deletes all but the current one. A link among the roots of the collector keeps a system in the store, and not in the boot menu.',
      source: 'https://nix.dev/manual/nix/stable/command-ref/nix-collect-garbage',
    },
  ],
};
