/** dpkg under a root: installing archives, configuring what is left, removing a package. */
import { removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { contentText } from '../../model/content.ts';
import type { Archive } from './archive.ts';
import { configure, type AfterConfigure } from './dpkg-configure.ts';
import { digestOf, DpkgDatabase, readRecords, type DpkgContext } from './dpkg-database.ts';
import { unpackOrGiveUp } from './dpkg-give-up.ts';

/**
 * `dpkg --install`: unpacks all archives, then configures all. An archive that finds the disk full is given up and the
 * others go on. Gives whether all were installed. Source: dpkg src/main/archives.c, archivefiles; measured with 20
 * packages on a full disk: those that fitted were new, the others old, all "install ok installed".
 */
export function* installArchives(
  context: DpkgContext,
  archives: readonly Archive[],
  after: AfterConfigure,
): Procedure<boolean> {
  const database = new DpkgDatabase(context);
  yield* database.open();
  yield* database.log('startup archives install');
  const failed = new Set<string>();
  for (const archive of archives) {
    if (!(yield* unpackOrGiveUp(database, archive))) failed.add(archive.name);
  }
  for (const { name } of archives) {
    if (!failed.has(name) && !(yield* configure(database, name, after))) failed.add(name);
  }
  yield* database.close();
  if (failed.size > 0) context.os.print('Errors were encountered while processing:', 'error');
  for (const name of failed) context.os.print(` ${name}`, 'error');
  return failed.size === 0;
}

/**
 * `dpkg --configure --pending`: finishes packages that are unpacked. One that is half-installed it passes over in
 * silence, and one that must be installed again it refuses. Source: dpkg src/main/packages.c, enqueue_pending, and
 * src/main/configure.c, deferred_configure; systems.md M13; recorded run rerun-mutable-dpkg.
 */
export function* configurePending(context: DpkgContext, after: AfterConfigure): Procedure {
  const database = new DpkgDatabase(context);
  yield* database.open();
  yield* database.log('startup packages configure');
  for (const { name, state, flag } of [...database.records.values()]) {
    if (state !== 'unpacked' && state !== 'half-configured') continue;
    if (flag === 'ok') yield* configure(database, name, after);
    else refuse(context, name);
  }
  yield* database.close();
}

function refuse({ os }: DpkgContext, name: string): void {
  for (const line of [
    `dpkg: error processing package ${name} (--configure):`,
    ' package is in a very bad inconsistent state; you should',
    ' reinstall it before attempting configuration',
  ]) {
    os.print(line, 'error');
  }
}

/** `dpkg --remove`: the files of the named packages go, configuration stays. Source: dpkg src/main/remove.c. */
export function* removeInstalled(context: DpkgContext, names: readonly string[]): Procedure {
  const database = new DpkgDatabase(context);
  yield* database.open();
  yield* database.log(`startup packages remove`);
  for (const name of names) yield* removeOne(database, name);
  yield* database.close();
}

function* removeOne(database: DpkgDatabase, name: string): Procedure {
  const { os, root } = database.context;
  const record = database.records.get(name);
  os.stage(`remove ${name}`, {
    note: 'File by file, the last of its list first; configuration files stay.',
  });
  os.print(`Removing ${name} (${record?.version ?? ''}) ...`);
  yield* database.change(name, { want: 'deinstall', state: 'half-configured' });
  yield* database.change(name, { state: 'half-installed' });
  const paths = ((yield* database.information(`${name}.list`)) ?? '').split('\n');
  const kept: string[] = [];
  for (const path of paths.reverse()) {
    if (record?.conffiles.has(path) === true) kept.push(path);
    else if (path.startsWith('/')) yield* removeFile(database, `${root}${path}`);
  }
  yield* database.replaceInformation(`${name}.list`, kept.map((path) => `${path}\n`).join(''));
  yield* removeTree(os, `${database.directory}/info/${name}.md5sums`);
  const state = kept.length > 0 ? 'config-files' : 'not-installed';
  yield* database.change(name, { state, flag: 'ok' });
}

function* removeFile({ context }: DpkgDatabase, path: string): Procedure {
  const there = yield* statusOf(context.os, path);
  if (there !== undefined && there.kind !== 'directory') yield* context.os.unlink(path);
}

/**
 * `dpkg --verify`: compares each file of the installed packages with the sum that its package brought. It repairs
 * nothing; edited configuration is named too, marked `c`; and who changed a sum in /var/lib/dpkg/info is believed. Source: dpkg src/main/verify.c.
 */
export function* verifyInstalled(context: DpkgContext): Procedure {
  const { os, blobs } = context;
  const directory = `${context.root}/var/lib/dpkg`;
  os.stage('compare files with the recorded sums');
  for (const { name, state, conffiles } of (yield* readRecords(os, directory)).values()) {
    if (state !== 'installed') continue;
    const list = `${directory}/info/${name}.md5sums`;
    const known = (yield* statusOf(os, list)) !== undefined;
    const sums = known ? contentText(yield* os.read(list), blobs) : '';
    const shipped = [...sums.matchAll(/^(\S+) {2}(.+)$/gm)].map(
      ([, sum = '', path = '']): readonly [string, string, string] => [`/${path}`, sum, ' '],
    );
    for (const [path, sum] of conffiles) shipped.push([path, sum, 'c']);
    for (const [path, sum, mark] of shipped) {
      const there = yield* statusOf(os, `${context.root}${path}`);
      if (there === undefined) os.print(`missing   ${mark} ${path}`, 'error');
      else if (there.kind !== 'file') continue;
      else if (digestOf(blobs, yield* os.read(`${context.root}${path}`)) !== sum) {
        os.print(`??5?????? ${mark} ${path}`, mark === 'c' ? 'output' : 'error');
      }
    }
  }
}
