/** How often each kind of call was made: the head of a recorded list of system calls beside the simulated update. */
import { rootDirectories, rootLinks } from '../../backends/ostree/install.ts';
import type { Effect } from '../../model/operation.ts';
import type { Release } from '../../model/release.ts';
import type { ComparedRun } from './compared-run.ts';
import { tellUpdate } from './recorded-story.ts';
import { readWorkload } from './workload.ts';

/** Counts agree within this share, or within so many calls where they are few. */
const shareMax = 0.05;
const callsMax = 2;

/** Files that exist are opened with O_CREAT too, and counted as made; lock files come and go unseen. */
const namesMax = 8;

/** Title of a list → words of its workload. */
const workloads: { readonly [title: string]: { readonly [word: string]: unknown } } = {
  ab: { backend: 'ab' },
  btrfs: { backend: 'btrfs', tool: 'dpkg' },
  dpkg: { backend: 'mutable', tool: 'dpkg' },
  nix: { backend: 'nix', bootFilesystem: 'ext4' },
  ostree: { backend: 'ostree' },
  rpm: { backend: 'mutable', tool: 'rpm' },
};

/**
 * Names at the top of a root that the recorded tree of OSTree had not; the simulated one has them, because nobody could
 * work without.
 */
const addedNames: { readonly [title: string]: number } = {
  ostree: rootLinks.length + rootDirectories.length,
};

type Counts = { readonly [kind: string]: number };

/** Recorded kind → the kind that is compared: what an effect on the disk can tell apart. */
const kindOfCall: { readonly [call: string]: string } = {
  write: 'write',
  fsync: 'fsync and fdatasync',
  fdatasync: 'fsync and fdatasync',
  syncfs: 'syncfs',
  sync: 'syncfs',
  rename: 'rename',
  unlink: 'names removed',
  rmdir: 'names removed',
  create: 'names made',
  mkdir: 'names made',
  symlink: 'names made',
  link: 'names made',
  sync_file_range: 'sync_file_range',
};

/** Compares a list, or undefined when the text is none. */
export function compareCalls(text: string, release: Release): ComparedRun | undefined {
  const title = /^# (\w+), v1 -> v2\n/.exec(text)?.[1];
  const heading = /^# calls on the updated file systems: (.*)$/m.exec(text)?.[1];
  const words = title === undefined ? undefined : workloads[title];
  if (title === undefined || heading === undefined || words === undefined) return undefined;
  const observed = recordedCounts(heading);
  const simulated = simulatedCounts(words, release, addedNames[title] ?? 0);
  const missing: string[] = [];
  const invented: string[] = [];
  for (const [kind, count] of Object.entries(observed)) {
    const mine = simulated[kind] ?? 0;
    const few = kind.startsWith('names') ? namesMax : callsMax;
    if (Math.abs(mine - count) <= Math.max(few, count * shareMax)) continue;
    const difference = `Calls of kind ${kind}: recorded ${String(count)}, simulated ${String(mine)}.`;
    (mine < count ? missing : invented).push(difference);
  }
  return { id: `syscalls-${title}`, observed, simulated, missing, invented, explained: [] };
}

/** A file that appears by O_CREAT|O_TRUNC is counted as open+truncate; most of these are new, grubenv is not. */
function recordedCounts(heading: string): Counts {
  const counts: { [kind: string]: number } = {};
  for (const part of heading.split(', ')) {
    const [, call = '', count = ''] = /^(.*) (\d+)$/.exec(part) ?? [];
    const kind = call === 'open+truncate' ? 'names made' : kindOfCall[call];
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + Number(count);
  }
  return counts;
}

function simulatedCounts(
  words: { readonly [word: string]: unknown },
  release: Release,
  added: number,
): Counts {
  const workload = readWorkload(words);
  if (!workload.ok || workload.value.kind !== 'update') throw new TypeError('no such workload');
  const { story, study } = tellUpdate(workload.value.backend, workload.value.options, release);
  const counts: { [kind: string]: number } = {};
  for (const { operations } of story.volumes) {
    for (const { effect, startMicroseconds } of operations) {
      if (startMicroseconds < study.span.start || startMicroseconds >= study.span.exit) continue;
      const kind = kindOfEffect(effect);
      if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
    }
  }
  if (added > 0) counts['names made'] = (counts['names made'] ?? 0) - added;
  return counts;
}

function kindOfEffect(effect: Effect): string | undefined {
  switch (effect.kind) {
    case 'write':
    case 'write-blocks':
      return 'write';
    case 'link':
      return 'names made';
    case 'unlink':
      return 'names removed';
    case 'rename':
      return 'rename';
    case 'start-writeback':
      return effect.because === 'sync-file-range' ? 'sync_file_range' : undefined;
    case 'barrier':
      // A directory is synced by either call; what is recorded does not tell which kind of file it was.
      return effect.inode === 0 ? effect.scope : 'fsync and fdatasync';
    default:
      return undefined;
  }
}
