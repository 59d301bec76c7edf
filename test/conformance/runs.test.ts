/**
 * The recorded runs, rebuilt: the same small system, the same drive, the same tool's calls. The classes that a cut in
 * device order leaves are those of the recording, and their shares of time agree within a factor of 2 or 5 points.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { expandRelease, scenarioVariant } from '../../src/engine/laboratory.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import { reportOn } from '../../src/engine/laboratory.ts';
import type { SystemReport } from '../../src/model/report.ts';
import type { BackendId, BackendOptions, System } from '../../src/model/system.ts';

interface Recording {
  readonly id: string;
  readonly update_ms: number;
  readonly outcomes: { readonly prefix: { readonly [outcome: string]: number } };
  readonly share_of_time_during_update: { readonly [outcome: string]: number };
  readonly share_of_time_after_exit: { readonly [outcome: string]: number };
}

/** Workload words of each recording, as options of our backends. */
const workloads: readonly {
  readonly run: string;
  readonly backend: BackendId;
  readonly options: BackendOptions;
}[] = [
  {
    run: 'mutable-dpkg',
    backend: 'mutable',
    options: { layout: 'root-only', menuWrite: 'rename' },
  },
  {
    run: 'ostree',
    backend: 'ostree',
    options: { layout: 'single', staged: false, composefs: false },
  },
  {
    run: 'mutable-rpm',
    backend: 'mutable',
    options: { tool: 'rpm', layout: 'root-only', menuWrite: 'rename', kernelHookSyncs: false },
  },
  { run: 'ab', backend: 'ab', options: { tool: 'slot-image', flag: 'after', verity: false } },
  {
    run: 'ab-flag-first',
    backend: 'ab',
    options: {
      ...{ tool: 'slot-image', flag: 'before', verity: false, slotWrite: 'write-then-close' },
    },
  },
  { run: 'btrfs', backend: 'btrfs', options: { tool: 'dpkg' } },
  { run: 'nix', backend: 'nix', options: { bootFilesystem: 'ext4' } },
];

function fileText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
}

const story = `id: recorded
title: The recorded update
story: An update, and quiet afterwards.
goal: Agree with the recording.
tests: [safety-net-atomicity]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: "Chapter 1" }
steps:
  - update: v2
    label: the-update
  - fault: power-loss
    during: the-update
    search: every-op
teach: Nothing; this is a measurement.
expect:
  - { on: all, data.thesis.content: [intact], because: no update touches a home }
`;

function simulate(backend: BackendId, options: BackendOptions): SystemReport {
  const parsed = parseScenario(story, []);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const system: System = {
    id: 'recorded',
    name: 'The recorded system',
    mechanism: backend,
    backend,
    options,
    commands: { update: 'update', rollback: '', install: '', remove: '', history: '' },
    protections: [],
    asOf: '2026-11-23',
    sources: [],
    simplified: [],
  };
  const release = expandRelease(fileText('../../public/releases/recorded.json'));
  const scenario = scenarioVariant(parsed.value);
  return reportOn({ scenario, systems: ['recorded'], release, seed: 1 }, system);
}

function agrees(ours: number, recorded: number): boolean {
  if (Math.abs(ours - recorded) <= 0.05) return true;
  return ours > 0 && recorded > 0 && ours / recorded <= 2 && recorded / ours <= 2;
}

describe.each(workloads)('recorded run $run', ({ run, backend, options }) => {
  const recording = JSON.parse(fileText(`fixtures/runs/${run}.json`)) as Recording;
  const report = simulate(backend, options);
  const outcomes: { readonly [outcome: string]: number } = report.outcomes;
  const settling: { readonly [outcome: string]: number } = report.settling;

  test('the same classes occur when the power fails, and no others', () => {
    const ours = new Set([...Object.keys(outcomes), ...Object.keys(settling)]);
    expect([...ours].sort()).toEqual(Object.keys(recording.outcomes.prefix).sort());
  });

  test('each takes its share of the time of the update', () => {
    const shares = recording.share_of_time_during_update;
    const names = new Set([...Object.keys(shares), ...Object.keys(outcomes)]);
    const wrong = [...names].filter((name) => !agrees(outcomes[name] ?? 0, shares[name] ?? 0));
    expect(wrong.map((name) => [name, outcomes[name] ?? 0, shares[name] ?? 0])).toEqual([]);
  });

  test('and of the quiet time after it', () => {
    const shares = recording.share_of_time_after_exit;
    const names = new Set([...Object.keys(shares), ...Object.keys(settling)]);
    const wrong = [...names].filter((name) => !agrees(settling[name] ?? 0, shares[name] ?? 0));
    expect(wrong.map((name) => [name, settling[name] ?? 0, shares[name] ?? 0])).toEqual([]);
  });

  test('no user file is touched', () => {
    expect(Object.keys(report.fates['thesis']?.['content'] ?? {})).toEqual(['intact']);
  });
});
