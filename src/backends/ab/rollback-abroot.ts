/** `abroot rollback`, and what a start of ABRoot makes. Source: ABRoot core/system.go, cmd/mount-sys.go at 89b4ae0c. */
import type { Work } from '../backend.ts';
import { makeDirectories, statusOf, writeInPieces } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { mainMenu } from './grub-menu.ts';
import { configurationDirectory, varDirectories } from './roots.ts';
import { bufferBytes } from './rsync.ts';
import { exchangeMenus, presentRoot } from './upgrade.ts';

const bootMount = '/run/abroot/tmp-boot-mount-2';

/** Makes the running root the default, if it is not; with no download and no copy. */
export function* rollbackAbroot(work: Work): Procedure {
  const { os } = work;
  try {
    if ((yield* statusOf(os, '/run/abroot/finished')) !== undefined) {
      os.print("an operation finished successfully, can't roll back until reboot", 'error');
      return;
    }
    const present = yield* presentRoot(work);
    yield* makeDirectories(os, bootMount);
    const source = { kind: 'volume', volume: 'boot' } as const;
    yield* os.mount({ mountPoint: bootMount, source, readOnly: false });
    if ((yield* os.readText(`${bootMount}/grub/grub.cfg`)) === mainMenu(present)) {
      os.print('current root is the default, nothing to do');
    } else {
      yield* exchangeMenus(work, present, bootMount);
      os.print('Rollback completed.');
    }
    yield* os.unmount(bootMount);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`ERROR: ${error.call} ${error.path}: ${error.code}`, 'error');
  }
}

/**
 * Directories of /var that the links of the root lead to are made again, and /etc is covered by the configuration of
 * this root. Where that is gone, the image's own is copied: a factory default, as an empty upper layer gives.
 */
export function* startupAbroot(work: Work): Procedure {
  const { os } = work;
  for (const name of varDirectories) yield* makeDirectories(os, `/var/${name}`);
  const root = yield* presentRoot(work);
  const directory = `/var/${configurationDirectory(root)}`;
  if ((yield* statusOf(os, directory)) !== undefined) return;
  yield* makeDirectories(os, directory);
  yield* copyTree(work, '/etc', directory);
  const source = { kind: 'bind', path: directory } as const;
  yield* os.mount({ mountPoint: '/etc', source, readOnly: false });
}

function* copyTree(work: Work, from: string, to: string): Procedure {
  const { os } = work;
  for (const name of yield* os.readdir(from)) {
    const path = `${from}/${name}`;
    const status = yield* os.lstat(path);
    if (status.kind === 'directory') {
      yield* os.mkdir(`${to}/${name}`, status.mode);
      yield* copyTree(work, path, `${to}/${name}`);
    } else if (status.target !== undefined) {
      yield* os.symlink(status.target, `${to}/${name}`);
    } else {
      const content = yield* os.read(path);
      yield* writeInPieces(os, `${to}/${name}`, content, { bufferBytes, mode: status.mode });
    }
  }
}
