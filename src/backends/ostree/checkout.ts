/** A new deployment directory: the hard-link farm, its copy of /etc, its origin. */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { removeTree, writeInPieces } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { parentOf } from '../../model/path.ts';
import type { Deployment } from './boot-files.ts';
import type { CommitFile, CommitTree } from './commit-tree.ts';
import { rootDirectories, rootLinks } from './install.ts';
import { deploymentPath, objectPath, repository, sysroot } from './names.ts';
import { optionsOf } from './options.ts';
import { originText } from './origin.ts';
import { bufferBytes } from './repository.ts';

/** Path of a deployment in the running machine. */
export function deploymentDirectory({
  commit,
  serial,
}: Pick<Deployment, 'commit' | 'serial'>): string {
  return `${sysroot}/${deploymentPath(commit, serial)}`;
}

/** Makes the deployment's tree; one that an interrupted update left under the same name is removed first. */
export function* checkOut(work: Work, tree: CommitTree, deployment: Deployment): Procedure {
  const { os, brief } = work;
  os.stage('check out the new deployment', {
    note: 'Files of /usr are hard links to objects; nothing names this directory yet.',
  });
  const top = deploymentDirectory(deployment);
  yield* removeTree(os, top);
  yield* os.mkdir(top);
  yield* makeTop(work, top);
  for (const directory of tree.directories) yield* os.mkdir(`${top}${directory}`);
  for (const file of tree.files) yield* checkOutFile(work, top, file);
  yield* copyConfiguration(work, tree, top);
  if (!optionsOf(brief.options).composefs) return;
  const image = textContent(brief.blobs, `composefs image of ${tree.commit}\n`);
  yield* writeInPieces(os, `${top}/.ostree.cfs`, image, { bufferBytes });
}

function* makeTop({ os }: Work, top: string): Procedure {
  for (const name of rootDirectories) yield* os.mkdir(`${top}/${name}`);
  for (const [name, target] of rootLinks) yield* os.symlink(target, `${top}/${name}`);
}

/** Empty files and symbolic links are made anew; every other file is a link to its object. Source: ost-src. */
function* checkOutFile({ os }: Work, top: string, { path, object }: CommitFile): Procedure {
  const to = `${top}${path}`;
  if (object.target !== undefined) {
    yield* os.symlink(object.target, to);
  } else if (object.content.sizeBytes === 0) {
    yield* writeInPieces(os, to, object.content, { bufferBytes, mode: object.mode });
  } else {
    yield* os.link(`${repository}/objects/${objectPath(object.name)}`, to);
  }
}

/** /etc starts as a real copy of the version's /usr/etc. */
function* copyConfiguration({ os }: Work, tree: CommitTree, top: string): Procedure {
  yield* os.mkdir(`${top}/etc`);
  for (const directory of tree.directories) {
    if (directory.startsWith('/usr/etc/')) {
      yield* os.mkdir(`${top}${directory.slice('/usr'.length)}`);
    }
  }
  for (const { path, object } of tree.files) {
    if (!path.startsWith('/usr/etc/')) continue;
    const to = `${top}${path.slice('/usr'.length)}`;
    if (object.target !== undefined) {
      yield* os.symlink(object.target, to);
    } else {
      const content = yield* os.read(`${top}${path}`);
      yield* writeInPieces(os, to, content, { bufferBytes, mode: object.mode });
    }
  }
}

/** Writes which ref the deployment follows; without composefs, flags its top directory. */
export function* sealDeployment({ os, brief }: Work, deployment: Deployment): Procedure {
  const top = deploymentDirectory(deployment);
  const origin = textContent(brief.blobs, originText(deployment.without));
  const temporary = `${parentOf(top)}/.tmp-origin`;
  yield* writeInPieces(os, temporary, origin, { bufferBytes });
  yield* os.rename(temporary, `${top}.origin`);
  if (!optionsOf(brief.options).composefs) yield* os.setImmutable(top, true);
}
