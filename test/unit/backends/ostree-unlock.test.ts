/** A writable layer over /usr: who sees what is changed in it, and until when. */
import { describe, expect, test } from 'vitest';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import { removeTree } from '../../../src/backends/tool-calls.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import type { Unlocking } from '../../../src/model/scenario.ts';
import { briefOf, TestMachine } from './machine.ts';

const [shipped = ''] = (() => {
  const { release } = briefOf(ostree, {});
  const paths = release.packages.flatMap(({ versions }) =>
    (versions.v1?.files ?? [])
      .filter(({ path, target }) => path.startsWith('/usr/') && target === undefined)
      .map(({ path }) => path),
  );
  return paths;
})();

function unlocked(how: Unlocking, composefs: boolean): TestMachine {
  const target = new TestMachine(ostree, briefOf(ostree, { layout: 'fedora', composefs }));
  const work = target.running.work();
  const procedure = ostree.unlock?.(work, how);
  if (procedure !== undefined) target.running.perform(work.os, procedure);
  expect(target.errors()).toEqual([]);
  return target;
}

const place = (target: TestMachine, path: string): unknown => target.running.tree.walk(path);

/** One file replaced as editors do, one changed in place, one new, one deleted. */
function change(target: TestMachine): void {
  target.asRoot(function* (os) {
    yield* os.writeFile(`${shipped}.new`, 'fixed');
    yield* os.rename(`${shipped}.new`, shipped);
    yield* os.writeFile('/usr/bin/of-sam', 'own');
    yield* os.mkdir('/usr/share/of-sam');
    yield* os.writeFile('/usr/share/of-sam/notes', 'notes');
  });
  expect(target.errors()).toEqual([]);
}

describe.each([true, false])('composefs %s', (composefs) => {
  test('/usr refuses changes until it is unlocked', () => {
    const target = new TestMachine(ostree, briefOf(ostree, { layout: 'fedora', composefs }));
    target.asRoot((os) => os.writeFile('/usr/bin/of-sam', 'own'));
    expect(target.errors().join()).toContain('EROFS');
  });

  test('without --hotfix, changes are seen at once and are gone after a restart', () => {
    const target = unlocked('transient', composefs);
    const before = target.text(shipped);
    change(target);
    expect(target.text(shipped)).toBe('fixed');
    expect(target.text('/usr/share/of-sam/notes')).toBe('notes');
    target.restart();
    expect(target.text(shipped)).toBe(before);
    expect(place(target, '/usr/bin/of-sam')).toBeUndefined();
    expect(target.menu()).toEqual(['v1']);
  });

  test('a hotfix stays after a restart, beside a clone without it; an update starts without it, and going back finds it', () => {
    const target = unlocked('hotfix', composefs);
    const before = target.text(shipped);
    change(target);
    target.asRoot((os) => os.unlink('/usr/bin/of-sam'));
    target.restart();
    expect(target.text(shipped)).toBe('fixed');
    expect(place(target, '/usr/bin/of-sam')).toBeUndefined();
    expect(target.text('/usr/share/of-sam/notes')).toBe('notes');
    expect(target.menu()).toEqual(['v1', 'v1']);
    const roots = ostree
      .bootMenu(target.brief, target.running.disk)
      .entries.map(({ root }) => new RootTree(target.running.disk, root));
    expect(roots.map((root) => root.file('/usr/share/of-sam/notes') !== undefined)).toEqual([
      true,
      false,
    ]);
    target.update();
    target.restart();
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(place(target, '/usr/share/of-sam/notes')).toBeUndefined();
    target.perform('rollback');
    target.restart();
    expect(target.text(shipped)).toBe('fixed');
    expect(before).not.toBe('fixed');
  });

  test('the objects of the repository stay what they are, whatever is changed in the layer', () => {
    const target = unlocked('hotfix', composefs);
    target.asRoot((os) => os.writeFile(shipped, 'in place', { access: 'write', truncate: true }));
    expect(target.text(shipped)).toBe('in place');
    target.perform('verify');
    expect(target.errors()).toEqual([]);
  });
});

test('a file of the version that is deleted in the layer stays deleted after a restart, and is there in the clone', () => {
  const target = unlocked('hotfix', true);
  target.asRoot((os) => os.unlink(shipped));
  target.restart();
  expect(place(target, shipped)).toBeUndefined();
  const [, clone] = ostree.bootMenu(target.brief, target.running.disk).entries;
  expect(new RootTree(target.running.disk, clone?.root ?? []).file(shipped)).toBeDefined();
});

test('a directory made in the place of one that was removed shows nothing of it, also after a restart', () => {
  const target = unlocked('hotfix', true);
  const directory = shipped.slice(0, shipped.lastIndexOf('/'));
  const names = target.running.tree.list(directory);
  expect(names.length).toBeGreaterThan(0);
  target.asRoot(function* (os) {
    for (const name of names) yield* removeTree(os, `${directory}/${name}`);
    yield* os.rmdir(directory);
    yield* os.mkdir(directory);
    yield* os.writeFile(`${directory}/only`, 'only');
  });
  expect(target.errors()).toEqual([]);
  expect(target.running.tree.list(directory)).toEqual(['only']);
  target.restart();
  expect(target.running.tree.list(directory)).toEqual(['only']);
});

test('a deployment is unlocked once', () => {
  const target = unlocked('transient', true);
  const work = target.running.work();
  const procedure = ostree.unlock?.(work, 'hotfix');
  if (procedure !== undefined) target.running.perform(work.os, procedure);
  expect(target.errors()).toEqual(['error: Deployment is already in unlocked state: development']);
});
