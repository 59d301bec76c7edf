/** greenboot-rs on OSTree: what it writes for the next start, and what GRUB makes of it. */
import { expect, test } from 'vitest';
import { ostree } from '../../../src/backends/ostree/ostree.ts';
import { boot, prepareBoot } from '../../../src/boot/boot.ts';
import type { BootResult } from '../../../src/model/boot-result.ts';
import { briefOf, TestMachine } from './machine.ts';

const environment = '/boot/grub2/grubenv';

function updatedMachine(startChecks: string): TestMachine {
  const target = new TestMachine(ostree, briefOf(ostree, { layout: 'fedora', startChecks }));
  target.update();
  target.running.shutDown();
  return target;
}

function started(target: TestMachine): BootResult {
  const { brief, running } = target;
  const plan = prepareBoot({
    release: brief.release,
    blobs: brief.blobs,
    before: 'v1',
    after: 'v2',
    pathOf: (file, owner, version) => ostree.pathOf(brief, file, owner, version),
  });
  const menu = ostree.bootMenu(brief, running.disk);
  return boot({ menu, disk: running.disk, plan, loader: 'same' });
}

test('before the switch the update is named, and GRUB may take the second entry', () => {
  const target = updatedMachine('as-shipped');
  expect(target.text(environment)).toMatch(/greenboot_next_deployment_id=[0-9a-f]{64}\n/);
  expect(target.text(environment)).toContain('fallback=1\n');
  const [first] = target
    .operations()
    .filter(({ path, effect }) => path === environment && effect.kind === 'truncate');
  const later = target.operations().find(({ path }) => path === '/boot/loader.tmp');
  expect(first?.index).toBeLessThan(later?.index ?? 0);
});

test('a start that comes up clears both, and notes success', () => {
  const target = updatedMachine('as-shipped');
  target.switchOn();
  expect(target.text(environment)).toBe('# GRUB Environment Block\nboot_success=1\n');
});

test('a kernel that GRUB cannot load: the second entry starts by itself, and becomes the first', () => {
  const target = updatedMachine('as-shipped');
  const [entry] = ostree.bootMenu(target.brief, target.running.disk).entries;
  const path = entry?.kernel.path ?? '';
  target.asRoot((os) => os.unlink(`/boot${path}`));
  const result = started(target);
  expect(result).toMatchObject({ wentBackAt: 'kernel', verdict: { starts: true, version: 'v1' } });
  expect(result.verdict.because.text).toContain('fallback=1');
});

test('without greenboot-rs the same start fails, and the environment block is left alone', () => {
  const target = updatedMachine('none');
  const [entry] = ostree.bootMenu(target.brief, target.running.disk).entries;
  target.asRoot((os) => os.unlink(`/boot${entry?.kernel.path ?? ''}`));
  expect(started(target)).toMatchObject({ verdict: { starts: false } });
  expect(target.operations().filter(({ path }) => path === environment)).toEqual([]);
});
