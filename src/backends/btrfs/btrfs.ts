/** btrfs: versions as snapshots, switched by the default subvolume. */
import type { Backend } from '../backend.ts';
import { checkStart } from './health-checker.ts';
import { databasePath, install, pathInSnapshot } from './install.ts';
import { rollback, update } from './lifecycle.ts';
import {
  collectGarbage,
  installPackage,
  pin,
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
  *startup(work) {
    yield* startup(work);
    yield* checkStart(work);
  },
  installPackage,
  removePackage,
  replacePackage,
  collectGarbage,
  verify,
  pin,
  checkStarts: {
    text: 'On MicroOS health-checker can be added: it notes the last snapshot that came up well. A start that dies before user space leaves a flag, and the next one takes that snapshot; after a check that fails it makes that snapshot the default again. What no check asks for is not noticed.',
    source:
      'https://github.com/openSUSE/health-checker/blob/f90f390d3e770d5608c8b34013d8b1f951e94186/README.md',
  },
  cannot: [
    {
      capability: 'unlock',
      only: { layout: 'tumbleweed' },
      because:
        'There is nothing to unlock: the root is writable, and what somebody changes there stays until an update of that package or a rollback replaces it.',
      source: 'http://snapper.io/manpages/snapper.html',
    },
    {
      capability: 'unlock',
      because:
        'There is no layer that a start forgets: a change goes into a new snapshot (transactional-update shell) and is there after a restart, or root takes the read-only property off the running one.',
      source:
        'https://github.com/openSUSE/transactional-update/blob/aee1e1b/man/transactional-update.8.xml',
    },
    {
      capability: 'checkStarts',
      only: { layout: 'tumbleweed' },
      because:
        'health-checker is made for MicroOS; nothing was found that does the same for a root that is updated in place.',
      source:
        'https://github.com/openSUSE/health-checker/blob/f90f390d3e770d5608c8b34013d8b1f951e94186/README.md',
    },
    {
      capability: 'factoryReset',
      only: { layout: 'tumbleweed' },
      because:
        'No factory reset was found in what was read of snapper. The oldest snapshot may still be there, but snapper deletes old ones by number, and /var and /home are in none of them.',
      source: 'http://snapper.io/manpages/snapper.html',
    },
    {
      capability: 'factoryReset',
      because:
        'No factory reset was found in what was read of MicroOS. The first snapshot may still be there, but /var and /home stay as they are.',
      source: transactionalUpdate,
    },
  ],
};
