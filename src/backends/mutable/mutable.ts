/** Updating in place: one system, whose files are replaced package by package while it runs. */
import type { Backend, MachineBrief } from '../backend.ts';
import { mergedUsrLinks } from '../populate.ts';
import type { ReleaseFile } from '../../model/release.ts';
import { install } from './install.ts';
import { archPath } from './arch-kernel.ts';
import * as pacman from './arch-lifecycle.ts';
import { fedoraPath, isFedora } from './fedora-names.ts';
import * as apt from './lifecycle.ts';
import { bootMenu, mounts } from './menu.ts';
import { bootMenuFedora, mountsFedora } from './menu-fedora.ts';
import { optionsOf, optionTable } from './options.ts';
import * as dnf from './rpm-lifecycle.ts';
import { synchronizeRoot } from './rsync-lifecycle.ts';
import { restoreSnapshot, takeSnapshot } from './timeshift.ts';

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
function packageDatabase(brief: MachineBrief): readonly string[] {
  switch (optionsOf(brief.options).tool) {
    case 'dpkg':
      return ['/var/lib/dpkg/status'];
    case 'rpm':
      return [dnf.rpmDatabaseOf(brief).inRoot];
    default:
      return [];
  }
}

function hasTimeshift({ options }: MachineBrief): boolean {
  return optionsOf(options).snapshots === 'timeshift-rsync';
}

/** Where a file lies in the root. */
function pathOf(brief: MachineBrief, file: ReleaseFile): string {
  if (isFedora(brief)) return fedoraPath(brief, file);
  return optionsOf(brief.options).tool === 'pacman' ? archPath(brief, file) : file.path;
}

/** The backend of Debian, and of others that update in place. */
export const mutable: Backend = {
  id: 'mutable',
  optionTable,
  install,
  mounts: (brief) => (isFedora(brief) ? mountsFedora(brief) : mounts(brief)),
  bootMenu: (brief, disk) =>
    isFedora(brief) ? bootMenuFedora(brief, disk) : bootMenu(brief, disk),
  pathOf,
  rootLinks: mergedUsrLinks,
  packageDatabase,
  *update(work, to) {
    if (hasTimeshift(work.brief)) yield* takeSnapshot(work);
    yield* toolOf(work.brief).update(work, to);
  },
  rollback: restoreSnapshot,
  installPackage: (work, name) => toolOf(work.brief).installPackage(work, name),
  removePackage: (work, name) => toolOf(work.brief).removePackage(work, name),
  replacePackage: (work, name, by) => toolOf(work.brief).replacePackage(work, name, by),
  collectGarbage: (work) => toolOf(work.brief).collectGarbage(work),
  verify: (work) => toolOf(work.brief).verify(work),
  *startup(work) {
    if (isFedora(work.brief)) yield* dnf.startup(work);
  },
  cannot: [
    {
      capability: 'factoryReset',
      only: { tool: 'rpm' },
      because:
        'dnf has no command for it, and nothing keeps the system as it was shipped: going back to it means installing again.',
      source: 'https://manpages.debian.org/bookworm/dnf/dnf.8.en.html',
    },
    {
      capability: 'pin',
      only: { tool: 'rpm' },
      because:
        'There is only one version of the system, so there is none that could be kept; installonly_limit keeps three kernels, and nothing else of older versions.',
      source: 'https://manpages.debian.org/bookworm/dnf-data/dnf.conf.5.en.html',
    },
    {
      capability: 'unlock',
      only: { tool: 'rpm' },
      because:
        'There is nothing to unlock: /usr is writable for root, what somebody changes there stays, and the next update of that package replaces it.',
      source: 'https://manpages.debian.org/bookworm/dnf/dnf.8.en.html',
    },
    {
      capability: 'unlock',
      only: { tool: 'pacman' },
      because:
        'There is nothing to unlock: /usr is writable for root, what somebody changes there stays, and the next upgrade of that package replaces it.',
      source: 'https://man.archlinux.org/man/pacman.8',
    },
    {
      capability: 'unlock',
      because:
        'There is nothing to unlock: /usr is writable for root, what somebody changes there stays, and the next update of that package replaces it.',
      source: 'https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html',
    },
    {
      capability: 'checkStarts',
      because:
        'Nothing counts starts that fail, and there is no second version of the system to go back to; the menu waits for somebody who chooses another kernel.',
      source: 'https://www.gnu.org/software/grub/manual/grub/grub.html',
    },
    {
      capability: 'rollback',
      only: { tool: 'pacman' },
      because:
        'There is only one version of the system, the kernel included, and the update has replaced it. Packages can be downgraded one by one with pacman -U, as long as their old archives are in /var/cache/pacman/pkg; not all at once, and partial upgrades are not supported.',
      source: 'https://wiki.archlinux.org/title/Downgrading_packages',
    },
    {
      capability: 'rollback',
      only: { tool: 'rpm' },
      because:
        'There is only one version of the system. `dnf history undo` computes one more transaction in place, needs the old packages to be downloadable, and restores no file that a script or a person changed.',
      source: 'https://manpages.debian.org/bookworm/dnf/dnf.8.en.html',
    },
    {
      capability: 'factoryReset',
      only: { tool: 'pacman' },
      because:
        'There is no state as shipped: Arch is put together by whoever installs it, and nothing keeps what it was then.',
      source: 'https://wiki.archlinux.org/title/Installation_guide',
    },
    {
      capability: 'pin',
      because:
        'There is only one version of the system, so there is none that could be kept; holding a package back keeps that package alone from being updated.',
      source: 'https://manpages.debian.org/bookworm/apt/apt-mark.8.en.html',
    },
    {
      capability: 'pin',
      only: { tool: 'pacman' },
      because:
        'There is only one version of the system, so there is none that could be kept; IgnorePkg holds single packages back, and partial upgrades are not supported.',
      source: 'https://man.archlinux.org/man/pacman.conf.5',
    },
    {
      capability: 'rollback',
      only: { snapshots: 'none' },
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
