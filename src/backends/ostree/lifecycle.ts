/** update, rollback, shutdown: what `rpm-ostree` and `ostree-finalize-staged.service` do, in their order. */
import type { Work } from '../backend.ts';
import { briefWithout } from '../package-tools/dependencies.ts';
import { makeDirectories, remountReadOnly, removeTree, statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure, type Process } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { parseDeploymentName, type Deployment } from './boot-files.ts';
import {
  bootedDeployment,
  currentDeployments,
  liveBootVersion,
  writeDeployments,
} from './bootloader.ts';
import { checkOut, deploymentDirectory, sealDeployment } from './checkout.ts';
import { cleanUp, lockSysroot, writeDeploymentRefs } from './cleanup.ts';
import { commitTree } from './commit-tree.ts';
import { checkStart, setRollbackTrigger } from './greenboot.ts';
import { varDirectories } from './install.ts';
import { mergeConfiguration } from './merge-configuration.ts';
import { notingFailure, reportFailure } from './finalize-failure.ts';
import { commitOf, stagedMarker, sysroot, versionOfCommit } from './names.ts';
import { optionsOf } from './options.ts';
import { originText, overridesIn, readOrigin } from './origin.ts';
import { emptyTransaction, pull, writeCommit } from './repository.ts';

/** `rpm-ostree upgrade`: fetch, check out, then stage for the shutdown or switch at once. */
export function* update(work: Work, to: VersionName): Procedure {
  yield* onSysroot(work, function* () {
    const { os, brief } = work;
    const current = yield* currentDeployments(work);
    const from = (yield* bootedDeployment(os, current)) ?? current[0];
    if (from === undefined) {
      os.print('error: No deployments found', 'error');
      return;
    }
    const { without } = (yield* stagedDeployment(work)) ?? current[0] ?? from;
    if (current[0]?.commit === commitOf(briefWithout(brief, without), to)) {
      os.print('No upgrade available.');
      return;
    }
    yield* pull(work, commitTree(brief, to));
    yield* deploy(work, { version: to, without }, { current, from });
    os.print('Run "systemctl reboot" to start a reboot');
  });
}

/** The deployments of the menu, and the one whose /etc a new one inherits. */
export interface Present {
  readonly current: readonly Deployment[];
  readonly from: Deployment;
}

/** Makes a deployment of a base that is in the repository, and stages it or switches to it at once. */
export function* deploy(
  work: Work,
  wanted: Pick<Deployment, 'version' | 'without'>,
  { current, from }: Present,
): Procedure {
  const { os } = work;
  const brief = briefWithout(work.brief, wanted.without);
  const tree = commitTree(brief, wanted.version);
  if (wanted.without.length > 0) yield* writeCommit(work, tree);
  const { commit } = tree;
  const serials = current.filter((one) => one.commit === commit).map(({ serial }) => serial);
  const target = { ...wanted, commit, serial: Math.max(-1, ...serials) + 1 };
  yield* lockSysroot(work);
  yield* emptyTransaction(os);
  yield* writeDeploymentRefs(work, current, yield* liveBootVersion(work));
  yield* checkOut({ os, brief }, tree, target);
  if (optionsOf(brief.options).staged) yield* stage(work, target, from);
  else yield* finalize(work, target, from);
  yield* os.unlink(`${sysroot}/ostree/lock`);
}

function* stage(work: Work, target: Deployment, from: Deployment): Procedure {
  const { os } = work;
  os.stage('stage for the next shutdown', {
    note: 'The only record of the update is a file in memory: a power cut forgets it.',
  });
  yield* makeDirectories(os, stagedMarker.slice(0, stagedMarker.lastIndexOf('/')));
  const lines = [target, from].map(({ commit, serial }) => `${commit}.${String(serial)}`);
  yield* os.writeFile(stagedMarker, `${lines.join('\n')}\n${originText(target.without)}`);
  os.print('Staging deployment... done');
}

/** What a clean shutdown does: the staged deployment, if there is one, becomes the default. */
export function* shutdown(work: Work): Procedure {
  const { os, brief } = work;
  if ((yield* statusOf(os, stagedMarker)) === undefined) return;
  yield* onSysroot(work, function* () {
    const staged = yield* stagedDeployment(work);
    if (staged !== undefined) yield* setRollbackTrigger(work, staged.commit);
    os.stage('take the staged deployment', { note: 'Its marker is deleted first of all.' });
    const target = yield* stagedDeployment(work);
    const name = (yield* os.readText(stagedMarker)).split('\n')[1] ?? '';
    const from = yield* deploymentNamed(work, name);
    yield* os.unlink(stagedMarker);
    if (target === undefined || from === undefined) return;
    if ((yield* statusOf(os, deploymentDirectory(target))) === undefined) {
      os.print('error: Finalizing staged deployment: it is gone', 'error');
      return;
    }
    yield* lockSysroot({ os, brief });
    yield* notingFailure(work, finalize(work, target, from));
    yield* os.unlink(`${sysroot}/ostree/lock`);
  });
}

function* deploymentNamed({ os, brief }: Work, name: string): Procedure<Deployment | undefined> {
  const parsed = parseDeploymentName(name);
  const version = parsed === undefined ? undefined : versionOfCommit(brief, parsed.commit);
  if (parsed === undefined || version === undefined) return undefined;
  return { ...parsed, version, ...(yield* readOrigin(os, parsed)) };
}

/** The deployment that waits for a shutdown; its origin is in the marker until then. */
export function* stagedDeployment(work: Work): Procedure<Deployment | undefined> {
  if ((yield* statusOf(work.os, stagedMarker)) === undefined) return undefined;
  const text = yield* work.os.readText(stagedMarker);
  const staged = yield* deploymentNamed(work, text.split('\n')[0] ?? '');
  return staged === undefined ? undefined : { ...staged, without: overridesIn(text) };
}

function* finalize(work: Work, target: Deployment, from: Deployment): Procedure {
  work.os.stage('merge /etc', { note: 'File by file; what was changed on this machine wins.' });
  yield* mergeConfiguration(work.os, deploymentDirectory(from), deploymentDirectory(target));
  yield* sealDeployment(work, target);
  const kept = [target, ...retained(yield* currentDeployments(work), from)];
  yield* writeDeployments(work, kept);
  yield* cleanUp(work, kept);
}

/**
 * What stays in the menu beside a new deployment: the one that runs, and those that are pinned. Source: ostree
 * src/libostree/ostree-sysroot.c, ostree_sysroot_simple_write_deployment.
 */
export function retained(current: readonly Deployment[], from: Deployment): readonly Deployment[] {
  const others = current.filter(
    ({ commit, serial, isPinned }) =>
      isPinned === true && (commit !== from.commit || serial !== from.serial),
  );
  return [from, ...others];
}

/** `rpm-ostree rollback`: the other deployment becomes the first; no download, no merge of /etc. */
export function* rollback(work: Work): Procedure {
  yield* onSysroot(work, function* () {
    const { os } = work;
    const [first, second, ...others] = yield* currentDeployments(work);
    if (first === undefined || second === undefined) {
      os.print('error: Found 1 deployments, at least 2 required for rollback', 'error');
      return;
    }
    yield* removeTree(os, stagedMarker);
    yield* reorder(work, [second, first, ...others]);
    os.print(
      `Moving '${second.commit.slice(0, 12)}.${String(second.serial)}' to be first deployment`,
    );
    os.print('Run "systemctl reboot" to start a reboot');
  });
}

function* reorder(work: Work, deployments: readonly Deployment[]): Procedure {
  yield* lockSysroot(work);
  yield* writeDeployments(work, deployments);
  yield* cleanUp(work, deployments);
  yield* work.os.unlink(`${sysroot}/ostree/lock`);
}

/** greenboot-rs looks at the start; where GRUB took another entry than the update, that one becomes the first. */
function* lookAtStart(work: Work): Procedure {
  const current = yield* currentDeployments(work);
  const booted = yield* bootedDeployment(work.os, current);
  yield* checkStart(work, booted?.commit, function* () {
    if (booted === undefined) return;
    yield* onSysroot(work, () =>
      reorder(work, [booted, ...current.filter((one) => one !== booted)]),
    );
  });
}

/** What systemd-tmpfiles makes again at each start. Source: rpm-ostree's tmpfiles.d snippets. */
export function* startup(work: Work): Procedure {
  const { os } = work;
  try {
    yield* reportFailure(work);
    if (optionsOf(work.brief.options).startChecks !== 'none') yield* lookAtStart(work);
    for (const name of varDirectories) yield* makeDirectories(os, `/var/${name}`);
  } catch (error) {
    report(os, error);
  }
}

/**
 * ostree works on the physical root through a mount of its own that is writable; here the shared one is remounted for
 * as long as the tool runs, also when it is interrupted. An error ends the tool with one line, as the real one does.
 */
export function* onSysroot(work: Work, body: () => Procedure): Procedure {
  const { os } = work;
  try {
    yield* os.remount(sysroot, false);
    yield* body();
  } catch (error) {
    report(os, error);
  } finally {
    yield* remountReadOnly(os, sysroot);
  }
}

function report(os: Process, error: unknown): void {
  if (!(error instanceof SystemError)) throw error;
  os.print(`error: ${error.call}(${error.path}): ${error.code}`, 'error');
}
