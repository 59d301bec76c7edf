import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Backend } from '../../../src/backends/backend.ts';
import { nix } from '../../../src/backends/nix/nix.ts';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import { cutFindings, studyCuts } from '../../../src/engine/cut-report.ts';
import { searchDisks } from '../../../src/engine/disk-search.ts';
import { judgingOf } from '../../../src/engine/judging-facts.ts';
import { Story } from '../../../src/engine/story.ts';
import type { BackendOptions } from '../../../src/model/system.ts';
import { briefOf } from './machine.ts';
import { updateScenario } from './update-scenario.ts';

function findings(backend: Backend, options: BackendOptions): ReturnType<typeof cutFindings> {
  const story = new Story(updateScenario, backend, briefOf(backend, options));
  const fault = story.tell();
  if (fault === undefined) throw new Error('the scenario has a fault');
  const study = studyCuts(story, judgingOf(story), story.window(fault));
  return cutFindings(study, { policy: 'every-op' }, searchDisks);
}

function recordedShares(name: string): { readonly [outcome: string]: number } {
  const text = readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8');
  const run = JSON.parse(text) as {
    readonly share_of_time_during_update: { readonly [outcome: string]: number };
  };
  return run.share_of_time_during_update;
}

/** Within a factor of two, or five points. */
function expectNear(share: number, recorded: number): void {
  const factor = Math.max(share, recorded) / Math.max(1e-9, Math.min(share, recorded));
  expect(
    factor <= 2 || Math.abs(share - recorded) <= 0.05,
    `${String(share)} against ${String(recorded)}`,
  ).toBe(true);
}

describe('the power goes during an update', () => {
  test.each([
    ['ostree', ostree, { layout: 'single', staged: false, composefs: false }],
    ['nix', nix, { bootFilesystem: 'ext4' }],
  ] as const)(
    '%s: the classes of the recorded run, each for about as long',
    (name, backend, options) => {
      const recorded = recordedShares(name);
      const { outcomes } = findings(backend, options);
      expect(Object.keys(outcomes).sort()).toEqual(Object.keys(recorded).sort());
      for (const [outcome, share] of Object.entries(recorded)) {
        expectNear(Object.entries(outcomes).find(([key]) => key === outcome)?.[1] ?? 0, share);
      }
    },
  );

  test('OSTree: only the old or the new version is possible, whatever was reordered', () => {
    const { possible } = findings(ostree, { layout: 'single', staged: false, composefs: false });
    expect([...possible].sort()).toEqual(['new', 'old']);
  });

  test('OSTree on btrfs with /boot of its own, switched at once: the same', () => {
    const { possible } = findings(ostree, { staged: false });
    expect([...possible].sort()).toEqual(['new', 'old']);
  });

  test('OSTree, staged: the update is forgotten at every instant until the shutdown', () => {
    expect(findings(ostree, {}).possible).toEqual(['old']);
  });

  test('Nix without the final sync: what boots stays torn until the kernel writes the store by itself', () => {
    const { settling } = findings(nix, { bootFilesystem: 'ext4', finalSync: false });
    expect(settling['broken-torn']).toBeGreaterThan(0.5);
  });

  test('Nix with systemd-boot: broken starts can be mended from the menu', () => {
    const { screens } = findings(nix, {});
    const broken = screens.filter(({ outcome }) => outcome === 'broken-torn');
    expect(broken.length).toBeGreaterThan(0);
    for (const { verdict } of broken) {
      if (!verdict.starts) expect(verdict.wayBack.kind).toBe('menu');
    }
  });
});
