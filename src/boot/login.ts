/**
 * Who can log in: one rule for every system. A person needs a line in /etc/passwd and one in /etc/shadow; what a start
 * puts back by itself counts as there. A machine that starts and lets nobody in is degraded-torn: no file of the start is
 * damaged, and files of the system are missing. It does not count as started, because nobody gets to work with it.
 */
import type { BootEntry } from '../model/boot-entry.ts';
import { contentText } from '../model/content.ts';
import { isAllZeros } from '../model/expected-file.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { Reason } from '../model/verdict.ts';
import { initramfsMaker } from './console-words.ts';
import type { Stop } from './kernel.ts';
import type { BootPlan } from './plan.ts';
import { reason } from './sources.ts';

/** Why nobody can log in, or undefined when somebody can. A release without people asks for none. */
export function loginStop(plan: BootPlan, tree: RootTree, entry: BootEntry): Stop | undefined {
  const files = neededFiles(entry);
  if (plan.people.length === 0) return undefined;
  if (plan.people.some((name) => files.every((path) => hasLine(tree, path, name)))) {
    return undefined;
  }
  if (entry.accountsGone !== undefined) {
    const { text, source } = entry.accountsGone;
    return stop({ text: `It starts, but nobody can log in: ${text}`, source }, files[0]);
  }
  if (isFirstStart(tree, entry)) return firstStart;
  const gone = files.filter((path) => !plan.people.some((name) => hasLine(tree, path, name)));
  return stop(withoutAccount(tree, entry, gone), gone[0]);
}

/**
 * NixOS makes the accounts that the configuration declares at every start; of the password it keeps what /etc/shadow
 * holds, and writes "!" where that has no line and the configuration no hash. Source: update-users-groups.pl.
 */
function neededFiles(entry: BootEntry): readonly string[] {
  const shadow = '/etc/shadow';
  return initramfsMaker(entry) === 'nixos' ? [shadow] : ['/etc/passwd', shadow];
}

function hasLine(tree: RootTree, path: string, name: string): boolean {
  const content = tree.file(path);
  if (content === undefined) return false;
  return contentText(content, tree.disk.blobs)
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));
}

/**
 * Without any /etc systemd takes the start for the first one ever and asks on the console. Sources: recorded run
 * rm-ostree-rmroot; https://github.com/systemd/systemd/blob/main/src/firstboot/firstboot.c.
 */
function isFirstStart(tree: RootTree, entry: BootEntry): boolean {
  if (initramfsMaker(entry) === 'nixos') return false;
  const signs = ['/etc/passwd', '/etc/os-release', '/etc/issue'];
  return signs.every((path) => tree.walk(path, false) === undefined);
}

const firstStart: Stop = {
  reached: 'init',
  failure: { stage: 'services', kind: 'no login', path: '/etc' },
  because: reason(
    '/etc is empty: systemd takes this for the first start of a new installation and waits for a key on the console. The accounts of people were in /etc and are gone with it: nobody can log in.',
    'emptyConfiguration',
  ),
  console: ['-- Press any key to proceed --'],
};

function withoutAccount(tree: RootTree, entry: BootEntry, gone: readonly string[]): Reason {
  const path = gone[0] ?? '/etc/shadow';
  const state = stateOf(tree, path);
  if (initramfsMaker(entry) === 'nixos') {
    return reason(
      `It starts, but ${path} ${state}: activation makes the declared accounts again, and writes “!” where a password was set with passwd, so nobody can log in.`,
      'declaredAccounts',
    );
  }
  return reason(`It starts, but ${path} ${state}, so nobody can log in.`, 'accounts');
}

function stateOf(tree: RootTree, path: string): string {
  const content = tree.file(path);
  if (content === undefined) return 'is missing';
  if (content.sizeBytes === 0) return 'is empty';
  return isAllZeros(content) ? 'holds nothing but zeros' : 'names no person';
}

/** The answer of login(1) to whoever tries. Source: shadow, src/login.c; util-linux, login-utils/login.c. */
function stop(because: Reason, path: string | undefined): Stop {
  return {
    reached: 'services',
    failure: { stage: 'login', kind: 'no login', ...(path === undefined ? {} : { path }) },
    because,
    console: ['Login incorrect'],
  };
}

/** What it takes to let people in again, to follow "Start a rescue medium:". */
export function accountsBack(entry: BootEntry): string {
  if (initramfsMaker(entry) === 'nixos') {
    return 'set a password from there, with nixos-enter and passwd';
  }
  return 'bring /etc/passwd, /etc/shadow and what else was in /etc back from a backup, or make an account from there';
}
