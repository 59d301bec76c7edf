/** btrfs: versions as snapshots, switched by the default subvolume. */
import type { Backend } from '../backend.ts';
import { databasePath, install, pathInSnapshot } from './install.ts';
import { rollback, update } from './lifecycle.ts';
import {
  collectGarbage,
  installPackage,
  removePackage,
  replacePackage,
  verify,
} from './maintenance.ts';
import { bootMenu, mounts } from './menu.ts';
import { optionTable } from './options.ts';
import { startup } from './sync-configuration.ts';

const transactionalUpdate =
  'https://github.com/openSUSE/transactional-update/blob/aee1e1b/man/transactional-update.8.xml';

/** The backend of openSUSE MicroOS. */
export const btrfs: Backend = {
  id: 'btrfs',
  optionTable,
  install,
  mounts,
  bootMenu,
  pathOf: (brief, file) => pathInSnapshot(brief, file.path),
  packageDatabase: (brief) => [databasePath(brief)],
  update,
  rollback,
  startup,
  installPackage,
  removePackage,
  replacePackage,
  collectGarbage,
  verify,
  cannot: [
    {
      capability: 'factoryReset',
      because:
        'No factory reset was found in what was read of MicroOS. The first snapshot may still be there, but /var and /home stay as they are.',
      source: transactionalUpdate,
    },
  ],
};
