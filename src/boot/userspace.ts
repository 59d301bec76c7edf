/** From init to the applications: every file that a stage needs, and the libraries behind it. */
import type { BootEntry } from '../model/boot-entry.ts';
import type { BootFailure } from '../model/boot-result.ts';
import { zeroBlob } from '../model/content.ts';
import {
  conditionAt,
  wordsOfCondition,
  type ExpectedFile,
  type ExpectedVersion,
  type FileCondition,
} from '../model/expected-file.ts';
import { wordsOfMixedGroup } from '../model/mixed-group.ts';
import { components, join, parentOf } from '../model/path.ts';
import type { BootNeed, VersionName } from '../model/release.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { BootStage, Reason } from '../model/verdict.ts';
import {
  initLines,
  initramfsMaker,
  programLines,
  sonameOf,
  type BrokenProgram,
} from './console-words.ts';
import { fileSystemTableStop } from './file-system-table.ts';
import { loginStop } from './login.ts';
import type { BootPlan } from './plan.ts';
import type { Stop } from './kernel.ts';
import { reason } from './sources.ts';

/** How far userspace comes. */
export interface UserspaceStart {
  readonly stop?: Stop;
  /** Applications that do not start; the machine does. */
  readonly degraded: readonly Reason[];
}

/** A file that keeps a stage from being reached. */
interface BrokenLink {
  readonly path: string;
  readonly condition: FileCondition;
  /** The library name under which a program asked for it, and that program. */
  readonly asked?: { readonly soname: string; readonly by: string };
}

/** The stage that was reached when one of these is not. */
export const stageBefore: { readonly [stage in BootNeed['stage']]: BootStage } = {
  init: 'root',
  services: 'init',
  login: 'services',
  applications: 'login',
};

/** What a stage is called when something keeps it from starting. */
export const wordsOfStage: { readonly [stage in BootNeed['stage']]: string } = {
  init: 'init, the first program,',
  services: 'the services',
  login: 'the login',
  applications: 'the applications',
};

/** What is at a path of a root, against what versions ship there: `conditionAt`, or somebody who remembers it. */
export type ConditionOf = (path: string, expected: readonly ExpectedVersion[]) => FileCondition;

/** Starts the root's programs in order; the first missing link ends it. */
export function startUserspace(
  plan: BootPlan,
  tree: RootTree,
  entry: BootEntry,
  conditionOf: ConditionOf = (path, expected) => conditionAt(tree, path, expected),
): UserspaceStart {
  const walk = new NeedWalk(plan, tree, entry, conditionOf);
  const needsOf = (...stages: readonly BootNeed['stage'][]): readonly BootNeed[] =>
    plan.needs.filter(({ stage }) => stages.includes(stage));
  const stop =
    firstBroken(needsOf('init'), walk) ??
    namedInit(walk) ??
    fileSystemTableStop(tree, entry) ??
    firstBroken(needsOf('services', 'login'), walk) ??
    walk.mismatch() ??
    loginStop(plan, tree, entry);
  if (stop !== undefined) return { stop, degraded: [] };
  const broken = needsOf('applications').flatMap((need) => firstBroken([need], walk) ?? []);
  return { degraded: broken.map(({ because }) => because) };
}

function firstBroken(needs: readonly BootNeed[], walk: NeedWalk): Stop | undefined {
  for (const need of needs) {
    const link = walk.follow(need.path);
    if (link !== undefined) return stopAt(need.stage, link, need, walk);
  }
  return undefined;
}

function namedInit(walk: NeedWalk): Stop | undefined {
  const broken = initLink(walk.tree, walk.entry.init);
  return broken === undefined ? undefined : stopAt('init', broken, undefined, walk);
}

/** The path that the entry names must lead to a program; on some systems that one is made, not shipped. */
function initLink(tree: RootTree, init: string): BrokenLink | undefined {
  const content = tree.file(init);
  if (content === undefined) return { path: init, condition: { state: 'absent' } };
  if (content.sizeBytes === 0) {
    return { path: init, condition: { state: 'damaged', damage: 'empty' } };
  }
  if (content.segments.some(({ blob }) => blob === zeroBlob)) {
    return { path: init, condition: { state: 'damaged', damage: 'zeros' } };
  }
  return undefined;
}

/** Follows needs through links and libraries; each file is looked at once per start. */
class NeedWalk {
  readonly entry: BootEntry;
  readonly tree: RootTree;
  readonly #plan: BootPlan;
  readonly #seen = new Map<string, BrokenLink | undefined>();
  readonly #conditionOf: ConditionOf;
  /** Lockstep group → version → a file of that version alone. */
  readonly #groups = new Map<string, Map<VersionName, string>>();

  constructor(plan: BootPlan, tree: RootTree, entry: BootEntry, conditionOf: ConditionOf) {
    this.#plan = plan;
    this.#conditionOf = conditionOf;
    this.tree = tree;
    this.entry = entry;
  }

  /** Path in this root of the file behind a canonical path. */
  pathOf(canonical: string): string {
    const versions = this.#plan.files.get(canonical)?.versions ?? [];
    const own = versions.find(({ version }) => version === this.entry.version) ?? versions[0];
    return own?.path ?? canonical;
  }

  /** What keeps /bin/sh from running: the shell of this release, whatever its file is called. */
  shell(): BrokenProgram | undefined {
    const known = ['/usr/bin/sh', '/usr/bin/dash', '/usr/bin/bash'];
    const path = known.find((one) => this.#plan.files.has(one));
    const link = path === undefined ? undefined : this.follow(path);
    return link === undefined ? undefined : { ...link, soname: link.asked?.soname };
  }

  /** The first link that is missing behind a canonical path, or undefined. */
  follow(canonical: string): BrokenLink | undefined {
    if (this.#seen.has(canonical)) return this.#seen.get(canonical);
    // Libraries may need one another in a circle; a file under way counts as found.
    this.#seen.set(canonical, undefined);
    const broken = this.#look(canonical);
    this.#seen.set(canonical, broken);
    return broken;
  }

  #look(canonical: string): BrokenLink | undefined {
    const expected = this.#plan.files.get(canonical);
    if (expected === undefined) return initLink(this.tree, canonical);
    const { path, condition, found } = this.#condition(expected);
    if (condition.state !== 'whole' || found === undefined) return { path, condition };
    this.#note(path, condition.versions, found);
    if (found.file.target !== undefined) return this.#throughLink(canonical, found.file.target);
    return this.#libraries(path, found);
  }

  /**
   * At the path of the entry's own version; where that version has no such file, wherever another one has it. Where each
   * version has paths of its own, as in a Nix store, the other one's file is not part of this root.
   */
  #condition(expected: ExpectedFile): {
    readonly path: string;
    readonly condition: FileCondition;
    readonly found?: ExpectedVersion | undefined;
  } {
    const own = expected.versions.filter(({ version }) => version === this.entry.version);
    const elsewhere = this.#plan.samePaths ? expected.versions : [];
    const paths = new Set((own.length > 0 ? own : elsewhere).map(({ path }) => path));
    let worst: { readonly path: string; readonly condition: FileCondition } | undefined;
    for (const path of paths) {
      const atPath = this.#plan.atPath.get(path) ?? expected.versions;
      const condition = this.#conditionOf(path, atPath);
      if (condition.state === 'whole') {
        return { path, condition, found: foundOf(condition.versions, atPath) };
      }
      worst ??= { path, condition };
    }
    return worst ?? { path: expected.canonical, condition: { state: 'absent' } };
  }

  #throughLink(canonical: string, target: string): BrokenLink | undefined {
    const next = resolve(parentOf(canonical), target);
    return this.#plan.files.has(next) ? this.follow(next) : undefined;
  }

  #libraries(by: string, found: ExpectedVersion): BrokenLink | undefined {
    for (const soname of found.file.needs ?? []) {
      // A library that no version of the release ships is outside of what is simulated.
      const candidates = this.#plan.libraries.get(soname);
      if (candidates === undefined) continue;
      const broken = this.#anyOf(candidates);
      if (broken === undefined) continue;
      return broken.asked === undefined ? { ...broken, asked: { soname, by } } : broken;
    }
    return undefined;
  }

  #anyOf(candidates: readonly ExpectedFile[]): BrokenLink | undefined {
    let first: BrokenLink | undefined;
    for (const candidate of candidates) {
      const broken = this.follow(candidate.canonical);
      if (broken === undefined) return undefined;
      if (first === undefined || first.condition.state === 'absent') first = broken;
    }
    return first;
  }

  #note(path: string, versions: readonly VersionName[], found: ExpectedVersion): void {
    const group = found.owner.lockstep;
    const [only, second] = versions;
    if (group === undefined || only === undefined || second !== undefined) return;
    const byVersion = this.#groups.get(group) ?? new Map<VersionName, string>();
    if (!byVersion.has(only)) byVersion.set(only, path);
    this.#groups.set(group, byVersion);
  }

  /** A group whose files the start has read in two versions so far. What follows then is up to the programs. */
  mismatch(): Stop | undefined {
    for (const [id, byVersion] of this.#groups) {
      const [first, second] = [...byVersion];
      if (first === undefined || second === undefined) continue;
      const { why } = this.#plan.groups.get(id) ?? {};
      const examples = `${first[1]} is of ${first[0]}, ${second[1]} of ${second[0]}`;
      return {
        reached: 'root',
        failure: { stage: 'init', kind: 'mismatch', path: second[1] },
        because: reason(wordsOfMixedGroup({ id, why, examples, inStart: true }), 'recordedClasses'),
        console: [],
      };
    }
    return undefined;
  }
}

function foundOf(
  versions: readonly VersionName[],
  expected: readonly ExpectedVersion[],
): ExpectedVersion | undefined {
  return expected.find(({ version }) => versions.includes(version));
}

/**
 * A name of all that a start takes from what is at a path: equal names lead to equal starts. Of a whole file that is
 * where it leads, which libraries it asks for, and which version it adds to a group that must match.
 */
export function startEffect(
  condition: FileCondition,
  expected: readonly ExpectedVersion[],
): string {
  if (condition.state === 'absent') return 'absent';
  if (condition.state === 'damaged') return condition.damage;
  const { versions } = condition;
  const found = foundOf(versions, expected);
  const group = versions.length === 1 ? found?.owner.lockstep : undefined;
  const added = group === undefined ? [] : [group, ...versions];
  return JSON.stringify([found?.file.target ?? '', found?.file.needs ?? [], ...added]);
}

/** An absolute or relative link target, seen from a directory; pure text, for canonical paths only. */
function resolve(directory: string, target: string): string {
  const parts: string[] = target.startsWith('/') ? [] : [...components(directory)];
  for (const part of components(target)) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return join('/', ...parts);
}

function stopAt(
  stage: BootNeed['stage'],
  link: BrokenLink,
  need: BootNeed | undefined,
  walk: NeedWalk,
): Stop {
  const failure: BootFailure = { stage, kind: 'damaged', path: link.path };
  const state = wordsOfCondition(link.condition);
  const { asked } = link;
  const text =
    asked === undefined
      ? `${link.path} ${state}, and ${wordsOfStage[stage]} cannot start without it.`
      : `${link.path} ${state}; ${asked.by} asks for the library ${asked.soname}, and ${wordsOfStage[stage]} cannot start without it.`;
  return {
    reached: stageBefore[stage],
    failure,
    because: reason(text, asked === undefined ? 'bootup' : 'dynamicLinker'),
    console: consoleOf(stage, link, need, walk),
  };
}

function consoleOf(
  stage: BootNeed['stage'],
  link: BrokenLink,
  need: BootNeed | undefined,
  walk: NeedWalk,
): readonly string[] {
  const { path, condition, asked } = link;
  const soname = asked?.soname ?? (stage === 'init' ? sonameOf(path) : undefined);
  const broken = { path, condition, soname };
  if (stage !== 'init') return programLines(walk.pathOf(need?.path ?? path), broken, need?.message);
  const { tree, entry } = walk;
  const maker = initramfsMaker(entry);
  return initLines({
    maker,
    program:
      need === undefined || sonameOf(need.path) !== undefined ? entry.init : walk.pathOf(need.path),
    broken,
    shell: walk.shell(),
    hasRelease: ['/etc/os-release', '/usr/lib/os-release'].some(
      (one) => tree.file(one) !== undefined,
    ),
  });
}
