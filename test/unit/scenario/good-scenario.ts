/** A short scenario without mistakes, which tests break in one place each. */

/** Ids of the systems that the tests know. */
export const systems = [
  'debian',
  'fedora-silverblue',
  'vanilla-os',
  'opensuse-microos',
  'nixos',
] as const;

/** Its lines are numbered from 1, as an editor does. */
export const goodScenario = `id: short
title: A short story
story: The power fails.
goal: To know.
tests: [safety-net-atomicity]
level: 1
data:
  - { id: thesis, kind: document, path: ~/thesis.txt, text: One }
variants:
  - { id: early, label: early, at: 10% }
steps:
  - write: { to: thesis, append: Two, how: editor }
  - update: v2
    label: the-update
  - fault: power-loss
    during: the-update
    at: 41%
  - reboot: forced
ask:
  - { id: starts, about: boot, text: Does it start?, choices: [starts, does-not-start], why: {} }
expect:
  - { on: [debian], boot: [old, half-updated], because: No commit point }
  - { on: all, data.thesis.content: [updated, reverted], because: The editor syncs }
teach: Look at the order of writes.
`;

/** The good scenario with a line replaced (or removed, when there is nothing in its place). */
export function withLine(number: number, text?: string): string {
  const lines = goodScenario.split('\n');
  lines.splice(number - 1, 1, ...(text === undefined ? [] : [text]));
  return lines.join('\n');
}
