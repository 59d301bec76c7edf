/** Start and files put together: the class of one disk, and a verdict that agrees with it. */
import type { BootResult } from '../model/boot-result.ts';
import type { VolumeId } from '../model/device.ts';
import { wordsOfMixedGroup } from '../model/mixed-group.ts';
import type { VersionName } from '../model/release.ts';
import type { BootVerdict, OutcomeClass, Reason, WayBack } from '../model/verdict.ts';
import type { Census, CensusOutcome } from './census.ts';
import { wayFromNothing, type WhatIsLeft } from './what-is-left.ts';

/** The two versions between which a disk is judged. */
export interface VersionPair {
  readonly before: VersionName;
  readonly after: VersionName;
}

/**
 * The class of one disk. `files` is what the census of the root of the tried entry says; leave it out when the entry
 * has no root that could be walked (none, unmountable, or an image). `unmountable` names volumes of the machine that
 * refuse to mount: a start that fails then fails because of them.
 */
export function classify(
  boot: BootResult,
  files: CensusOutcome | undefined,
  versions: VersionPair,
  unmountable: readonly VolumeId[] = [],
): OutcomeClass {
  const { failure } = boot;
  if (failure?.kind === 'unmountable') return 'unmountable';
  if (failure !== undefined && unmountable.length > 0) return 'unmountable';
  if (failure?.kind === 'no entry' || failure?.kind === 'no root') return 'broken-noboot';
  const known = files?.files;
  if (known === 'broken-mixed' || known === 'broken-torn') return known;
  if (failure?.kind === 'no login') return 'degraded-torn';
  if (failure !== undefined) return failure.kind === 'mismatch' ? 'broken-mixed' : 'broken-torn';
  if (known === 'degraded-torn' || boot.degraded.length > 0) return 'degraded-torn';
  if (files !== undefined && modulesDamaged(boot, files) > 0) return 'degraded-torn';
  if (known === 'mixed-ok') return known;
  return wholeClass(boot, known, versions);
}

function modulesDamaged(boot: BootResult, files: CensusOutcome): number {
  const numbers = boot.kernelVersions.map((version) => files.modulesDamaged.get(version) ?? 0);
  return numbers.length === 0 ? 0 : Math.min(...numbers);
}

/** The kernel that starts counts like a file: all files of one version under the other's kernel are a mixture. */
function wholeClass(
  boot: BootResult,
  files: 'old' | 'new' | 'same' | undefined,
  { before, after }: VersionPair,
): OutcomeClass {
  const image = boot.imageVersions;
  const older = (versions: readonly VersionName[]): boolean => versions.includes(before);
  const newer = (versions: readonly VersionName[]): boolean => versions.includes(after);
  const pointer = image ?? boot.kernelVersions;
  const either = older(pointer) && newer(pointer);
  if (files === 'old') return older(pointer) ? 'old' : 'mixed-ok';
  if (files === 'new') return newer(pointer) ? 'new' : 'mixed-ok';
  if (either) return before !== after && boot.entry?.version === after ? 'new' : 'old';
  return newer(pointer) ? 'new' : 'old';
}

/**
 * The verdict that goes with a class. Boot follows what a start reads; the census also sees files that the start needs
 * without reading them in the simulation, and groups that must match. Where it sees worse, the verdict says so. `left` is
 * for a disk on which nothing can be started: what it still holds decides what it takes to come back.
 */
export function agreedVerdict(
  boot: BootResult,
  outcome: OutcomeClass,
  census: Census | undefined,
  left?: WhatIsLeft,
): BootVerdict {
  const { verdict } = boot;
  if (boot.entry === undefined && left !== undefined) {
    return { ...verdict, wayBack: wayFromNothing(left) };
  }
  if (!verdict.starts || census === undefined) return verdict;
  switch (outcome) {
    case 'broken-mixed':
      return { ...verdict, ...mixedVerdict(census) };
    case 'broken-torn':
      return { ...verdict, ...tornVerdict(boot, census) };
    case 'degraded-torn':
      return { ...verdict, ...degradedVerdict(boot, census) };
    case 'mixed-ok':
      return { ...verdict, because: halfUpdated(boot, census), wayBack: finishUpdate };
    default:
      return verdict;
  }
}

type Correction = Partial<BootVerdict>;

/** The start reads no mixed group here, or boot would have stopped at it: the machine starts, and something is damaged. */
function mixedVerdict(census: Census): Correction {
  const [group] = census.classify().mixedGroups;
  if (group === undefined) return {};
  return { because: mixedReason(census, group, false), wayBack: mendByUpdate };
}

/** Why a mixed group is no sound system: which files of which version, and whether the start itself reads both. */
export function mixedReason(census: Census, group: string, inStart?: boolean): Reason {
  const { words, programs } = census.examplesOf(group);
  const { why } = census.groups.get(group) ?? {};
  return {
    text: wordsOfMixedGroup({ id: group, why, examples: words, inStart, programs }),
    source:
      'every file of this root, against the release; recorded run mutable-dpkg, outcome class broken-mixed',
  };
}

function tornVerdict(boot: BootResult, census: Census): Correction {
  const [first] = census.damaged();
  if (first === undefined) return {};
  const { path, state, file } = first;
  return {
    starts: false,
    reached: 'init',
    because: {
      text: `${path} ${wordsOfState(state)}; it belongs to ${file.package}, which the start needs.`,
      source: 'recorded runs, outcome class broken-torn',
    },
    console: [],
    wayBack: wayFromDamage(boot, 'install the packages of the damaged files again from there'),
  };
}

function degradedVerdict(boot: BootResult, census: Census): Correction {
  const [first] = [...census.damaged(), ...census.damaged('module')];
  const wayBack: WayBack = {
    kind: 'command',
    how: 'Install the packages of the damaged files again. Running the update again is no cure where the database already calls them installed.',
  };
  if (first === undefined || boot.degraded.length > 0) return { wayBack };
  const { counts } = census.classify();
  const more = counts.torn + counts.missing - 1;
  const others = more > 0 ? `, and ${String(more)} other files are damaged` : '';
  return {
    because: {
      text: `It starts, but ${first.path} ${wordsOfState(first.state)}${others} (package ${first.file.package}).`,
      source: 'every file of this root, against the release',
    },
    wayBack,
  };
}

function halfUpdated(boot: BootResult, census: Census): Reason {
  const { counts } = census.classify();
  const kernel =
    boot.kernelVersion === undefined ? '' : ` under the kernel of ${boot.kernelVersion}`;
  return {
    text: `${String(counts.old)} files are as in the old version, ${String(counts.new)} as in the new one${kernel}; every group that must match does.`,
    source: 'recorded run mutable-dpkg, outcome class mixed-ok',
  };
}

const mendByUpdate: WayBack = {
  kind: 'command',
  how: 'Run the update again; a package that the database already calls installed is installed again by name.',
};

const finishUpdate: WayBack = {
  kind: 'command',
  how: 'Run the update again: it installs what the package database lacks.',
};

function wayFromDamage(boot: BootResult, how: string): WayBack {
  if (boot.otherRootWhole) return boot.wayToOther;
  return { kind: 'rescue medium', how: `Start a rescue medium: ${how}.` };
}

function wordsOfState(state: string): string {
  switch (state) {
    case 'missing':
      return 'is missing';
    case 'empty':
      return 'is empty';
    case 'zeros':
      return 'holds nothing but zeros';
    case 'cut':
      return 'is cut short';
    case 'partly zeros':
      return 'holds zeros in place of some of its bytes';
    default:
      return 'is not what any version ships';
  }
}
