/** What dpkg does with a package that finds the disk full: its new files go, and it stays what it was. */
import { removeTree } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import type { Archive } from './archive.ts';
import type { DpkgDatabase } from './dpkg-database.ts';
import { unpack } from './dpkg-unpack.ts';

/**
 * Unpacks an archive, or puts everything back when there is no room for it: no file of it has been renamed then. Says
 * whether it was unpacked. Source: dpkg src/main/cleanup.c, cu_installnew; measured: the `.dpkg-new` files are gone, the
 * old version is complete and "install ok installed".
 */
export function* unpackOrGiveUp(database: DpkgDatabase, archive: Archive): Procedure<boolean> {
  const { os, root } = database.context;
  const before = database.records.get(archive.name);
  try {
    yield* unpack(database, archive);
    return true;
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOSPC') throw error;
    for (const line of [
      `dpkg: error processing archive .../${archive.name}_${archive.version}_amd64.deb (--unpack):`,
      ` cannot copy extracted data to '${error.path}': failed to write (No space left on device)`,
    ]) {
      os.print(line, 'error');
    }
    for (const { path } of archive.files) {
      yield* removeTree(os, `${root}${path}.dpkg-new`);
      yield* removeTree(os, `${root}${path}.dpkg-tmp`);
    }
    yield* removeTree(os, `${database.directory}/tmp.ci`);
    if (before !== undefined) yield* database.note(before);
    else yield* database.change(archive.name, { state: 'not-installed', flag: 'ok' });
    return false;
  }
}
