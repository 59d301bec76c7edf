import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boot, prepareBoot } from '../../../src/boot/boot.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import { FileSystemState } from '../../../src/model/file-system-state.ts';
import { Census, prepareCensus } from '../../../src/survival/census.ts';
import { wayFromNothing } from '../../../src/survival/what-is-left.ts';
import { agreedVerdict, classify } from '../../../src/survival/outcome.ts';
import { plainVerdict } from '../../../src/survival/plain.ts';
import { emptyContent, zeros } from '../../../src/model/content.ts';
import { damages, filesOf, pathOf, release, SmallDisk } from '../boot/small-machine.ts';

const versions = { before: 'v1', after: 'v2' } as const;

function censusOf(disk: SmallDisk, version: 'v1' | 'v2' = 'v1'): Census {
  const plan = prepareCensus({ release, blobs: disk.blobs, ...versions, pathOf });
  return new Census(plan, new RootTree(disk.view, disk.entry(version).root), version);
}

function judge(disk: SmallDisk, ...menu: readonly ('v1' | 'v2')[]) {
  const plan = prepareBoot({ release, blobs: disk.blobs, ...versions, pathOf });
  const result = boot({ menu: disk.menu(...menu), disk: disk.view, plan, loader: 'same' });
  const census = censusOf(disk, menu[0]);
  const outcome = classify(result, census.classify(), versions);
  return { outcome, result, verdict: agreedVerdict(result, outcome, census) };
}

function update(disk: SmallDisk, ...paths: readonly string[]): void {
  for (const path of paths) disk.installFrom('v2', path);
}

const all = filesOf('v2').map(({ path }) => path);
const gone = filesOf('v1')
  .map(({ path }) => path)
  .filter((path) => !all.includes(path));
const oldKernel = ['/boot/vmlinuz-6.1.0', '/boot/initramfs.img-6.1.0'];

/** Everything of v2 except the old kernel's removal: what an update in place leaves. */
function updated(): SmallDisk {
  const disk = new SmallDisk();
  update(disk, ...all);
  for (const path of gone) {
    if (!oldKernel.includes(path) && !path.includes('/modules/')) disk.remove(path);
  }
  return disk;
}

interface Case {
  readonly name: string;
  readonly make: () => SmallDisk;
  readonly menu: 'v1' | 'v2';
  readonly outcome: string;
}

const cases: readonly Case[] = [
  { name: 'nothing done', make: () => new SmallDisk(), menu: 'v1', outcome: 'old' },
  { name: 'all done', make: updated, menu: 'v2', outcome: 'new' },
  { name: 'all files new, menu still old', make: updated, menu: 'v1', outcome: 'mixed-ok' },
  {
    name: 'all files old, menu already new',
    make: () => {
      const disk = new SmallDisk();
      update(
        disk,
        ...all.filter((path) => path.startsWith('/boot/') || path.includes('/modules/')),
      );
      return disk;
    },
    menu: 'v2',
    outcome: 'mixed-ok',
  },
  {
    name: 'a file without a group is new',
    make: () => {
      const disk = new SmallDisk();
      update(disk, '/usr/bin/edit');
      return disk;
    },
    menu: 'v1',
    outcome: 'mixed-ok',
  },
  {
    name: 'a group of two packages is half new',
    make: () => {
      const disk = new SmallDisk();
      update(disk, '/usr/bin/desk-shell');
      return disk;
    },
    menu: 'v1',
    outcome: 'broken-mixed',
  },
  {
    name: 'a mixed group and an empty file beside it (recorded run mutable-rpm, write 96)',
    make: () => {
      const disk = new SmallDisk();
      update(disk, '/usr/bin/desk-shell');
      disk.put('/usr/bin/edit', emptyContent);
      return disk;
    },
    menu: 'v1',
    outcome: 'broken-mixed',
  },
  {
    name: 'a file that the start does without is empty',
    make: () => {
      const disk = new SmallDisk();
      disk.put('/usr/bin/edit', emptyContent);
      return disk;
    },
    menu: 'v1',
    outcome: 'degraded-torn',
  },
  {
    name: 'a new unit file is empty and the rest is new (recorded run mutable-rpm, write 203)',
    make: () => {
      const disk = updated();
      disk.put('/usr/lib/systemd/system/oomd.service', emptyContent);
      return disk;
    },
    menu: 'v2',
    outcome: 'degraded-torn',
  },
  {
    name: 'a new library that init needs is empty (recorded run mutable-rpm, write 213)',
    make: () => {
      const disk = updated();
      disk.put('/usr/lib/systemd/libshared-2.so', emptyContent);
      return disk;
    },
    menu: 'v2',
    outcome: 'broken-torn',
  },
  {
    name: 'the menu names an empty kernel (recorded run mutable-rpm, write 388)',
    make: () => {
      const disk = updated();
      disk.put('/usr/lib/systemd/libshared-2.so', emptyContent);
      disk.put('/boot/vmlinuz-6.2.0', emptyContent);
      return disk;
    },
    menu: 'v2',
    outcome: 'broken-noboot',
  },
  {
    name: 'the initramfs is zeros',
    make: () => {
      const disk = updated();
      disk.put('/boot/initramfs.img-6.2.0', zeros(800));
      return disk;
    },
    menu: 'v2',
    outcome: 'broken-torn',
  },
  {
    name: 'a module of the kernel that starts is missing',
    make: () => {
      const disk = new SmallDisk();
      disk.remove('/usr/lib/modules/6.1.0/net.ko');
      return disk;
    },
    menu: 'v1',
    outcome: 'degraded-torn',
  },
  {
    name: 'only data of a package that the start needs is torn',
    make: () => {
      const disk = new SmallDisk();
      disk.put('/usr/share/libc/zones', zeros(40));
      return disk;
    },
    menu: 'v1',
    outcome: 'degraded-torn',
  },
  {
    name: 'shipped configuration was edited by hand',
    make: () => {
      const disk = new SmallDisk();
      const text = 'my own words';
      disk.put('/etc/issue', disk.contentOf({ path: '', mode: 0, text, sizeBytes: text.length }));
      return disk;
    },
    menu: 'v1',
    outcome: 'old',
  },
  {
    name: 'the directory of programs is gone',
    make: () => {
      const disk = new SmallDisk();
      disk.removeDirectory('/usr');
      return disk;
    },
    menu: 'v1',
    outcome: 'broken-torn',
  },
];

describe('the class of a disk', () => {
  it.each(cases)('$name: $outcome', ({ make, menu, outcome }) => {
    const judged = judge(make(), menu);
    expect(judged.outcome).toBe(outcome);
    expect(judged.verdict.because.text).not.toBe('');
    expect(judged.verdict.because.source).not.toBe('');
  });

  it.each(cases)('$name: verdict and class agree', ({ make, menu, outcome }) => {
    const { verdict } = judge(make(), menu);
    // The groups that these cases mix are none that the start reads.
    const broken = outcome.startsWith('broken') && outcome !== 'broken-mixed';
    expect(verdict.starts).toBe(!broken);
    expect(verdict.wayBack.kind === 'not needed').toBe(outcome === 'old' || outcome === 'new');
    const plain = plainVerdict(judge(make(), menu).outcome, verdict);
    expect(plain === 'does not start').toBe(broken);
  });

  it('is degraded-torn where the machine starts and lets nobody in', () => {
    const disk = new SmallDisk();
    disk.remove('/etc/shadow');
    const { outcome, verdict } = judge(disk, 'v1');
    expect(outcome).toBe('degraded-torn');
    expect(plainVerdict(outcome, verdict)).toBe('starts, nobody can log in');
  });

  it('is unmountable when the root does not mount', () => {
    const disk = new SmallDisk();
    const plan = prepareBoot({ release, blobs: disk.blobs, ...versions, pathOf });
    const view = { volumes: new Map(), blobs: disk.blobs };
    const result = boot({ menu: disk.menu('v1'), disk: view, plan, loader: 'same' });
    expect(classify(result, undefined, versions)).toBe('unmountable');
  });

  it('names the group, and a file of each version, when a group is mixed', () => {
    const disk = new SmallDisk();
    update(disk, '/usr/bin/desk-shell');
    const { because } = judge(disk, 'v1').verdict;
    expect(because.text).toContain('/usr/lib/libdesk.so is as in the old version');
    expect(because.text).toContain('/usr/bin/desk-shell is as in the new one');
    expect(because.text).toContain('group desktop');
    expect(because.text).toContain('so the machine starts');
  });
});

describe('a group that spans versions', () => {
  it('stops a machine whose start reads both, in the verdict, in words, and in the plain words', () => {
    const disk = new SmallDisk();
    update(disk, '/usr/lib/ld.so.2');
    const { outcome, verdict } = judge(disk, 'v1');
    expect(outcome).toBe('broken-mixed');
    expect(plainVerdict(outcome, verdict)).toBe('does not start');
    expect(verdict.because.text).toContain('it counts as not starting');
    expect(verdict.console).toEqual([]);
  });

  it('leaves a machine that starts without reading both damaged, and its data in reach', () => {
    const disk = new SmallDisk();
    update(disk, '/usr/bin/desk-shell');
    const { outcome, verdict } = judge(disk, 'v1');
    expect(plainVerdict(outcome, verdict)).toBe('starts, damaged');
    expect(verdict).toMatchObject({ starts: true, wayBack: { kind: 'command' } });
    expect(verdict.because.text).toContain('/usr/bin/desk-shell runs on files of two builds');
  });
});

describe('links at the root', () => {
  it('are files without which nothing starts', () => {
    const disk = new SmallDisk();
    const links = { rootLinks: [['/lib64', 'usr/lib']] as const };
    const plan = prepareCensus({ release, blobs: disk.blobs, ...versions, pathOf, ...links });
    const census = new Census(plan, new RootTree(disk.view, disk.entry().root), 'v1');
    expect(census.classify()).toMatchObject({ files: 'broken-torn', bootDamaged: 1 });
    expect(census.damaged()[0]?.path).toBe('/lib64');
  });
});

describe('a root whose paths carry the version', () => {
  const store = ({ path }: { readonly path: string }, _: unknown, version: string): string =>
    version === 'v1' ? path : `/gone${path}`;

  it('is judged by the files of its own version alone', () => {
    const disk = new SmallDisk();
    const plan = prepareCensus({ release, blobs: disk.blobs, ...versions, pathOf: store });
    const tree = new RootTree(disk.view, disk.entry().root);
    expect(new Census(plan, tree, 'v1').classify().files).toBe('old');
    expect(new Census(plan, tree, 'v2').classify().files).toBe('broken-torn');
  });
});

describe('a store in which versions lie side by side', () => {
  const store = ({ path }: { readonly path: string }, _: unknown, version: string): string =>
    `/store/${version}${path}`;

  it('does not count a file that the version of the root does not ship', () => {
    const disk = new SmallDisk();
    const plan = prepareCensus({ release, blobs: disk.blobs, ...versions, pathOf: store });
    const census = new Census(plan, new RootTree(disk.view, disk.entry().root), 'v2');
    expect(census.statusOf('/usr/lib/systemd/libshared-1.so')).toBe('not counted');
    expect(census.statusOf('/usr/lib/systemd/libshared-2.so')).toBe('missing');
  });
});

type Change = readonly [path: number, what: number];
const change: fc.Arbitrary<Change> = fc.tuple(fc.nat(), fc.nat({ max: 6 }));

function apply(disk: SmallDisk, [at, what]: Change): void {
  const path = disk.paths[at % disk.paths.length] ?? '/usr/bin/edit';
  const whole = [...filesOf('v1'), ...filesOf('v2')].find((file) => file.path === path);
  const damage = Object.values(damages)[what - 3];
  if (what === 0) disk.installFrom('v1', path);
  else if (what === 1) disk.installFrom('v2', path);
  else if (what === 2) disk.remove(path);
  else if (damage !== undefined && whole !== undefined) {
    disk.put(path, damage(disk.contentOf(whole)));
  } else disk.removeDirectory('/usr/lib/systemd');
}

describe('a census kept up to date', () => {
  it('equals a census from scratch after any changes', () => {
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 8 }), (rounds) => {
        const disk = new SmallDisk();
        const kept = censusOf(disk);
        kept.classify();
        for (const round of rounds) {
          for (const one of round) apply(disk, one);
          for (const cell of disk.takeChanges()) kept.changed('root', cell);
          const fresh = censusOf(disk);
          expect(kept.classify()).toEqual(fresh.classify());
          expect(kept.damaged()).toEqual(fresh.damaged());
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });

  it('gives the same outcome object until a file changes its state', () => {
    const disk = new SmallDisk();
    const census = censusOf(disk);
    const first = census.classify();
    census.changed('root', disk.state.table.nameCell(disk.state.root, 'usr'));
    expect(census.classify()).toBe(first);
    disk.remove('/usr/bin/edit');
    for (const cell of disk.takeChanges()) census.changed('root', cell);
    expect(census.classify()).not.toBe(first);
  });

  it('works on states that do not note their reads', () => {
    const disk = new SmallDisk();
    const plain = new FileSystemState(disk.state.table, disk.state.cells);
    const view = { volumes: new Map([['root', plain]]), blobs: disk.blobs };
    const plan = prepareCensus({ release, blobs: disk.blobs, ...versions, pathOf });
    const census = new Census(plan, new RootTree(view, disk.entry().root), 'v1');
    expect(census.classify().files).toBe('old');
    disk.put('/usr/bin/edit', emptyContent);
    census.changed('root', 0);
    expect(census.classify().files).toBe('degraded-torn');
  });

  it('leaves the reads that others are noting alone', () => {
    const disk = new SmallDisk();
    const census = censusOf(disk);
    const reads = new Set<number>();
    disk.state.reads = reads;
    census.classify();
    expect(disk.state.reads).toBe(reads);
    expect(reads.size).toBe(0);
  });
});

describe('what it takes to come back when nothing can be started', () => {
  const wayBack = (disk: SmallDisk): string => {
    const plan = prepareBoot({ release, blobs: disk.blobs, ...versions, pathOf });
    const result = boot({ menu: disk.menu(), disk: disk.view, plan, loader: 'same' });
    const outcome = classify(result, undefined, versions);
    const left = { census: censusOf(disk), kept: [], lost: ['The thesis'], passwords: true };
    return agreedVerdict(result, outcome, undefined, left).wayBack.how;
  };

  it('is a boot loader and an entry where the system is whole', () => {
    expect(wayBack(new SmallDisk())).toContain('put the boot loader and an entry for it back');
  });

  it('is a new installation where no file of the system is left', () => {
    const disk = new SmallDisk();
    for (const path of disk.paths) disk.remove(path);
    expect(wayBack(disk)).toContain('install again');
  });

  it.each(['/boot/vmlinuz-6.1.0', '/usr/lib/libc.so.6'])(
    'is no loader alone without %s',
    (path) => {
      const disk = new SmallDisk();
      disk.remove(path);
      expect(wayBack(disk)).toContain(`${path} is missing or damaged, so install again`);
    },
  );

  it('names what comes back from a backup only, and what does not need one', () => {
    const census = censusOf(new SmallDisk());
    const how = (kept: readonly string[], lost: readonly string[]): string =>
      wayFromNothing({ census, kept, lost, passwords: true }).how;
    expect(how(['The thesis'], [])).toContain('what people wrote is still there');
    expect(how([], ['The thesis'])).toContain('comes back from a backup only');
    expect(how(['Photos'], ['The thesis'])).toContain(
      'still there: Photos; from a backup only: The thesis',
    );
  });
});
