import { describe, expect, test } from 'vitest';
import { ab } from '../../../src/backends/ab/ab.ts';
import {
  afterTry,
  attributesOf,
  attributeWords,
  startOrder,
  unbootable,
} from '../../../src/backends/ab/kernel-attributes.ts';
import { tableOn } from '../../../src/backends/ab/partition-table.ts';
import { slots } from '../../../src/backends/ab/slot.ts';
import type { BackendOptions } from '../../../src/model/system.ts';
import { machineBeforeUpdate, type TestMachine } from './machine.ts';

const machine = (options: BackendOptions = {}, isBad = false): TestMachine =>
  machineBeforeUpdate(ab, { tool: 'chromeos', ...options }, isBad);

function words(target: TestMachine): readonly string[] {
  const { A, B } = tableOn(target.running.disk);
  return [A, B];
}

function reason(target: TestMachine): string {
  return ab.bootMenu(target.brief, target.running.disk).entries[0]?.insteadOf?.text ?? '';
}

const good = 'priority=1 tries=0 successful=1';

describe('the rule of the firmware', () => {
  test.each([
    ['a success and nothing', good, attributeWords(unbootable), 'A'],
    ['a new one with tries', good, 'priority=2 tries=6 successful=0', 'BA'],
    ['a new one without tries', good, 'priority=2 tries=0 successful=0', 'A'],
    ['equal priorities', good, good, 'AB'],
    ['words that are none', 'torn', '', ''],
  ])('%s', (_label, A, B, order) => {
    expect(
      startOrder({ A, B })
        .map(({ letter }) => letter)
        .join(''),
    ).toBe(order);
  });

  test('a try is taken off before the start, the last one takes the priority with it', () => {
    const [slot] = slots;
    let attributes = attributesOf({ A: 'priority=2 tries=2 successful=0', B: '' }, slot);
    attributes = afterTry(attributes);
    expect(attributes).toEqual({ priority: 2, tries: 1, successful: false });
    expect(afterTry(attributes)).toEqual(unbootable);
  });

  test('a success is never given up', () => {
    const success = { priority: 1, tries: 0, successful: true };
    expect(afterTry(success)).toEqual(success);
  });
});

describe('an update', () => {
  test('marks its slot not bootable, writes it, and gives it priority and six tries last', () => {
    const target = machine();
    target.update();
    expect(target.errors()).toEqual([]);
    expect(words(target)).toEqual([good, 'priority=2 tries=6 successful=0']);
    const all = target.operations();
    const table = all.flatMap(({ effect, volume }, index) =>
      effect.kind === 'write-blocks' && volume === 'partition-table' ? [index] : [],
    );
    const image = all.findIndex(({ volume }) => volume === 'slot-b');
    const flushed = all.findLastIndex(({ volume }) => volume === 'slot-b');
    expect(table).toHaveLength(2);
    expect(table[0]).toBeLessThan(image);
    expect(table[1]).toBeGreaterThan(flushed);
  });

  test('that starts is marked a success, and the other slot stays one', () => {
    const target = machine();
    target.update();
    target.restart();
    expect(target.menu()).toEqual(['v2', 'v1']);
    expect(words(target)).toEqual([good, 'priority=2 tries=0 successful=1']);
  });

  test('that does not start goes back by itself after six tries, and is given up', () => {
    const target = machine({}, true);
    target.update();
    expect(target.menu()).toEqual(['v1']);
    expect(reason(target)).toContain('Slot B was started 6 times first');
    target.restart();
    expect(words(target)).toEqual([good, attributeWords(unbootable)]);
    expect(target.menu()).toEqual(['v1']);
    expect(reason(target)).toBe('');
  });

  test.each([0.02, 0.2, 0.4])(
    'cut after %d of its time leaves the old version alone, and is done when run again',
    (share) => {
      const whole = machine();
      const before = whole.running.kernel.nowMicroseconds;
      whole.update();
      const target = machine();
      target.update(Math.floor((whole.running.kernel.nowMicroseconds - before) * share));
      target.switchOn();
      expect(target.menu()).toEqual(['v1']);
      target.update();
      target.restart();
      expect(target.errors()).toEqual([]);
      expect(target.menu()).toEqual(['v2', 'v1']);
    },
  );

  test('with its attributes before its data, a cut leaves a slot that is tried, refused and given up', () => {
    const target = machine({ flag: 'before' });
    const whole = machine({ flag: 'before' });
    whole.update();
    const [first, second] = whole.running.kernel.stages;
    target.update((second?.startMicroseconds ?? 0) - (first?.startMicroseconds ?? 0) + 200);
    expect(words(target)[1]).toBe('priority=2 tries=6 successful=0');
    expect(target.menu()).toEqual(['v1']);
    expect(reason(target)).toContain('verified boot refuses');
  });

  test('waits for a restart before the next one', () => {
    const target = machine();
    target.update();
    const count = target.operations().length;
    target.update();
    expect(target.errors()).toEqual(['An update is waiting for a restart.']);
    expect(target.operations()).toHaveLength(count);
  });
});

test('nobody goes back by a command: it is said why, and nothing changes', () => {
  const target = machine();
  target.update();
  target.perform('rollback');
  expect(target.errors().join()).toContain('administrators');
  expect(target.menu()).toEqual(['v2', 'v1']);
});

test('the root cannot be written, /home and /var can', () => {
  const target = machine();
  target.asRoot(function* (os) {
    yield* os.writeFile('/home/sam/note', 'hello\n');
    yield* os.writeFile('/var/note', 'hello\n');
    yield* os.writeFile('/note', 'hello\n');
  });
  expect(target.errors()).toEqual(['EROFS: open /note']);
  expect(target.text('/home/sam/note')).toBe('hello\n');
});
