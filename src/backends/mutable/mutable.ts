/** Updating in place: one system, whose files are replaced package by package while it runs. */
import type { Backend, MachineBrief } from '../backend.ts';
import { mergedUsrLinks } from '../populate.ts';
import { install } from './install.ts';
import { archPath } from './arch-kernel.ts';
import * as pacman from './arch-lifecycle.ts';
import * as apt from './lifecycle.ts';
import { bootMenu, mounts } from './menu.ts';
import { optionsOf, optionTable } from './options.ts';
import * as dnf from './rpm-lifecycle.ts';
import { synchronizeRoot } from './rsync-lifecycle.ts';

type Tool = Required<
  Pick<
    Backend,
    'update' | 'installPackage' | 'removePackage' | 'replacePackage' | 'collectGarbage' | 'verify'
  >
>;

/** The package tool of a machine. */
function toolOf({ options }: MachineBrief): Tool {
  const tools = { dpkg: apt, rpm: dnf, pacman, rsync: { ...apt, update: synchronizeRoot } };
  return tools[optionsOf(options).tool];
}

/** pacman's is a directory for each version of each package: no path of it stays from version to version. */
const packageDatabases = {
  dpkg: ['/var/lib/dpkg/status'],
  rpm: [dnf.rpmDatabasePath],
  pacman: [],
  rsync: [],
} as const;

/** The backend of Debian, and of others that update in place. */
export const mutable: Backend = {
  id: 'mutable',
  optionTable,
  install,
  mounts,
  bootMenu,
  pathOf: (brief, file) =>
    optionsOf(brief.options).tool === 'pacman' ? archPath(brief, file) : file.path,
  rootLinks: mergedUsrLinks,
  packageDatabase: (brief) => packageDatabases[optionsOf(brief.options).tool],
  update: (work, to) => toolOf(work.brief).update(work, to),
  installPackage: (work, name) => toolOf(work.brief).installPackage(work, name),
  removePackage: (work, name) => toolOf(work.brief).removePackage(work, name),
  replacePackage: (work, name, by) => toolOf(work.brief).replacePackage(work, name, by),
  collectGarbage: (work) => toolOf(work.brief).collectGarbage(work),
  verify: (work) => toolOf(work.brief).verify(work),
  cannot: [
    {
      capability: 'rollback',
      because:
        'There is only one version of the system, and the update has replaced it. An older kernel can be chosen in the menu; packages can be downgraded one by one, if their old versions can still be had.',
      source: 'https://manpages.debian.org/bookworm/apt/apt-get.8.en.html',
    },
    {
      capability: 'factoryReset',
      because:
        'Nothing keeps the system as it was shipped: going back to it means installing again.',
      source: 'https://www.debian.org/releases/stable/amd64/',
    },
  ],
};
