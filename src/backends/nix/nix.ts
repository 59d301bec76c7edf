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
  cannot: [],
};
