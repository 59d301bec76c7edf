/** What follows the switch: the former entries, deployments that nothing names, kernels without one, unused objects. */
import type { MachineBrief, Work } from '../backend.ts';
import { briefWithout } from '../package-tools/dependencies.ts';
import { namesIn, removeTree } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { parentOf } from '../../model/path.ts';
import type { BootVersion, Deployment } from './boot-files.ts';
import { liveBootVersion } from './bootloader.ts';
import { deploymentDirectory } from './checkout.ts';
import { commitTree, type CommitTree } from './commit-tree.ts';
import { removeKernels } from './early-prune.ts';
import { repository, stateroot, sysroot } from './names.ts';
import { optionsOf } from './options.ts';
import { emptyTransaction, prune, touch, writeRef } from './repository.ts';

/** Removes what `kept`, the deployments of the live menu, do not need. */
export function* cleanUp(work: Work, kept: readonly Deployment[]): Procedure {
  const { os } = work;
  os.stage('clean up', { note: 'What only the former menu named is removed.' });
  const live = yield* liveBootVersion(work);
  const former: BootVersion = live === 0 ? 1 : 0;
  yield* removeFormerEntries(work, former);
  const removed = yield* removeDeployments(work, kept);
  yield* removeKernels(work, kept);
  for (let index = 0; index < Math.max(2, kept.length); index++) {
    yield* removeTree(os, `${repository}/refs/heads/ostree/${String(former)}/1/${String(index)}`);
  }
  yield* emptyTransaction(os);
  yield* writeDeploymentRefs(work, kept, live);
  if (removed > 0) {
    yield* prune(
      os,
      kept.flatMap((deployment) => treesOf(work.brief, deployment)),
    );
  }
}

/** The tree of a deployment, and the base that it was made from: rpm-ostree keeps that one under a ref of its own. */
export function treesOf(brief: MachineBrief, deployment: Deployment): readonly CommitTree[] {
  const { version, without } = deployment;
  const base = commitTree(brief, version);
  return without.length === 0 ? [base] : [base, commitTree(briefWithout(brief, without), version)];
}

/** Names each deployment's commit, so that pruning spares it. */
export function* writeDeploymentRefs(
  work: Work,
  deployments: readonly Deployment[],
  bootVersion: BootVersion,
): Procedure {
  for (let index = deployments.length - 1; index >= 0; index--) {
    const deployment = deployments[index];
    if (deployment === undefined) continue;
    const ref = `ostree/${String(bootVersion)}/1/${String(index)}`;
    yield* writeRef(work, ref, deployment.commit);
  }
}

function* removeFormerEntries({ os, brief }: Work, former: BootVersion): Procedure {
  const { bootDirectory } = optionsOf(brief.options);
  const name = String(former);
  yield* removeTree(os, `${bootDirectory}/loader.${name}`);
  yield* removeTree(os, `${sysroot}/ostree/boot.${name}`);
  yield* removeTree(os, `${sysroot}/ostree/boot.${name}.1`);
}

/** Removes deployment directories that no entry names; returns how many there were. */
function* removeDeployments({ os }: Work, kept: readonly Deployment[]): Procedure<number> {
  const directory = `${sysroot}/ostree/deploy/${stateroot}/deploy`;
  const named = new Set(kept.map((deployment) => deploymentDirectory(deployment)));
  let removed = 0;
  for (const name of yield* namesIn(os, directory)) {
    const path = `${directory}/${name}`;
    const deployment = path.endsWith('.origin') ? path.slice(0, -'.origin'.length) : path;
    if (named.has(deployment)) continue;
    yield* removeTree(os, path);
    // What a layer over /usr of that deployment held, if there was one.
    if (path === deployment) yield* removeTree(os, `${parentOf(directory)}/backing/${name}`);
    removed += 1;
  }
  return removed;
}

/** Takes the lock of the system root; the recorded tool makes it first and removes it last. */
export function* lockSysroot({ os }: Work): Procedure {
  yield* touch(os, `${sysroot}/ostree/lock`);
  yield* touch(os, `${repository}/.lock`);
}
