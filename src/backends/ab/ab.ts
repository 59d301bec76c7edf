/** A/B: two complete systems, one of them running, the other one overwritten by an update. */
import type { Backend, MachineBrief, Work } from '../backend.ts';
import { factoryPath } from '../version-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { ReleaseFile, VersionName } from '../../model/release.ts';
import { packageDatabasePath, pristineConfiguration } from './image-tree.ts';
import { installAbroot } from './install-abroot.ts';
import { installSlots } from './install-slots.ts';
import { bootMenuAbroot, mountsAbroot } from './menu-abroot.ts';
import { optionsOf, optionTable, type AbOptions } from './options.ts';
import { addPackage, removePackage, replacePackage } from './packages.ts';
import { rollbackAbroot, startupAbroot } from './rollback-abroot.ts';
import { bootMenuSlots, mountsSlots, rollbackSlots, updateSlots } from './slot-image.ts';
import { bootMenuChromeos, installChromeos, mountsChromeos } from './chromeos.ts';
import { markStarts, rollbackChromeos, updateChromeos } from './update-chromeos.ts';
import { countBoots } from './count-boots.ts';
import { installSysupdate } from './install-sysupdate.ts';
import { bootMenuSysupdate, mountsSysupdate } from './menu-sysupdate.ts';
import { rollbackSysupdate, updateSysupdate } from './update-sysupdate.ts';
import { upgrade } from './upgrade.ts';
import { sysupdateCannot } from './sysupdate-cannot.ts';
import { pathInUsr } from './usr-tree.ts';

/** The tools, each whole: how it lays out a disk, what it reads from it, what it does to it. */
interface Tool {
  readonly install: Backend['install'];
  readonly mounts: Backend['mounts'];
  readonly bootMenu: Backend['bootMenu'];
  readonly update: (work: Work, to: VersionName) => Procedure;
  readonly rollback: (work: Work) => Procedure;
  readonly startup: (work: Work) => Procedure;
}

function* nothing(): Procedure {
  // A slot image starts without a trace.
}

const tools: { readonly [tool in AbOptions['tool']]: Tool } = {
  abroot: {
    install: installAbroot,
    mounts: mountsAbroot,
    bootMenu: bootMenuAbroot,
    update: upgrade,
    rollback: rollbackAbroot,
    startup: startupAbroot,
  },
  'slot-image': {
    install: installSlots,
    mounts: mountsSlots,
    bootMenu: bootMenuSlots,
    update: updateSlots,
    rollback: rollbackSlots,
    startup: nothing,
  },
  chromeos: {
    install: installChromeos,
    mounts: mountsChromeos,
    bootMenu: bootMenuChromeos,
    update: updateChromeos,
    rollback: rollbackChromeos,
    startup: markStarts,
  },
  sysupdate: {
    install: installSysupdate,
    mounts: mountsSysupdate,
    bootMenu: bootMenuSysupdate,
    update: updateSysupdate,
    rollback: rollbackSysupdate,
    startup: countBoots,
  },
};

function toolOf({ options }: MachineBrief): Tool {
  return tools[optionsOf(options).tool];
}

/** Whether a root is one image, in which no packages come and go. */
function isImage({ options }: MachineBrief): boolean {
  return optionsOf(options).tool !== 'abroot';
}

/**
 * Shipped configuration is looked for in the image's pristine copy: the overlay over /etc always shows that one where
 * nobody changed the file.
 */
function pathOf(brief: MachineBrief, file: ReleaseFile): string {
  const { tool } = optionsOf(brief.options);
  if (tool === 'sysupdate') return pathInUsr(brief, file);
  if (tool !== 'abroot') return file.path;
  return file.path.startsWith('/etc/')
    ? `${pristineConfiguration}${file.path.slice('/etc'.length)}`
    : factoryPath(file.path);
}

function* changePackages(work: Work, change: () => Procedure): Procedure {
  if (isImage(work.brief)) {
    work.os.print('The system is one image: there is no package manager in it.', 'error');
  } else yield* change();
}

/** The backend of Vanilla OS, of the recorded slot images, and of what systemd-sysupdate and ChromeOS keep. */
export const ab: Backend = {
  id: 'ab',
  optionTable,
  install: (brief) => toolOf(brief).install(brief),
  mounts: (brief, disk, choice) => toolOf(brief).mounts(brief, disk, choice),
  bootMenu: (brief, disk) => toolOf(brief).bootMenu(brief, disk),
  pathOf,
  packageDatabase: (brief) => (isImage(brief) ? [] : [packageDatabasePath]),
  update: (work, to) => toolOf(work.brief).update(work, to),
  rollback: (work) => toolOf(work.brief).rollback(work),
  rollbackFromSecondEntry: true,
  startup: (work) => toolOf(work.brief).startup(work),
  installPackage: (work, name) => changePackages(work, () => addPackage(work, name)),
  removePackage: (work, name) => changePackages(work, () => removePackage(work, name)),
  replacePackage: (work, name, by) => changePackages(work, () => replacePackage(work, name, by)),
  checkStarts: {
    text: 'With systemd-sysupdate the loader counts the tries of a new kernel image and takes the other one when none are left; ChromeOS does the same with attributes of its partitions.',
    source: 'https://uapi-group.org/specifications/specs/boot_loader_specification/#boot-counting',
  },
  cannot: [
    ...sysupdateCannot,
    {
      capability: 'unlock',
      because:
        'No such command was found in what was read of ABRoot: root can remount the running root writable, and the next upgrade builds the other root from its image.',
      source: 'https://github.com/Vanilla-OS/ABRoot/tree/89b4ae0c/cmd',
    },
    {
      capability: 'checkStarts',
      only: { tool: 'abroot' },
      because:
        'ABRoot counts no starts: its menu starts the new root until somebody chooses the previous state there.',
      source: 'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/grub.go',
    },
    {
      capability: 'pin',
      because:
        'There are two roots, and an upgrade always writes over the one that does not run: the version in it cannot be kept.',
      source: 'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go',
    },
    {
      capability: 'collectGarbage',
      because:
        'There is nothing to collect: there are always two roots, and each upgrade overwrites the other one and deletes older images by itself.',
      source: 'https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/oci.go',
    },
    {
      capability: 'factoryReset',
      because: 'No factory reset was found in what was read of ABRoot; none is simulated.',
      source: 'https://github.com/Vanilla-OS/ABRoot/tree/89b4ae0c/cmd',
    },
    {
      capability: 'verify',
      because:
        'ABRoot has no command that compares a root with its image. FsGuard checks files of the image at the start; what it does then was not looked up.',
      source: 'https://github.com/Vanilla-OS/ABRoot/tree/89b4ae0c/cmd',
    },
  ],
};
