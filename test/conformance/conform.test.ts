/**
 * Every recording beside the simulation: updates by real tools on a logged device, cut at every write, saves, updates run
 * again, lists of system calls, deletions, tampering, merges. Nothing may be left unexplained.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { conform, type RecordedFile } from '../../src/engine/conform/conform.ts';
import { fidelityMarkdown } from '../../src/engine/conform/fidelity.ts';
import { expandRelease } from '../../src/engine/laboratory.ts';

const directory = fileURLToPath(new URL('fixtures/', import.meta.url));
const releaseUrl = new URL('../../public/releases/recorded.json', import.meta.url);
const release = expandRelease(readFileSync(releaseUrl, 'utf8'));

const files: readonly RecordedFile[] = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  .filter((name) => /^(runs|survive)\/.*\.json$|^litmus\.json$|^syscalls-.*\.txt$/.test(name))
  .sort()
  .map((name) => ({ name, text: readFileSync(`${directory}${name}`, 'utf8') }));

const report = conform(files, release);

describe('the recordings', () => {
  test('all are of a known shape', () => {
    expect(report.unknown).toEqual([]);
    expect(report.runs).toHaveLength(files.length);
  });

  test.each(files.map(({ name }) => [name.split('/').at(-1)?.replace(/\.\w+$/, '') ?? name]))(
    '%s agrees in every fact that is compared',
    (id) => {
      const run = report.runs.find((one) => one.id === id);
      expect(Object.keys(run?.observed ?? {}).length).toBeGreaterThan(0);
      expect({ missing: run?.missing, invented: run?.invented }).toEqual({ missing: [], invented: [] });
    },
  );

  test('docs/fidelity.md says what came of it', async () => {
    await expect(fidelityMarkdown(report, files)).toMatchFileSnapshot('../../docs/fidelity.md');
  });
});

function altered(name: string, change: (recording: Record<string, unknown>) => void): RecordedFile {
  const recording = JSON.parse(readFileSync(`${directory}runs/${name}.json`, 'utf8')) as Record<string, unknown>;
  change(recording);
  return { name: `${name}.json`, text: JSON.stringify(recording) };
}

const firstOf = (file: RecordedFile) => conform([file], release).runs[0];

describe('a recording that says something else is told from what is simulated', () => {
  test('a class that no cut leaves', () => {
    const run = firstOf(altered('ab', (recording) => {
      const outcomes = recording['outcomes'] as { prefix: Record<string, number> };
      outcomes.prefix['mixed-ok'] = 3;
    }));
    expect(run?.missing).toEqual(['Recorded in the order of the device: mixed-ok.']);
  });

  test('a class that was never recorded, and how long it lasts', () => {
    const run = firstOf(altered('ab-flag-first', (recording) => {
      const outcomes = recording['outcomes'] as { prefix: Record<string, number> };
      delete outcomes.prefix['broken-noboot'];
      recording['share_of_time_during_update'] = { old: 1 };
    }));
    expect(run?.invented).toContain('Simulated, never recorded: broken-noboot.');
    expect(run?.invented.some((text) => text.startsWith('broken-noboot: recorded for 0.0 %'))).toBe(true);
  });

  test('a window of the kernel’s clocks that is longer', () => {
    const run = firstOf(altered('btrfs', (recording) => {
      const series = recording['series'] as [number, string, string][];
      for (const entry of series) if (entry[0] > 10_000) entry[0] += 7_000;
    }));
    expect(run?.missing.some((text) => text.startsWith('new from '))).toBe(true);
  });

  test('a file that was torn, and more entries lost', () => {
    const run = firstOf(altered('app-saves-ext4', (recording) => {
      const extra = recording['extra'] as Record<string, Record<string, unknown>>;
      extra['temp-rename'] = { series_ms_since_return: [[-120, 'old'], [4961, 'empty']] };
      extra['log-append-fdatasync'] = { most_entries_lost: 4, longest_unsafe_ms: 9000, corrupt_or_absent: 0 };
    }));
    expect(run?.missing.some((text) => text.startsWith('temp-rename: empty'))).toBe(true);
    expect(run?.missing.some((text) => text.startsWith('log-append-fdatasync: 4 entries lost'))).toBe(true);
  });

  test('an update that did not heal', () => {
    const run = firstOf(altered('rerun-ostree', (recording) => {
      const points = recording['points_list'] as Record<string, unknown>[];
      for (const point of points) point['after'] = 'broken-torn';
    }));
    expect(run?.missing).toContain('Run again after the cut: old -> broken-torn.');
    expect(run?.invented).toContain('Run again after the cut: old -> new.');
  });
});

describe('words of a workload', () => {
  test.each([
    ['a backend that there is not', { backend: 'zfs' }, 'There is no backend zfs.'],
    ['a word that is new', { backend: 'ab', colour: 'red' }, 'The word colour means nothing to the backend ab.'],
    ['a value that is new', { backend: 'nix', loader: 'lilo' }, 'loader cannot be lilo; it is one of systemd-boot, grub.'],
    ['programs that there are not', { programs: 'loads' }, 'There are no programs loads.'],
  ])('%s is named, never passed over', (_name, workload, problem) => {
    const run = firstOf(altered('ab', (recording) => {
      recording['workload'] = workload;
    }));
    expect(run?.missing).toEqual([`Not modelled: ${problem}`]);
  });

  test.each([
    [{ backend: 'mutable', tool: 'rpm', filesystem: 'xfs', bootFilesystem: 'ext4', kernelHookSyncs: true }],
    [{ backend: 'mutable', tool: 'rsync', filesystem: 'btrfs' }],
    [{ backend: 'ostree', filesystem: 'xfs', bootFilesystem: 'xfs', staged: true }],
    [{ backend: 'ab', bootFilesystem: 'xfs', slotImage: 'erofs', slotWrite: 'write-held-open', flag: 'rauc', verity: true }],
    [{ backend: 'btrfs', tool: 'rsync', filesystem: 'btrfs' }],
    [{ backend: 'nix', filesystem: 'btrfs', loader: 'grub', finalSync: false }],
  ])('%j makes a machine', (workload) => {
    const run = firstOf(altered('ab', (recording) => {
      recording['workload'] = workload;
    }));
    expect(run?.missing.filter((text) => text.startsWith('Not modelled'))).toEqual([]);
    expect(Object.keys(run?.simulated ?? {}).length).toBeGreaterThan(3);
  });
});

describe('what is no recording', () => {
  test.each([
    ['notes.md', '# Notes', 'It is neither a JSON object nor a list of calls.'],
    ['list.json', '[1, 2]', 'It is neither a JSON object nor a list of calls.'],
    ['tree.json', '{"packages": {}}', 'It has not the fields of a recording.'],
  ])('%s is reported', (name, text, why) => {
    expect(conform([{ name, text }], release)).toEqual({
      runs: [],
      unexplained: 0,
      unknown: [{ file: name, why }],
    });
  });
});

describe('a recording that is damaged is a difference', () => {
  test.each([
    ['cut in half', '{"id": "ab", "workl'],
    ['without outcomes', '{"id": "ab", "update_ms": 3, "workload": {"backend": "ab"}}'],
    ['without points', '{"id": "rerun", "workload": {"backend": "ab"}, "points_list": null}'],
  ])('%s', (_name, text) => {
    expect(conform([{ name: 'x.json', text }], release).unexplained).toBe(1);
  });
});
