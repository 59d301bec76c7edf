/** OSTree: versions as hard-linked trees over one repository of objects, switched by one rename. */
import type { Backend, MachineBrief } from '../backend.ts';
import type { ReleaseFile, ReleasePackage, VersionName } from '../../model/release.ts';
import { commitPath, packageDatabasePath } from './commit-tree.ts';
import { install } from './install.ts';
import { rollback, shutdown, startup, update } from './lifecycle.ts';
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
import { unlock } from './unlock.ts';

/** Where a file lies in the root of an entry: as in the commit, but /etc is the deployment's own copy. */
function pathOf(
  brief: MachineBrief,
  file: ReleaseFile,
  _owner: ReleasePackage,
  version: VersionName,
): string {
  return commitPath(brief, file.path, version);
}

/** The backend of Fedora Silverblue and its like. */
export const ostree: Backend = {
  id: 'ostree',
  optionTable,
  install,
  mounts,
  bootMenu,
  pathOf,
  packageDatabase: () => [packageDatabasePath],
  update,
  rollback,
  shutdown,
  startup,
  installPackage,
  removePackage,
  replacePackage,
  collectGarbage,
  verify,
  pin,
  unlock,
  checkStarts: {
    text: 'greenboot-rs can be added: before an update is switched to it lets GRUB take the second entry if it cannot load the kernel, and after each start it runs checks; if those fail, it restarts three more times and goes back. A kernel that panics is not noticed, nor what no check asks for; the older greenboot, a shell script, had GRUB count each start of an update, and noticed that.',
    source:
      'https://github.com/fedora-iot/greenboot-rs/blob/f007807e68870b563e11939543db235ebab9270f/src/main.rs',
  },
  cannot: [
    {
      capability: 'factoryReset',
      because:
        'There is none built in: rpm-ostree reset drops layers and overrides, and leaves /etc and /var as they are.',
      source: 'https://coreos.github.io/rpm-ostree/administrator-handbook/',
    },
  ],
};
