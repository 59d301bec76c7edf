import { describe, expect, test } from 'vitest';
import { nix } from '../../../src/backends/nix/nix.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { countsOf, recordedCounts, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

const recorded = { bootFilesystem: 'ext4' };

function machine(options: Record<string, string | boolean>): TestMachine {
  return new TestMachine(nix, briefOf(nix, options));
}

/** Path of cp of version 2 in the store. */
function newFile(target: TestMachine): string {
  const { brief } = target;
  const owner = brief.release.packages.find(({ name }) => name === 'coreutils');
  const file = owner?.versions.v2?.files.find(({ path }) => path === '/usr/bin/cp');
  if (owner === undefined || file === undefined) throw new Error('the release changed');
  return nix.pathOf(brief, file, owner, 'v2');
}

/**
 * The recorded laboratory kept modules at the top of the kernel's path and files at the top of etc; nixpkgs keeps
 * lib/modules/<release> and etc. Activation was not part of the recording.
 */
function isOutside(target: TestMachine, { path, stage, effect }: Operation): boolean {
  if (target.running.kernel.stages[stage]?.label === 'activate') return true;
  return (
    effect.kind === 'link' && /-linux-[^/]*\/lib(\/modules(\/[^/]+)?)?$|-etc-v2\/etc$/.test(path)
  );
}

describe('the calls of an update, against the recorded run of Nix 2.8', () => {
  const target = machine(recorded);
  target.update();
  const made = countsOf(target.operations().filter((operation) => !isOutside(target, operation)));
  const real = recordedCounts('nix');

  const table: readonly (readonly [string, number, number])[] = [
    [
      'create, also where the recording says open and truncate',
      sum(made, 'create'),
      sum(real, 'create', 'open+truncate'),
    ],
    ['write', sum(made, 'write'), sum(real, 'write')],
    ['mkdir', sum(made, 'mkdir'), sum(real, 'mkdir')],
    ['unlink', sum(made, 'unlink'), sum(real, 'unlink')],
    ['symlink', sum(made, 'symlink'), sum(real, 'symlink')],
    ['rename', sum(made, 'rename'), sum(real, 'rename')],
    ['fsync and fdatasync', sum(made, 'fsync', 'fdatasync'), sum(real, 'fsync', 'fdatasync')],
    ['ftruncate', sum(made, 'ftruncate'), sum(real, 'ftruncate')],
    ['syncfs', sum(made, 'syncfs'), sum(real, 'syncfs')],
  ];

  test.each(table)('%s: as often, within 5 %%', (_call, ours, theirs) => {
    expect(theirs).toBeGreaterThan(0);
    expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(theirs * 0.05);
  });

  test('no file of the store is synced before the default entry names it; the store is synced last', () => {
    const operations = target.operations();
    const files = new Set(
      operations.flatMap(({ effect, path }) =>
        effect.kind === 'link' && path.startsWith('/nix/store/') ? [effect.inode] : [],
      ),
    );
    const synced = operations.filter(
      ({ effect, volume }) =>
        effect.kind === 'barrier' && volume === 'root' && files.has(effect.inode),
    );
    expect(synced).toEqual([]);
    const commit = operations.findIndex(
      ({ effect }) => effect.kind === 'rename' && effect.toName === 'loader.conf',
    );
    const after = operations
      .slice(commit + 1)
      .flatMap(({ effect, volume }) =>
        effect.kind === 'barrier' ? [`${effect.scope} ${volume}`] : [],
      );
    expect(after).toEqual(['syncfs boot', 'syncfs root']);
  });
});

test('with fsync-store-paths the files of a path are synced before the database calls it valid', () => {
  const target = machine({ fsyncStorePaths: true });
  target.update();
  const operations = target.operations();
  const valid = operations.findIndex(
    ({ effect, path }) => effect.kind === 'write' && path.endsWith('db.sqlite-wal'),
  );
  const written = new Set(
    operations
      .slice(0, valid)
      .flatMap(({ effect, path }) =>
        effect.kind === 'write' && path.startsWith('/nix/store/') ? [effect.inode] : [],
      ),
  );
  const synced = new Set(
    operations
      .slice(0, valid)
      .flatMap(({ effect }) => (effect.kind === 'barrier' ? [effect.inode] : [])),
  );
  expect(written.size).toBeGreaterThan(0);
  expect([...written].filter((inode) => !synced.has(inode))).toEqual([]);
});

test.each([
  ['switch', 'v2', ['v2', 'v1'], 'v2'],
  ['boot', 'v1', ['v2', 'v1'], 'v2'],
  ['test', 'v2', ['v1'], 'v1'],
] as const)('nixos-rebuild %s: %s runs, the menu is %j, and %s runs after a restart', (...row) => {
  const [rebuild, running, menu, later] = row;
  const target = machine({ rebuild });
  target.update();
  expect(target.text('/etc/desk.conf')).toContain(running);
  expect(target.menu()).toEqual(menu);
  target.restart();
  expect(target.text('/etc/desk.conf')).toContain(later);
});

test('collecting garbage leaves a menu entry whose system is gone, until the next update', () => {
  const target = machine({});
  target.update();
  target.restart();
  expect(target.menu()).toEqual(['v2', 'v1']);
  target.perform('collectGarbage');
  expect(target.menu()).toEqual(['v2', 'v1!']);
  target.update();
  expect(target.menu()).toEqual(['v2']);
});

describe('which version starts', () => {
  const options = [
    {},
    recorded,
    { finalSync: false },
    { loader: 'grub', bootFilesystem: 'root' },
    { loader: 'grub', bootFilesystem: 'ext4' },
  ];

  test.each(options)(
    'the new one first, the former second; rollback exchanges them: %j',
    (option) => {
      const target = machine(option);
      expect(target.menu()).toEqual(['v1']);
      target.update();
      expect(target.menu()).toEqual(['v2', 'v1']);
      expect(target.text('/etc/desk.conf')).toContain('v2');
      target.perform('rollback');
      expect(target.menu()).toEqual(['v1', 'v2']);
      target.switchOn();
      expect(target.text('/etc/desk.conf')).toContain('v1');
      expect(target.errors()).toEqual([]);
    },
  );

  test.each([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])(
    'interrupted after %d of its time it is run again: the new version',
    (share) => {
      const whole = machine({});
      const before = whole.running.kernel.nowMicroseconds;
      whole.update();
      const target = machine({});
      target.update(Math.floor((whole.running.kernel.nowMicroseconds - before) * share));
      target.switchOn();
      expect(target.errors()).toEqual([]);
      target.update();
      expect(target.menu()).toEqual(['v2', 'v1']);
      expect(target.text(newFile(target))).toContain('v2');
    },
  );
});

describe('what the database vouches for', () => {
  function torn(): TestMachine {
    const target = machine({});
    target.update();
    target.perform('rollback');
    target.asRoot(function* (os) {
      yield* os.remount('/nix/store', false);
      yield* os.close(yield* os.open(newFile(target), { access: 'write', truncate: true }));
      yield* os.remount('/nix/store', true);
    });
    return target;
  }

  test('an empty file in a valid path stays empty when the update is run again', () => {
    const target = torn();
    target.update();
    expect(target.menu()[0]).toBe('v2');
    expect(target.text(newFile(target))).toBeUndefined();
  });

  test('verifying with contents and repairing brings it back', () => {
    const target = torn();
    target.perform('verify');
    expect(target.text(newFile(target))).toContain('v2');
  });

  test('a path that was written and not registered is written again', () => {
    const target = machine({});
    target.update(26_000);
    target.asRoot(function* (os) {
      yield* os.remount('/nix/store', false);
      for (const name of yield* os.readdir('/nix/store')) {
        if (name.endsWith('.lock')) yield* os.unlink(`/nix/store/${name}`);
      }
    });
    target.switchOn();
    target.update();
    expect(target.text(newFile(target))).toContain('v2');
  });
});

describe('/etc, as measured', () => {
  test.each([
    [
      'a file under a declared name is replaced at the next start',
      '/etc/issue',
      'base-files v1 /etc/issue',
    ],
    ['a file that nothing declares stays', '/etc/own.conf', 'own\n'],
    ['what was declared before the story stays', '/etc/app.conf', 'changed by its user\n'],
    ['deleted by hand: comes back', '/etc/ssh/sshd_config', 'sshd v1 /etc/ssh/sshd_config'],
  ])('%s', (_case, path, expected) => {
    const target = machine({});
    target.asRoot(function* (os) {
      yield* os.unlink('/etc/issue');
      yield* os.writeFile('/etc/issue', 'mine\n');
      yield* os.writeFile('/etc/own.conf', 'own\n');
      yield* os.unlink('/etc/ssh/sshd_config');
    });
    target.switchOn();
    expect(target.text(path)).toBe(expected);
  });

  test('writing through a link into the store is refused', () => {
    const target = machine({});
    target.asRoot((os) => os.writeFile('/etc/issue', 'mine\n'));
    expect(target.errors().join()).toContain('EROFS');
  });

  test('after all of /etc is gone, a start makes it again from the store', () => {
    const target = machine({});
    target.asRoot(function* (os) {
      for (const name of ['issue', 'app.conf', 'passwd', 'static']) {
        yield* os.unlink(`/etc/${name}`);
      }
    });
    target.switchOn();
    expect(target.text('/etc/passwd')).toContain('sam');
    expect(target.text('/etc/app.conf')).toBe('changed by its user\n');
  });
});
