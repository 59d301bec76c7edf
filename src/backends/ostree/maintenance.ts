/** What rpm-ostree and ostree do besides updating: changing the packages of the base, cleaning up, checking objects. */
import type { Work } from '../backend.ts';
import { withDependents } from '../package-tools/dependencies.ts';
import { textContent } from '../machine-files.ts';
import { removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import { parentOf } from '../../model/path.ts';
import { bootedDeployment, currentDeployments, writeDeployments } from './bootloader.ts';
import { cleanUp, lockSysroot, treesOf } from './cleanup.ts';
import type { RepositoryObject } from './commit-tree.ts';
import { deploy, onSysroot, stagedDeployment, type Present } from './lifecycle.ts';
import { objectPath, repository, stagedMarker, sysroot } from './names.ts';
import { originPath, pinnedText, readOriginText } from './origin.ts';
import { bufferBytes, knownObjects } from './repository.ts';

function* present(work: Work): Procedure<Present | undefined> {
  const current = yield* currentDeployments(work);
  const from = (yield* bootedDeployment(work.os, current)) ?? current[0];
  if (from === undefined) work.os.print('error: No deployments found', 'error');
  return from === undefined ? undefined : { current, from };
}

/**
 * A new deployment whose base lacks other packages than before. It starts from the one that comes next, staged or not.
 * Source: https://coreos.github.io/rpm-ostree/administrator-handbook/, "Removing a base package".
 */
function* change(
  work: Work,
  changed: (without: readonly string[]) => readonly string[] | undefined,
): Procedure {
  yield* onSysroot(work, function* () {
    const found = yield* present(work);
    if (found === undefined) return;
    const next = (yield* stagedDeployment(work)) ?? found.current[0] ?? found.from;
    const without = changed(next.without);
    if (without === undefined) return;
    work.os.print('Checking out tree... done');
    yield* deploy(work, { version: next.version, without }, found);
    work.os.print('Run "systemctl reboot" to start a reboot');
  });
}

/**
 * `rpm-ostree install`, for a package of the base that was taken out: `rpm-ostree override reset`. What the base holds
 * is refused, as the tool does: a layer adds what the base has not.
 */
export function* installPackage(work: Work, name: string): Procedure {
  yield* change(work, (without) => withIt(work, without, name));
}

function withIt(
  { os, brief }: Work,
  without: readonly string[],
  name: string,
): readonly string[] | undefined {
  if (without.includes(name)) return without.filter((one) => one !== name);
  const isKnown = brief.release.packages.some((one) => one.name === name);
  os.print(
    isKnown
      ? `error: "${name}" is already provided by the base`
      : `error: Packages not found: ${name}`,
    'error',
  );
  return undefined;
}

/** `rpm-ostree override remove`: refused where other packages of the base need this one. */
export function* removePackage(work: Work, name: string): Procedure {
  yield* change(work, (without) => withoutIt(work, without, name));
}

/** `rpm-ostree override remove OLD --install=NEW`: one deployment with both changes. */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  yield* change(work, (without) => {
    const added = withIt(work, without, by);
    return added === undefined ? undefined : withoutIt(work, added, name);
  });
}

function withoutIt(
  { os, brief }: Work,
  without: readonly string[],
  name: string,
): readonly string[] | undefined {
  const packages = brief.release.packages.filter((one) => !without.includes(one.name));
  const installed = new Set(packages.map((one) => one.name));
  const needing = withDependents(brief.release, [name], installed).find((one) => one !== name);
  // Essential packages are those that all others count on without saying so.
  const isEssential = packages.some((one) => one.name === name && one.essential);
  if (!installed.has(name)) {
    os.print(`error: Package "${name}" not found`, 'error');
  } else if (needing !== undefined || isEssential) {
    os.print(`error: Could not depsolve transaction; 1 problem detected:`, 'error');
    os.print(` Problem: ${needing ?? 'the rest of the base'} requires ${name}`, 'error');
  } else {
    return [...without, name].sort();
  }
  return undefined;
}

/**
 * `ostree admin pin` of the running deployment: one line in its origin, written over the old file. From then on updates
 * and cleanups leave the deployment alone, and with it its kernel in /boot. Source:
 * https://github.com/ostreedev/ostree/blob/main/src/libostree/ostree-sysroot.c, ostree_sysroot_deployment_set_pinned.
 */
export function* pin(work: Work): Procedure {
  yield* onSysroot(work, function* () {
    const { os, brief } = work;
    const found = yield* present(work);
    if (found === undefined) return;
    const { from, current } = found;
    const index = String(current.indexOf(from));
    if (from.isPinned === true) {
      os.print(`Deployment ${index} is already pinned`);
      return;
    }
    os.stage('mark the running deployment', {
      note: 'One line in its origin file; nothing is copied. Updates and cleanups leave it alone from then on.',
    });
    const path = originPath(from);
    const text = textContent(brief.blobs, pinnedText(yield* readOriginText(os, from)));
    const temporary = `${parentOf(path)}/.tmp-origin`;
    yield* writeInPieces(os, temporary, text, { bufferBytes, sync: 'fdatasync' });
    yield* os.rename(temporary, path);
    os.print(`Deployment ${index} is now pinned`);
  });
}

/**
 * `rpm-ostree cleanup --pending --rollback`: only the running deployment and pinned ones stay, and objects that no other
 * needs go. Without a pinned one there is nothing to go back to afterwards. Source: https://coreos.github.io/rpm-ostree/administrator-handbook/.
 */
export function* collectGarbage(work: Work): Procedure {
  yield* onSysroot(work, function* () {
    const found = yield* present(work);
    if (found === undefined) return;
    yield* removeTree(work.os, stagedMarker);
    yield* lockSysroot(work);
    const kept = found.current.filter((one) => one === found.from || one.isPinned === true);
    if (found.current.length > kept.length) yield* writeDeployments(work, kept);
    else work.os.print('Deployments unchanged.');
    yield* cleanUp(work, kept);
    yield* work.os.unlink(`${sysroot}/ostree/lock`);
  });
}

/**
 * `ostree fsck`: compares every object with the checksum that is its name. A file of a deployment that root edited in
 * place is such an object; one that was replaced is not. It repairs nothing. Source: recorded run tamper-ostree,
 * ostree-fsck(1).
 */
export function* verify(work: Work): Procedure {
  yield* onSysroot(work, function* () {
    const { os, brief } = work;
    os.stage('compare objects with their checksums');
    os.print('Validating refs...');
    os.print('Enumerating objects...');
    const deployments = yield* currentDeployments(work);
    const trees = deployments.flatMap((deployment) => treesOf(brief, deployment));
    const objects = new Map<string, RepositoryObject>(
      trees.flatMap((tree) => tree.objects.map((object) => [object.name, object] as const)),
    );
    const there = yield* knownObjects(os);
    for (const [name, object] of objects) {
      const path = `${repository}/objects/${objectPath(name)}`;
      if (!there.has(name)) os.print(`error: Object missing: ${name}`, 'error');
      else if (!(yield* isWhole(work, path, object))) {
        os.print(`error: Corrupted object ${name}`, 'error');
      }
    }
  });
}

function* isWhole({ os }: Work, path: string, object: RepositoryObject): Procedure<boolean> {
  const status = yield* statusOf(os, path);
  if (object.target !== undefined) return status?.target === object.target;
  if (status?.kind !== 'file' || (status.mode & 0o777) !== (object.mode & 0o777)) return false;
  return contentKey(yield* os.read(path)) === contentKey(object.content);
}
