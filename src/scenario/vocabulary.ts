/** The words of the language, and what each means: the tables behind schema, messages and reference. */
import type { ContentFate, Fates } from '../model/fate.ts';
import type { VersionName } from '../model/release.ts';
import type { SavePattern } from '../model/scenario.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import { outcomeClasses } from '../model/verdict.ts';

/** Every verb, and whether the laboratory can perform it. One step has exactly one. */
export const verbs = {
  run: 'simulated',
  write: 'simulated',
  update: 'simulated',
  change: 'simulated',
  rollback: 'simulated',
  reboot: 'simulated',
  wait: 'simulated',
  fault: 'simulated',
  attack: 'simulated',
  repeat: 'simulated',
  measure: 'simulated',
} as const;

/** Keys beside a verb, and whether the laboratory heeds them. */
export const modifiers = {
  as: 'simulated',
  on: 'simulated',
  at: 'simulated',
  during: 'simulated',
  by: 'simulated',
  file: 'simulated',
  place: 'simulated',
  release: 'simulated',
  seed: 'simulated',
  note: 'simulated',
  label: 'simulated',
  search: 'simulated',
} as const;

/** Beliefs that scenarios put to the test, by id: the claims of an article of 2023 about immutable systems. */
export const misconceptions = {
  'nothing-can-be-changed': 'Immutable means that nothing can be changed.',
  'all-immutable-alike': 'All immutable systems work alike.',
  'safety-net-atomicity': 'Only immutable systems are atomic and can roll back.',
  'immutable-is-secure': 'Immutable means secure and proof against malware.',
  'personal-data-is-safer': 'My personal data is safer.',
  'rollback-restores-everything': 'A rollback restores everything.',
  'reboot-for-every-change': 'You must reboot for every change.',
  'cannot-install-or-configure': 'You cannot install packages or configure the system.',
  'never-breaks': 'It never breaks and needs no care.',
  'no-drift': 'Nothing drifts: everyone has the same system.',
  'read-only-root-stops-rm': 'A read-only root protects from rm -rf /.',
  'uses-much-more-disk': 'It uses much more disk.',
} as const;

/** Faults that strike while another step is under way. */
export const strikingFaults = [
  'power-loss',
  'interrupt',
  'disk-full',
  'lying-drive',
  'drop-barrier',
  'bad-release',
] as const;

/** Faults that are steps of their own. */
export const restingFaults = ['bit-flip', 'typo', 'theft'] as const;

/** Every fault. */
export const faultNames = [...strikingFaults, ...restingFaults];

/** What can be cleaned. */
export const cleanable = ['generations'] as const;

/** What can be reset. */
export const resettable = ['factory'] as const;

/** Which version can be marked to be kept. */
export const pinnable = ['running'] as const;

/** Releases that are bad on purpose. */
export const badReleases = ['v2-broken-kernel', 'v2-no-display-manager'] as const;

/** Versions that an update can lead to. */
export const versionNames = [
  'v1',
  'v2',
  'v2-no-display-manager',
  'v2-broken-kernel',
] as const satisfies readonly VersionName[];

/**
 * How a file is saved: the four patterns by name, and the habit of a kind of program. `editor`: write a temporary
 * file, fsync it, rename it over the old one, as recorded in conformance/runs/app-saves-ext4.json under
 * `temp-fsync-rename`; `shell`: a redirection opens with O_TRUNC and writes; `log`: open for appending and write.
 */
export const saveWords: { readonly [word: string]: SavePattern } = {
  editor: 'temp-fsync-rename',
  shell: 'truncate-write',
  log: 'append',
  'truncate-write': 'truncate-write',
  'temp-rename': 'temp-rename',
  'temp-fsync-rename': 'temp-fsync-rename',
  append: 'append',
};

const classWords = Object.fromEntries(outcomeClasses.map((name) => [name, [name]]));

/**
 * Words for what becomes of a machine: the eight classes of the recordings, and the words of the page, each of which
 * stands for several classes. `broken-mixed` counts as half updated and as not starting: which of the two it is
 * depends on the group of files that does not match.
 */
export const outcomeWords: { readonly [word: string]: readonly OutcomeClass[] } = {
  ...classWords,
  starts: ['new', 'old', 'mixed-ok', 'degraded-torn'],
  'half-updated': ['mixed-ok', 'broken-mixed'],
  damaged: ['degraded-torn'],
  'does-not-start': ['broken-mixed', 'broken-torn', 'broken-noboot', 'unmountable'],
};

const contentFates = [
  'intact',
  'updated',
  'reverted',
  'mixed',
  'torn',
  'lost',
] as const satisfies readonly ContentFate[];

/** Said of the content of data that a machine never had; see `none` of a fate. */
export const neverThere = 'none';

/** Axes of a fate, and the values on each; `none` is said of data that the machine never had. */
export const fateWords = {
  content: [...contentFates, neverThere],
  reach: ['open', 'locked away'],
  secrecy: ['safe', 'leaked'],
  author: ['owner', 'tampered'],
} as const satisfies {
  readonly [axis in keyof Fates]: readonly (Fates[axis] | typeof neverThere)[];
};

/** An axis by its name, as a key such as `data.thesis.content` ends. */
export function isAxis(word: string): word is keyof Fates {
  return Object.hasOwn(fateWords, word);
}

/** Whether a word of one of the tables names something that the laboratory can do. */
export function isPlanned(table: { readonly [word: string]: string }, word: string): boolean {
  return Object.hasOwn(table, word) && table[word] === 'planned';
}
