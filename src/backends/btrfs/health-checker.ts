/**
 * health-checker with classic GRUB: it notes the last snapshot that came up well, and GRUB and itself go back to that
 * one. Source: https://github.com/openSUSE/health-checker/tree/f90f390d, sbin/health-checker.in, grub/05_health_check,
 * grub/83_health_check_marker, dracut/health-checker-emergency.sh, plugins/.
 */
import type { MachineBrief, Work } from '../backend.ts';
import { makeDirectories, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { AfterFailure } from '../../model/boot-entry.ts';
import type { BootStage } from '../../model/verdict.ts';
import { snapshotPath, snapshotSubvolume } from './names.ts';
import { optionsOf } from './options.ts';
import { defaultSnapshotNumber, runningSnapshot } from './snapshots.ts';

const tree =
  'https://github.com/openSUSE/health-checker/blob/f90f390d3e770d5608c8b34013d8b1f951e94186';

/** Where it notes the last good snapshot, below /var. */
export const statePath = 'lib/misc/health-check.state';

const directory = '/var/lib/misc';

/** Starts that die before user space: GRUB finds its flag still set at the next one. */
const stagesOfFlag: readonly BootStage[] = ['kernel', 'initramfs', 'init'];

/** Starts in which health-checker itself runs, in the initramfs or at the end, and sets the default subvolume back. */
const stagesOfRollback: readonly BootStage[] = ['root', 'services', 'login'];

/** The number of the last good snapshot that the note names. */
export function lastGoodSnapshot(text: string): number | undefined {
  const found = /^LAST_WORKING_SNAPSHOT=(\d+)$/m.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** What goes back by itself where the default snapshot has never come up well. */
export function afterFailures(
  brief: MachineBrief,
  stateText: string,
  current: number | undefined,
): readonly AfterFailure[] {
  const { startChecks } = optionsOf(brief.options);
  const good = lastGoodSnapshot(stateText);
  if (startChecks === 'none' || good === undefined || good === current) return [];
  const entry = String(good);
  const logind = '/usr/lib/systemd/systemd-logind';
  return [
    { stages: stagesOfFlag, entry, because: byFlag(good) },
    {
      stages: ['root'],
      entry,
      because: byRollback(good, 'In the emergency shell of the initramfs'),
    },
    {
      stages: ['services'],
      path: logind,
      entry,
      because: byRollback(good, 'By its check of logind'),
    },
    ...(startChecks === 'with-login'
      ? [
          {
            stages: ['login'] as const,
            entry,
            because: byRollback(good, 'By the check that somebody wrote for the login screen'),
          },
        ]
      : []),
  ];
}

function byFlag(good: number): AfterFailure['because'] {
  return {
    text: `Nothing cleared the flag that GRUB had set. Once somebody has switched the machine off and on, GRUB takes snapshot ${String(good)}, which health-checker has noted as the last good one. The default stays what it is: the next restart tries it again.`,
    source: `${tree}/grub/05_health_check`,
  };
}

function byRollback(good: number, where: string): AfterFailure['because'] {
  return {
    text: `${where} health-checker noticed it, made snapshot ${String(good)}, the last good one, the default again and restarted.`,
    source: `${tree}/sbin/health-checker.in`,
  };
}

/** At a start that came up: what the failed one did to the default, and the note of a good snapshot. */
export function* checkStart(work: Work): Procedure {
  const { os, brief, wentBackAt } = work;
  if (optionsOf(brief.options).startChecks === 'none') return;
  const running = yield* runningSnapshot(work);
  if (wentBackAt !== undefined && stagesOfRollback.includes(wentBackAt)) {
    yield* os.setDefaultSubvolume(snapshotPath(running));
  }
  // A snapshot that somebody chose, or GRUB fell back to, is not noted: only the default one is.
  if ((yield* defaultSnapshotNumber(work)) !== running) return;
  const path = `/var/${statePath}`;
  const text = `LAST_WORKING_BTRFS_ID=${snapshotSubvolume(running)}\nLAST_WORKING_SNAPSHOT=${String(running)}\n`;
  const known = (yield* statusOf(os, path)) === undefined ? '' : yield* os.readText(path);
  if (known !== text) {
    yield* makeDirectories(os, directory);
    yield* os.writeFile(path, text);
  }
  os.print('Health check passed');
}
