/**
 * An update with nothing else running: prepared on the running system, installed by the next start, which goes to
 * system-update.target because a link says so. The link goes first, so that an update that fails is not begun again and
 * again; with it goes what a power cut could have been healed by. Source: systemd.offline-updates(7),
 * https://www.freedesktop.org/software/systemd/man/latest/systemd.offline-updates.html; dnf5,
 * dnf5/commands/offline/offline.cpp, https://github.com/rpm-software-management/dnf5.
 */
import type { Work } from '../backend.ts';
import { makeDirectories, namesIn, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { versionNames } from './options.ts';

/** What the generator of systemd looks for in a start. */
export const offlineLink = '/system-update';

const directory = '/usr/lib/sysimage/libdnf5/offline';
const transactionFile = `${directory}/transaction.json`;
const stateFile = `${directory}/offline-transaction-state.toml`;

/** Installs a version into the running root, or looks whether that can be done; says whether it was, or can be. */
export type InstallVersion = (work: Work, to: VersionName) => Procedure<boolean>;

/** `dnf upgrade --offline` and `dnf offline reboot`, with the two restarts that follow. */
export function* updateOffline(
  work: Work,
  to: VersionName,
  { test, install }: { readonly test: InstallVersion; readonly install: InstallVersion },
): Procedure {
  const { os } = work;
  os.stage('prepare the update', {
    note: 'What is to be installed is written down; the packages are there already. No file of the system is touched.',
  });
  os.print('Testing offline transaction');
  if (!(yield* test(work, to))) return;
  yield* makeDirectories(os, directory);
  yield* os.writeFile(transactionFile, to);
  yield* os.writeFile(stateFile, 'status = "download-complete"\n');
  os.stage('point to the update and restart', {
    note: 'A link in the root directory: the next start installs the update, even one after a power cut.',
  });
  if ((yield* statusOf(os, offlineLink)) === undefined) yield* os.symlink(directory, offlineLink);
  yield* os.writeFile(stateFile, 'status = "ready"\n');
  os.print('Rebooting to perform offline transaction.');
  yield* os.sync();
  yield* executeOffline(work, install);
}

/** A start that finds the link installs the update before anybody can log in. */
export function* startupOffline(work: Work, install: InstallVersion): Procedure {
  if ((yield* statusOf(work.os, offlineLink)) !== undefined) yield* executeOffline(work, install);
}

/** `dnf offline _execute`, in system-update.target. */
function* executeOffline(work: Work, install: InstallVersion): Procedure {
  const { os } = work;
  os.stage('remove the link', {
    note: 'First of all, so that a failing update is not begun again for ever: from here on nothing remembers it.',
  });
  os.print('Starting offline transaction. This will take a while.');
  yield* os.unlink(offlineLink);
  const prepared =
    (yield* statusOf(os, transactionFile)) === undefined ? '' : yield* os.readText(transactionFile);
  const to = versionNames.find((version) => version === prepared);
  if (to === undefined) {
    os.print('Error reading state: no offline transaction is stored.', 'error');
    return;
  }
  yield* os.writeFile(stateFile, 'status = "transaction-incomplete"\n');
  if (!(yield* install(work, to))) return;
  os.stage('clean up and restart', { note: 'A clean restart writes everything to the disk.' });
  for (const name of yield* namesIn(os, directory)) yield* removeTree(os, `${directory}/${name}`);
  os.print('Transaction complete! Cleaning up and rebooting...');
  yield* os.sync();
}
