/**
 * Configuring unpacked packages with dpkg: what becomes of configuration files, then the package's own script.
 * Source: dpkg src/main/configure.c; systems.md 1.2, step 7.
 */
import { statusOf } from '../tool-calls.ts';
import { SystemError, type Procedure, type Process, type Status } from '../../kernel/process.ts';
import { digestOf, type DpkgDatabase } from './dpkg-database.ts';
import { removedPrefix } from './status-file.ts';

/** What the package's script does beyond what all do: a kernel's makes the initramfs and the menu. */
export type AfterConfigure = (name: string, version: string) => Procedure;

/**
 * Runs the script of a package; says whether it ended well. Where it finds the disk full, the package stays
 * half-configured and the others go on. Source: dpkg src/main/configure.c, deferred_configure; systems.md M14.
 */
function* runScript(
  { context: { os } }: DpkgDatabase,
  name: string,
  script: Procedure,
): Procedure<boolean> {
  try {
    yield* script;
    return true;
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOSPC') throw error;
    os.print(`dpkg: error processing package ${name} (--configure):`, 'error');
    os.print(
      ` installed ${name} package post-installation script subprocess returned error exit status 1`,
      'error',
    );
    return false;
  }
}

/** Starting a postinst script, fitted to the 4346 ms of recorded run mutable-dpkg. */
const scriptMicroseconds = 45_000;

/** Configures an unpacked package; says whether it is configured then. */
export function* configure(
  database: DpkgDatabase,
  name: string,
  after: AfterConfigure,
): Procedure<boolean> {
  const { os } = database.context;
  const record = database.records.get(name);
  if (record === undefined) return true;
  os.stage(`configure ${name}`, { note: 'Edited configuration is kept, the rest is replaced.' });
  os.print(`Setting up ${name} (${record.version}) ...`);
  if (record.state === 'unpacked') {
    yield* database.log(`configure ${name} ${record.version}`);
    yield* database.change(name, { state: 'unpacked' });
    for (const [path, digest] of record.conffiles) {
      if (digest.startsWith(removedPrefix)) yield* removeOnUpgrade(database, name, path, digest);
      else yield* configureFile(database, name, path);
    }
  }
  yield* database.log(`status half-configured ${name} ${record.version}`);
  yield* database.change(name, { state: 'half-configured' });
  yield* os.compute(scriptMicroseconds);
  if (!(yield* runScript(database, name, after(name, record.version)))) return false;
  yield* database.log(`status installed ${name} ${record.version}`);
  yield* database.change(name, { state: 'installed', flag: 'ok' });
  return true;
}

/** What is done with a new configuration file. */
type Decision = 'install' | 'keep' | 'keep beside';

/**
 * The rule of three digests: what the package shipped before, what is there, what it ships now. On a conflict the
 * default of the prompt is taken, which keeps the file. Source: dpkg src/main/configure.c, conffoptcells.
 */
export function decide(
  shipped: string | undefined,
  present: string | undefined,
  shippedNow: string,
): Decision {
  if (shipped === undefined || shipped === 'newconffile') {
    if (present === undefined) return 'install';
    return present === shippedNow ? 'keep' : 'keep beside';
  }
  if (present === shippedNow) return 'keep';
  if (present === shipped) return 'install';
  return shipped === shippedNow ? 'keep' : 'keep beside';
}

/** A new configuration file takes the permissions of the one that is there. Source: the same file, deferred_configure_conffile. */
function* copyPermissions(os: Process, { mode, user, group }: Status, to: string): Procedure {
  const fresh = yield* os.lstat(to);
  if (fresh.user !== user || fresh.group !== group) yield* os.chown(to, user, group);
  if (fresh.mode !== mode) yield* os.chmod(to, mode);
}

/** Configuration that the new version takes away: deleted as it was shipped, renamed where it was changed. */
function* removeOnUpgrade(
  database: DpkgDatabase,
  name: string,
  path: string,
  digest: string,
): Procedure {
  const { os, root, blobs } = database.context;
  const place = `${root}${path}`;
  if ((yield* statusOf(os, place)) !== undefined) {
    const unchanged = digestOf(blobs, yield* os.read(place)) === digest.slice(removedPrefix.length);
    if (unchanged) yield* os.unlink(place);
    else yield* os.rename(place, `${place}.dpkg-old`);
  }
  const conffiles = new Map(database.records.get(name)?.conffiles);
  conffiles.delete(path);
  yield* database.change(name, { conffiles });
}

function* configureFile(database: DpkgDatabase, name: string, path: string): Procedure {
  const { os, root, blobs } = database.context;
  const place = `${root}${path}`;
  const fresh = `${place}.dpkg-new`;
  if ((yield* statusOf(os, fresh)) === undefined) return;
  const conffiles = database.records.get(name)?.conffiles ?? new Map<string, string>();
  const shippedNow = digestOf(blobs, yield* os.read(fresh));
  const there = yield* statusOf(os, place);
  const present = there === undefined ? undefined : digestOf(blobs, yield* os.read(place));
  if (there !== undefined) yield* copyPermissions(os, there, fresh);
  switch (decide(conffiles.get(path), present, shippedNow)) {
    case 'install':
      yield* os.rename(fresh, place);
      break;
    case 'keep':
      yield* os.unlink(fresh);
      break;
    case 'keep beside':
      os.print(`Configuration file '${path}'`);
      os.print(' ==> Modified (by you or by a script) since installation.');
      os.print(' ==> Package distributor has shipped an updated version.');
      os.print(' ==> Keeping your currently-installed version as default.');
      yield* os.rename(fresh, `${place}.dpkg-dist`);
  }
  yield* database.change(name, { conffiles: new Map([...conffiles, [path, shippedNow]]) });
}
