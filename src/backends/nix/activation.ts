/** Activation: what makes /etc, the accounts and /run fit a system. Runs at each switch and at each start. */
import type { Work } from '../backend.ts';
import { installedConfiguration } from '../machine-files.ts';
import { makeDirectories, namesIn, statusOf, writeInPieces } from '../tool-calls.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { parentOf } from '../../model/path.ts';
import { isMutable, outsidePrograms } from './closure.ts';
import { machineDirectories } from './install.ts';
import { replaceLink } from './profile.ts';
import { bufferBytes } from './store.ts';

/** The link that names the running system; in memory. */
export const currentSystem = '/run/current-system';

/** Makes the running machine be `system`. Source: nixpkgs activation-script.nix, setup-etc.pl. */
export function* activate(work: Work, system: string): Procedure {
  const { os } = work;
  os.stage('activate', {
    note: '/etc is linked to the new store path file by file; a file made by hand under such a name is replaced.',
  });
  for (const path of machineDirectories) yield* makeDirectories(os, path);
  yield* activateConfiguration(os, yield* os.readlink(`${system}/etc`));
  yield* createAccounts(work);
  for (const [outside, inside] of outsidePrograms(work.brief)) {
    yield* makeDirectories(os, parentOf(outside));
    yield* replaceLink(os, `${system}${inside}`, outside, `${outside}.tmp`);
  }
  yield* replaceLink(os, system, currentSystem, `${currentSystem}.tmp`);
}

/** Makes /etc show the configuration at a path of the store. Source: nixpkgs setup-etc.pl. */
export function* activateConfiguration(os: Process, source: string): Procedure {
  yield* replaceLink(os, source, '/etc/static', '/etc/static.tmp');
  yield* linkConfiguration(os, source, '');
  yield* removeDangling(os, '/etc');
}

/** A link for each file; what is there under its name, a file made by hand included, is renamed over. */
function* linkConfiguration(os: Process, source: string, below: string): Procedure {
  for (const name of yield* namesIn(os, `${source}${below}`)) {
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${source}${path}`);
    const here = yield* statusOf(os, `/etc${path}`);
    if (status.kind === 'directory') {
      if (here === undefined) yield* os.mkdir(`/etc${path}`);
      yield* linkConfiguration(os, source, path);
    } else if (here?.target !== `/etc/static${path}`) {
      yield* replaceLink(os, `/etc/static${path}`, `/etc${path}`, `/etc${path}.tmp`);
    }
  }
}

function* removeDangling(os: Process, directory: string): Procedure {
  for (const name of yield* namesIn(os, directory)) {
    const path = `${directory}/${name}`;
    const status = yield* os.lstat(path);
    if (status.kind === 'directory') yield* removeDangling(os, path);
    if (status.target?.startsWith('/etc/static/') !== true) continue;
    if ((yield* statusOf(os, status.target)) === undefined) yield* os.unlink(path);
  }
}

/** Accounts that the configuration declares, where they are missing; their homes are made empty. */
function* createAccounts({ os, brief }: Work): Procedure {
  for (const { path, content, mode } of installedConfiguration(brief)) {
    if (!isMutable(path) || (yield* statusOf(os, path)) !== undefined) continue;
    yield* writeInPieces(os, path, content, { bufferBytes, mode });
  }
  for (const { uid, home } of brief.release.accounts) {
    if ((yield* statusOf(os, home)) !== undefined) continue;
    yield* os.mkdir(home, 0o700);
    yield* os.chown(home, uid, uid);
  }
}
