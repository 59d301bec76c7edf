/**
 * Real layouts on which real tools deleted, tampered and merged, rebuilt and done again: a recording that says something
 * else must be told. That they agree is in conform.test.ts.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compareSurvival } from '../../src/engine/conform/survive/compare-survival.ts';

const directory = fileURLToPath(new URL('fixtures/survive/', import.meta.url));

function recordingOf(name: string): unknown {
  return JSON.parse(readFileSync(`${directory}${name}`, 'utf8'));
}

/** The recording with one thing changed that the command decides. */
function changed(name: string, from: string, to: string): unknown {
  return JSON.parse(JSON.stringify(recordingOf(name)).replace(from, to));
}

describe('a difference is told', () => {
  test.each([
    ['rm-ostree-rmroot.json', '"other-version":{"dirs":924,"dirs_left":924,"files":7005,"intact":7005}', '"other-version":{"files":7005,"intact":7004,"lost":1}', 'other-version: gone'],
    ['rm-mutable-rmguard.json', 'RM-START /usr/bin/rm -rf /', 'RM-START /usr/bin/rm -rf /*', 'os: gone'],
    ['rm-ab-rmuserhome.json', '"Permission denied":1', '"Permission denied":2', 'errors “Permission denied”'],
    ['tamper-ostree.json', 'labtool=EVIL-OTHER', 'labtool=labtool v1', 'ostree-1.conf: labtool'],
    ['config-merge.json', '"v2-after-update":"vendor2 640"', '"v2-after-update":"vendor1 640"', 'mutable v2-after-update user-mode.conf'],
    ['base-microos.json', 'hosts-user-lines=1', 'hosts-user-lines=7', 'snap1.conf: hosts-user-lines'],
  ])('in %s', (name, from, to, fact) => {
    const compared = compareSurvival(name, changed(name, from, to));
    expect(compared?.missing.some((sentence) => sentence.startsWith(fact))).toBe(true);
  });
});

describe('what is no recording of this kind', () => {
  test.each([
    ['a list', []],
    ['an update', { id: 'ostree', workload: { backend: 'ostree' }, outcomes: {} }],
    ['nothing', {}],
  ])('%s', (_name, recording) => {
    expect(compareSurvival('other', recording)).toBeUndefined();
  });

  test('an unknown layout is named', () => {
    const recording = { layout: 'plan9', log: [], kinds: {} };
    expect(compareSurvival('plan9', recording)?.missing).toEqual([
      'There is no rebuilt layout “plan9”.',
    ]);
  });
});
