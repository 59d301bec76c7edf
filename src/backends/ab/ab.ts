/** A/B: two complete systems, one of them running, the other one overwritten by an update. */
import type { Backend, MachineBrief, Work } from '../backend.ts';
import { factoryPath } from '../version-files.ts';
import type { DiskView } from '../../model/boot-entry.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { ReleaseFile, VersionName } from '../../model/release.ts';
import { packageDatabasePath, pristineConfiguration } from './image-tree.ts';
import { installAbroot } from './install-abroot.ts';
import { installSlots } from './install-slots.ts';
import { bootMenuAbroot, mountsAbroot } from './menu-abroot.ts';
import { optionsOf, optionTable } from './options.ts';
import { addPackage, removePackage } from './packages.ts';
import { rollbackAbroot, startupAbroot } from './rollback-abroot.ts';
import { bootMenuSlots, mountsSlots, rollbackSlots, updateSlots } from './slot-image.ts';
import { upgrade } from './upgrade.ts';

function usesSlots({ options }: MachineBrief): boolean {
  return optionsOf(options).tool === 'slot-image';
}

/**
 * Shipped configuration is looked for in the image's pristine copy: the overlay over /etc always shows that one where
 * nobody changed the file.
 */
function pathOf(brief: MachineBrief, file: ReleaseFile): string {
  if (usesSlots(brief)) return file.path;
  return file.path.startsWith('/etc/')
    ? `${pristineConfiguration}${file.path.slice('/etc'.length)}`
    : factoryPath(file.path);
}

function* update(work: Work, to: VersionName): Procedure {
  yield* usesSlots(work.brief) ? updateSlots(work, to) : upgrade(work, to);
}

function* rollback(work: Work): Procedure {
  yield* usesSlots(work.brief) ? rollbackSlots(work) : rollbackAbroot(work);
}

function* startup(work: Work): Procedure {
  if (!usesSlots(work.brief)) yield* startupAbroot(work);
}

function* changePackages(
  work: Work,
  name: string,
  change: (work: Work, name: string) => Procedure,
): Procedure {
  if (usesSlots(work.brief)) {
    work.os.print('The system is one image: there is no package manager in it.', 'error');
  } else yield* change(work, name);
}

/** The backend of Vanilla OS, and of the recorded slot images. */
export const ab: Backend = {
  id: 'ab',
  optionTable,
  install: (brief) => (usesSlots(brief) ? installSlots(brief) : installAbroot(brief)),
  mounts: (brief: MachineBrief, disk: DiskView, choice?: string) =>
    usesSlots(brief) ? mountsSlots(brief) : mountsAbroot(brief, disk, choice),
  bootMenu: (brief, disk) =>
    usesSlots(brief) ? bootMenuSlots(brief, disk) : bootMenuAbroot(brief, disk),
  pathOf,
  packageDatabase: (brief) => (usesSlots(brief) ? [] : [packageDatabasePath]),
  update,
  rollback,
  rollbackFromSecondEntry: true,
  startup,
  installPackage: (work, name) => changePackages(work, name, addPackage),
  removePackage: (work, name) => changePackages(work, name, removePackage),
  cannot: [
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
