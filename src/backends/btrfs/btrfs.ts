/** btrfs: versions as snapshots, switched by the default subvolume. */
import type { Backend } from '../backend.ts';
import { databasePath, install, pathInSnapshot } from './install.ts';
import { rollback, update } from './lifecycle.ts';
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
  cannot: [
    {
      capability: 'installPackage',
      because:
        '`transactional-update pkg install` makes a new snapshot, as an update does; this is not simulated yet.',
      source: transactionalUpdate,
    },
    {
      capability: 'removePackage',
      because:
        '`transactional-update pkg remove` makes a new snapshot, as an update does; this is not simulated yet.',
      source: transactionalUpdate,
    },
    {
      capability: 'collectGarbage',
      because: 'snapper’s cleanup of old snapshots by number and space is not simulated yet.',
      source: 'https://manpages.ubuntu.com/manpages/plucky/man5/snapper-configs.5.html',
    },
    {
      capability: 'factoryReset',
      because:
        'No factory reset was found in what was read of MicroOS. The first snapshot may still be there, but /var and /home stay as they are.',
      source: transactionalUpdate,
    },
    {
      capability: 'verify',
      because: '`rpm -V` and `btrfs scrub` are not simulated yet.',
      source: 'recorded run tamper-microos',
    },
  ],
};
