/**
 * greenboot-rs: what it leaves in GRUB's environment block before an update is switched to, and what it does with it at
 * the next start. It looks at starts that reach it; before that there is only GRUB's own `fallback`, which is for entries
 * that GRUB cannot load. Source: https://github.com/fedora-iot/greenboot-rs/blob/f007807e/src/main.rs, health_check and
 * SetRollbackTrigger; src/lib/grub.rs; usr/lib/systemd/system/greenboot-set-rollback-trigger.service.
 */
import type { MachineBrief, Work } from '../backend.ts';
import { statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { AfterFailure, BootEntry } from '../../model/boot-entry.ts';
import { optionsOf } from './options.ts';

const source =
  'https://github.com/fedora-iot/greenboot-rs/blob/f007807e68870b563e11939543db235ebab9270f/src/main.rs';

/** Says what GRUB's fallback is not for: a kernel that GRUB has loaded. */
const grubFallback = 'https://www.gnu.org/software/grub/manual/legacy/fallback.html';

/** GRUB's environment block, below the boot directory. */
export const environmentPath = 'grub2/grubenv';

const header = '# GRUB Environment Block';

const nextDeployment = 'greenboot_next_deployment_id';

/** The variables of an environment block; what was cut or never arrived is simply not there. */
export function parseEnvironment(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const cut = line.indexOf('=');
    if (cut > 0 && !line.startsWith('#')) found.set(line.slice(0, cut), line.slice(cut + 1));
  }
  return found;
}

function pathOf({ brief }: Work): string {
  return `${optionsOf(brief.options).bootDirectory}/${environmentPath}`;
}

function* environment(work: Work): Procedure<ReadonlyMap<string, string>> {
  const path = pathOf(work);
  if ((yield* statusOf(work.os, path)) === undefined) return new Map();
  return parseEnvironment(yield* work.os.readText(path));
}

/** `grub2-editenv`: one call for each variable; the block is emptied, written and synced in place. Source: grub util/grub-editenv.c. */
function* setVariable(work: Work, name: string, value: string | undefined): Procedure {
  const { os } = work;
  const variables = new Map(yield* environment(work));
  if (value === undefined) variables.delete(name);
  else variables.set(name, value);
  const lines = [...variables].map(([key, now]) => `${key}=${now}`);
  const fd = yield* os.open(pathOf(work), { access: 'write', create: true, truncate: true });
  yield* os.writeText(fd, `${[header, ...lines].join('\n')}\n`);
  yield* os.fsync(fd);
  yield* os.close(fd);
}

function isOn({ options }: MachineBrief): boolean {
  return optionsOf(options).startChecks !== 'none';
}

/** Before a staged deployment is switched to: its name, and that GRUB may take the second entry. */
export function* setRollbackTrigger(work: Work, commit: string): Procedure {
  if (!isOn(work.brief)) return;
  work.os.stage('let greenboot-rs prepare the next start', {
    note: 'Two variables in GRUB’s environment block, each written in place.',
  });
  yield* setVariable(work, nextDeployment, commit);
  yield* setVariable(work, 'fallback', '1');
}

/** At a start: an update that did not come up is made undone for good, one that did is good. */
export function* checkStart(
  work: Work,
  bootedCommit: string | undefined,
  goBack: () => Procedure,
): Procedure {
  if (!isOn(work.brief)) return;
  const { os } = work;
  const variables = yield* environment(work);
  const expected = variables.get(nextDeployment);
  if (expected !== undefined && bootedCommit !== undefined && expected !== bootedCommit) {
    os.print('FALLBACK BOOT DETECTED! Default rpm-ostree deployment has been rolled back.');
    yield* goBack();
  }
  if (variables.has('fallback')) yield* setVariable(work, 'fallback', undefined);
  if (variables.get('boot_success') !== '1') yield* setVariable(work, 'boot_success', '1');
  if (expected !== undefined) yield* setVariable(work, nextDeployment, undefined);
  os.print('Greenboot healthcheck passed - status is GREEN');
}

/** What goes back by itself on this disk: `commitOf` tells which deployment an entry starts. */
export function afterFailures(
  brief: MachineBrief,
  environmentText: string,
  entries: readonly BootEntry[],
  firstCommit: string | undefined,
): readonly AfterFailure[] {
  const [, second] = entries;
  if (!isOn(brief) || second === undefined) return [];
  const variables = parseEnvironment(environmentText);
  const found: AfterFailure[] = [];
  if (variables.get('fallback') === '1') {
    found.push({ stages: ['kernel'], entry: second.id, because: loadedNothing });
  }
  const isTrigger = variables.get(nextDeployment) === firstCommit && firstCommit !== undefined;
  if (isTrigger && optionsOf(brief.options).startChecks === 'with-login') {
    found.push({ stages: ['login'], entry: second.id, because: checkFailed });
  }
  return found;
}

const loadedNothing = {
  text: 'GRUB could not load it and took the second entry, because greenboot-rs had set fallback=1 for the first start of the update; greenboot-rs then made that entry the default.',
  source,
};

const checkFailed = {
  text: 'The check that somebody wrote for the login screen failed: greenboot-rs restarted the machine three more times, then ran rpm-ostree rollback and restarted it into the version before.',
  source,
};

/** What is said beside the way by the menu, where greenboot-rs is there and has not gone back. */
export const greenbootDidNot = {
  text: 'greenboot-rs has not gone back: it looks at starts that reach it, with the checks that it has, and the fallback of GRUB is for a kernel that GRUB cannot load, not for one that panics.',
  source: grubFallback,
};
