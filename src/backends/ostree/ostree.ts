/** OSTree: versions as hard-linked trees over one repository of objects, switched by one rename. */
import type { Backend, MachineBrief } from '../backend.ts';
import type { ReleaseFile, ReleasePackage, VersionName } from '../../model/release.ts';
import { commitPath, packageDatabasePath } from './commit-tree.ts';
import { install } from './install.ts';
import { rollback, shutdown, startup, update } from './lifecycle.ts';
import {
  collectGarbage,
  installPackage,
  removePackage,
  replacePackage,
  verify,
} from './maintenance.ts';
import { bootMenu, mounts } from './menu.ts';
import { optionTable } from './options.ts';

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
  cannot: [
    {
      capability: 'factoryReset',
      because:
        'There is none built in: rpm-ostree reset drops layers and overrides, and leaves /etc and /var as they are.',
      source: 'https://coreos.github.io/rpm-ostree/administrator-handbook/',
    },
  ],
};
