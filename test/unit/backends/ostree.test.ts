import { describe, expect, test } from 'vitest';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import type { Procedure, Process } from '../../../src/kernel/process.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { countsOf, recordedCounts, sum } from './calls.ts';
import { briefOf, TestMachine } from './machine.ts';

const recorded = { layout: 'single', staged: false, composefs: false };
const silverblue = {};

function machine(options: Record<string, string | boolean>): TestMachine {
  return new TestMachine(ostree, briefOf(ostree, options));
}

/** The recorded tree had no skeleton in its root: names directly in a deployment are left out, but for usr and etc. */
function isSkeleton({ path, effect }: Operation): boolean {
  const name = /\/deploy\/[0-9a-f]{64}\.\d\/([^/]+)$/.exec(path)?.[1];
  return effect.kind === 'link' && name !== undefined && name !== 'usr' && name !== 'etc';
}

describe('the calls of an update, against the recorded run of ostree 2022.7', () => {
  const target = machine(recorded);
  target.update();
  const made = countsOf(target.operations().filter((operation) => !isSkeleton(operation)));
  const real = recordedCounts('ostree');
  const unnamed = sum(real, 'tmpfile');

  const table: readonly (readonly [string, number, number])[] = [
    [
      'a file without a name that gets one is one creation',
      sum(made, 'create'),
      sum(real, 'create') + unnamed,
    ],
    ['links to files that had a name', sum(made, 'link'), sum(real, 'link') - unnamed + 2],
    ['write', sum(made, 'write'), sum(real, 'write')],
    ['mkdir', sum(made, 'mkdir'), sum(real, 'mkdir')],
    ['rename', sum(made, 'rename'), sum(real, 'rename')],
    ['unlink and rmdir', sum(made, 'unlink'), sum(real, 'unlink', 'rmdir')],
    ['fsync', sum(made, 'fsync'), sum(real, 'fsync')],
    ['fdatasync', sum(made, 'fdatasync'), sum(real, 'fdatasync')],
    ['symlink', sum(made, 'symlink'), sum(real, 'symlink')],
    ['freeze', sum(made, 'freeze'), sum(real, 'ioctl FIFREEZE')],
    ['immutable flag', sum(made, 'set-attributes'), sum(real, 'ioctl FS_IOC_SETFLAGS')],
  ];

  test.each(table)('%s: as often, within 5 %%', (_call, ours, theirs) => {
    expect(theirs).toBeGreaterThan(0);
    expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(theirs * 0.05);
  });

  test('everything is synced and /boot frozen before the loader link is renamed, and its directory synced after', () => {
    const operations = target.operations();
    const commit = operations.findIndex(
      ({ effect }) => effect.kind === 'rename' && effect.toName === 'loader',
    );
    const scopes = (from: number, to: number): readonly string[] =>
      operations
        .slice(from, to)
        .filter(({ volume }) => volume === 'root')
        .map(({ effect }) => (effect.kind === 'barrier' ? effect.scope : effect.kind));
    expect(scopes(commit - 4, commit)).toEqual(['syncfs', 'freeze', 'syncfs']);
    expect(scopes(commit + 1, commit + 2)).toEqual(['fsync-directory']);
    const stage = target.running.kernel.stages[operations[commit]?.stage ?? -1];
    expect(stage?.commitPoint).toBe(true);
  });
});

describe('which version starts', () => {
  test('at once, where deployments are not staged: the new one first, the former second', () => {
    const target = machine(recorded);
    target.update();
    expect(target.menu()).toEqual(['v2', 'v1']);
  });

  test('staged: the old one until a clean shutdown, then the new one', () => {
    const target = machine(silverblue);
    target.update();
    expect(target.menu()).toEqual(['v1']);
    target.running.shutDown();
    expect(target.menu()).toEqual(['v2', 'v1']);
  });

  test('staged, and the power goes instead: the update is forgotten, and running it again brings it', () => {
    const target = machine(silverblue);
    target.update();
    target.switchOn();
    target.running.shutDown();
    expect(target.menu()).toEqual(['v1']);
    target.switchOn();
    target.update();
    target.running.shutDown();
    expect(target.menu()).toEqual(['v2', 'v1']);
  });

  test.each([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])(
    'interrupted after %d of its time it is run again: the new version, whole',
    (share) => {
      const whole = machine(recorded);
      const before = whole.running.kernel.nowMicroseconds;
      whole.update();
      const length = whole.running.kernel.nowMicroseconds - before;
      const target = machine(recorded);
      target.update(Math.floor(length * share));
      expect(target.menu()[0]).toMatch(/^v[12]$/);
      target.switchOn();
      target.update();
      expect(target.menu()).toEqual(['v2', 'v1']);
      target.switchOn();
      expect(target.text('/usr/bin/cp')).toContain('v2');
      expect(target.errors()).toEqual([]);
    },
  );

  test.each([recorded, silverblue])('rollback exchanges the two: %j', (options) => {
    const target = machine(options);
    target.update();
    target.running.shutDown();
    target.switchOn();
    target.perform('rollback');
    expect(target.menu()).toEqual(['v1', 'v2']);
    target.switchOn();
    expect(target.text('/usr/bin/cp')).toContain('v1');
  });

  test('a deployment that is gone marks its entry', () => {
    const target = machine({ layout: 'single', staged: false });
    target.update();
    target.asRoot(function* (os) {
      yield* os.remount('/sysroot', false);
      const directory = '/sysroot/ostree/deploy/fedora/deploy';
      const running = (yield* os.stat('/')).inode;
      for (const name of yield* os.readdir(directory)) {
        const { inode } = yield* os.stat(`${directory}/${name}`);
        if (inode === running) yield* os.rename(`${directory}/${name}`, `${directory}/gone`);
      }
    });
    expect(target.menu()).toEqual(['v2', 'v1!']);
  });
});

describe('the three-way merge of /etc, as measured', () => {
  function updated(edit: (os: Process) => Procedure): TestMachine {
    const target = machine(silverblue);
    target.asRoot(edit);
    target.update();
    target.running.shutDown();
    target.switchOn();
    expect(target.errors()).toEqual([]);
    return target;
  }

  test.each([
    ['only the vendor changed: the new default', '/etc/desk.conf', 'desktop v2 /etc/desk.conf'],
    ['the user changed it before: the user wins', '/etc/app.conf', 'changed by its user\n'],
    ['both changed, now: the user wins', '/etc/issue', 'mine\n'],
    ['deleted here: stays deleted', '/etc/ssh/sshd_config', undefined],
    ['added here: stays', '/etc/mine/own.conf', 'own\n'],
    [
      'permissions alone: the old content is pinned',
      '/etc/fstab-default',
      'base-files both /etc/fstab-default',
    ],
  ])('%s', (_case, path, expected) => {
    const target = updated(function* (os) {
      yield* os.writeFile('/etc/issue', 'mine\n');
      yield* os.unlink('/etc/ssh/sshd_config');
      yield* os.mkdir('/etc/mine');
      yield* os.writeFile('/etc/mine/own.conf', 'own\n');
      yield* os.chmod('/etc/fstab-default', 0o600);
    });
    expect(target.menu()[0]).toBe('v2');
    expect(target.text(path)).toBe(expected);
  });

  test('a mere chmod pins the content of before', () => {
    const target = updated(function* (os) {
      yield* os.chmod('/etc/desk.conf', 0o600);
    });
    expect(target.text('/etc/desk.conf')).toBe('desktop v1 /etc/desk.conf');
  });

  test('edits between staging and shutdown are kept; those made on the new version are not in the old', () => {
    const target = machine(silverblue);
    target.update();
    target.asRoot((os) => os.writeFile('/etc/between', 'kept\n'));
    target.running.shutDown();
    target.switchOn();
    expect(target.text('/etc/between')).toBe('kept\n');
    target.asRoot((os) => os.writeFile('/etc/late', 'late\n'));
    target.perform('rollback');
    target.switchOn();
    expect(target.text('/etc/between')).toBe('kept\n');
    expect(target.text('/etc/late')).toBeUndefined();
  });
});

describe('what is protected', () => {
  function codeOf(target: TestMachine, body: (os: Process) => Procedure): string {
    const before = target.errors().length;
    target.asRoot(body);
    return /E[A-Z]+/.exec(target.errors()[before] ?? '')?.[0] ?? 'none';
  }

  test.each([
    [silverblue, '/usr/bin/cp', 'EROFS'],
    [silverblue, '/bin', 'EROFS'],
    [recorded, '/usr/bin/cp', 'EROFS'],
    [recorded, '/bin', 'EPERM'],
    [recorded, '/etc/issue', 'none'],
    [silverblue, '/etc/issue', 'none'],
    [silverblue, '/boot/loader', 'none'],
  ])('with %j, deleting %s gives %s', (options, path, expected) => {
    expect(codeOf(machine(options), (os) => os.unlink(path))).toBe(expected);
  });

  test('a file of /usr is its object and the file of every deployment that has it', () => {
    const target = machine(recorded);
    target.update();
    const places = new Set<number>();
    let names = 0;
    target.asRoot(function* (os) {
      const deployments = '/sysroot/ostree/deploy/fedora/deploy';
      for (const name of yield* os.readdir(deployments)) {
        if (name.endsWith('.origin')) continue;
        places.add((yield* os.stat(`${deployments}/${name}/usr/bin/ls`)).inode);
        names += 1;
      }
      const objects = '/sysroot/ostree/repo/objects';
      for (const shard of yield* os.readdir(objects)) {
        for (const name of yield* os.readdir(`${objects}/${shard}`)) {
          const { inode } = yield* os.stat(`${objects}/${shard}/${name}`);
          if (places.has(inode)) names += 1;
        }
      }
    });
    expect(places.size).toBe(1);
    expect(names).toBe(3);
  });
});
