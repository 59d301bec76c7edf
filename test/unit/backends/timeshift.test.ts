import { describe, expect, test } from 'vitest';
import { mutable } from '../../../src/backends/mutable/mutable.ts';
import { briefOf, TestMachine } from './machine.ts';

const document = {
  id: 'thesis',
  kind: 'document',
  path: '/home/sam/thesis.txt',
  text: 'one\n',
} as const;
const records = {
  id: 'records',
  kind: 'service-data',
  path: '/var/lib/app/db',
  text: 'one\n',
} as const;

function machine(): TestMachine {
  const brief = briefOf(mutable, { snapshots: 'timeshift-rsync' }, [document, records]);
  return new TestMachine(mutable, { ...brief, release: { ...brief.release, size: 'classroom' } });
}

const snapshots = (target: TestMachine): readonly string[] =>
  target.running.tree.list('/timeshift/snapshots');

function older(target: TestMachine): string {
  return mutable.bootMenu(target.brief, target.running.disk).olderByCopy?.text ?? '';
}

describe('a snapshot of Timeshift', () => {
  test('is taken before an update, and holds the system of before, /var and /etc, but no document', () => {
    const target = machine();
    target.update();
    expect(target.errors()).toEqual([]);
    const name = snapshots(target).at(-1) ?? '';
    const inside = (path: string) => target.text(`/timeshift/snapshots/${name}/localhost${path}`);
    expect(snapshots(target)).toHaveLength(2);
    expect(inside('/usr/lib/libc.so.6')).toContain('v1');
    expect(target.text('/usr/lib/libc.so.6')).toContain('v2');
    expect(inside(records.path)).toBe('one\n');
    expect(inside('/etc/app.conf')).toBe('changed by its user\n');
    expect(inside(document.path)).toBeUndefined();
    expect(older(target)).toContain('2 snapshots');
  });

  test('shares every file that has not changed with the one before, and copies none', () => {
    const target = machine();
    target.update();
    const [one, two] = snapshots(target).map((name) =>
      target.running.tree.walk(`/timeshift/snapshots/${name}/localhost/usr/lib/libc.so.6`),
    );
    expect(one).toBeDefined();
    expect(two).toEqual(one);
    const copied = target
      .operations()
      .filter(({ effect, path }) => effect.kind === 'write' && path.startsWith('/timeshift/'));
    expect(copied.map(({ path }) => path.split('/').at(-1))).toEqual(['info.json']);
  });

  test('copied back brings the old system, configuration and records; a document stays as it is', () => {
    const target = machine();
    target.update();
    target.asRoot(function* (os) {
      for (const path of [document.path, records.path, '/etc/app.conf']) {
        yield* os.writeFile(path, 'two\n');
      }
    });
    target.perform('rollback');
    expect(target.errors()).toEqual([]);
    expect(target.text('/usr/lib/libc.so.6')).toContain('v1');
    expect(target.text(records.path)).toBe('one\n');
    expect(target.text('/etc/app.conf')).toBe('changed by its user\n');
    expect(target.text(document.path)).toBe('two\n');
    expect(target.menu()).toEqual(['v1']);
    expect(snapshots(target)).toHaveLength(2);
  });

  test('that was not finished does not count', () => {
    const target = machine();
    target.asRoot(function* (os) {
      yield* os.mkdir('/timeshift/snapshots/2026-01-02_10-00-00');
      yield* os.mkdir('/timeshift/snapshots/2026-01-02_10-00-00/localhost');
    });
    expect(older(target)).toContain('a snapshot on this disk');
    target.perform('rollback');
    expect(target.text('/usr/lib/libc.so.6')).toContain('v1');
  });

  test('goes with the file system that it lies on', () => {
    const target = machine();
    target.asRoot(function* (os) {
      for (const name of yield* os.readdir('/timeshift/snapshots')) {
        yield* os.unlink(`/timeshift/snapshots/${name}/info.json`);
      }
    });
    expect(older(target)).toContain('No snapshot of Timeshift is on the disk');
    target.perform('rollback');
    expect(target.errors()).toEqual(['E: No snapshots found']);
    expect(target.text('/usr/lib/libc.so.6')).toContain('v1');
  });
});
