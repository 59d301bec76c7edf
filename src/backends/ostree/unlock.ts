/**
 * `ostree admin unlock`: a writable overlay over /usr of the running deployment. Without `--hotfix` nothing mounts it
 * again after a restart; with it the next start does, and a clone of the deployment is kept to go back to. Either way
 * the files of the commit stay what they are, and the next update starts from its own. Source:
 * https://github.com/ostreedev/ostree/blob/main/src/libostree/ostree-sysroot.c, ostree_sysroot_deployment_unlock and
 * clone_deployment; src/switchroot/ostree-prepare-root.c, "persistent overlayfs for /usr".
 */
import type { MachineBrief, Unlocking, Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { briefWithout } from '../package-tools/dependencies.ts';
import { makeDirectories, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { parentOf } from '../../model/path.ts';
import type { MountPlan } from '../../model/system.ts';
import type { Deployment } from './boot-files.ts';
import { bootedDeployment, currentDeployments, writeDeployments } from './bootloader.ts';
import { checkOut, deploymentDirectory, sealDeployment } from './checkout.ts';
import { commitTree } from './commit-tree.ts';
import { onSysroot, retained } from './lifecycle.ts';
import { mergeConfiguration } from './merge-configuration.ts';
import { deploymentPath, stateroot, sysroot } from './names.ts';
import { optionsOf } from './options.ts';
import { originPath, readOriginText } from './origin.ts';
import { bufferBytes } from './repository.ts';

/** Directories of a hotfix, in the deployment itself. */
export const hotfixUpper = '.usr-ovl-upper';
const hotfixWork = '.usr-ovl-work';

/** Where a hotfix's overlay lies, from the root of the volume, for a deployment at `from`. */
export function hotfixLayers(from: string): NonNullable<MountPlan['overlay']> {
  return { upper: `${from}/${hotfixUpper}`, work: `${from}/${hotfixWork}` };
}

/** Where the overlay of one run lies. */
function transientLayers({ commit, serial }: Deployment): NonNullable<MountPlan['overlay']> {
  const top = `ostree/deploy/${stateroot}/backing/${commit}.${String(serial)}/usr-transient`;
  return { upper: `${top}/upper`, work: `${top}/work` };
}

/** Mounts the overlay; `hotfix` keeps it. */
export function* unlock(work: Work, how: Unlocking): Procedure {
  yield* onSysroot(work, function* () {
    const { os } = work;
    const current = yield* currentDeployments(work);
    const booted = yield* bootedDeployment(os, current);
    if (booted === undefined) {
      os.print('error: Not currently booted into an OSTree system', 'error');
      return;
    }
    const origin = yield* readOriginText(os, booted);
    const before =
      (yield* statusOf(os, runMarker(booted))) !== undefined ? 'development' : undefined;
    const state = origin.includes(hotfixLine) ? 'hotfix' : before;
    if (state !== undefined) {
      os.print(`error: Deployment is already in unlocked state: ${state}`, 'error');
      return;
    }
    if (how === 'hotfix') yield* keepClone(work, booted, current);
    const layers = how === 'hotfix' ? hotfixLayers(pathOf(booted)) : transientLayers(booted);
    yield* mountOverlay(work, booted, layers, how);
    if (how === 'hotfix') yield* noteHotfix(work, booted, origin);
    else {
      yield* makeDirectories(os, parentOf(runMarker(booted)));
      yield* os.writeFile(runMarker(booted), '');
    }
    os.print(words[how]);
  });
}

const words: { readonly [how in Unlocking]: string } = {
  transient:
    'Development mode enabled.  A writable overlayfs is now mounted on /usr.\nAll changes there will be discarded on reboot.',
  hotfix:
    'Hotfix mode enabled.  A writable overlayfs is now mounted on /usr\nfor this booted deployment.',
};

const hotfixLine = 'unlocked=hotfix\n';

function pathOf({ commit, serial }: Deployment): string {
  return deploymentPath(commit, serial);
}

/** In memory: a restart forgets that there was an overlay. */
function runMarker({ commit, serial }: Deployment): string {
  return `/run/ostree/deployment-state/${commit}.${String(serial)}/unlocked-development`;
}

function* mountOverlay(
  { os, brief }: Work,
  booted: Deployment,
  layers: NonNullable<MountPlan['overlay']>,
  how: Unlocking,
): Procedure {
  os.stage('lay a writable layer over /usr', {
    note:
      how === 'hotfix'
        ? 'Changes go to a directory of the deployment, which each start mounts again.'
        : 'Changes go to a directory that no start mounts again.',
  });
  const top = deploymentDirectory(booted);
  if (!optionsOf(brief.options).composefs) yield* os.setImmutable(top, false);
  if (how === 'transient') yield* removeTree(os, `${sysroot}/${parentOf(layers.upper)}`);
  for (const path of [layers.upper, layers.work]) yield* makeDirectories(os, `${sysroot}/${path}`);
  const lower = `${pathOf(booted)}/usr`;
  const source = { kind: 'overlay', volume: 'root', lower, ...layers } as const;
  yield* os.mount({ mountPoint: '/usr', source, readOnly: false });
}

function* noteHotfix({ os, brief }: Work, booted: Deployment, origin: string): Procedure {
  const text = textContent(brief.blobs, origin.replace('[origin]\n', `[origin]\n${hotfixLine}`));
  const path = originPath(booted);
  const temporary = `${parentOf(path)}/.tmp-origin`;
  yield* writeInPieces(os, temporary, text, { bufferBytes, sync: 'fdatasync' });
  yield* os.rename(temporary, path);
}

/** The same commit once more, with the running /etc, second in the menu: the way back from the hotfix. */
function* keepClone(work: Work, booted: Deployment, current: readonly Deployment[]): Procedure {
  const { os } = work;
  const brief: MachineBrief = briefWithout(work.brief, booted.without);
  const serials = current.filter(({ commit }) => commit === booted.commit);
  const { isPinned: _own, ...facts } = booted;
  const clone = { ...facts, serial: Math.max(...serials.map(({ serial }) => serial)) + 1 };
  yield* checkOut({ os, brief }, commitTree(brief, booted.version), clone);
  yield* mergeConfiguration(os, deploymentDirectory(booted), deploymentDirectory(clone));
  yield* sealDeployment({ os, brief }, clone);
  const [first = booted, ...others] = retained(current, booted);
  yield* writeDeployments(work, [first, clone, ...others]);
}
