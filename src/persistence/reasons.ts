/**
 * Why a path holds what it holds after a power cut: the chain of operations that concern it, what became of each, and
 * by which rule. Every policy and every page asks here, so that the same disk has the same reasons everywhere.
 */
import type { Inode } from '../model/cell-table.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import type { Effect, Operation } from '../model/operation.ts';
import { wholeState, type DiskHistory } from './disk-history.ts';
import { callText } from './call-text.ts';
import { doubtOf, doubtRule } from './doubt.ts';
import { isLengthIdle } from './micro-facts.ts';
import { barrierRule, fateText, ruleOf } from './rule-of.ts';
import { ruleSentence, ruleSources, secondsText, type RuleId } from './rules.ts';

/** One link of the chain. */
export interface CrashReason {
  /** What became of the operation and why, in whole sentences. */
  readonly text: string;
  readonly rule: RuleId;
  /** Addresses and recordings that say so; at least one. */
  readonly sources: readonly string[];
  /** The operation concerned; absent where no operation concerns the path. */
  readonly operation?: {
    /** Place in the window of operations. */
    readonly index: number;
    readonly call: string;
    readonly path: string;
    readonly startMicroseconds: number;
  };
}

/** The chain for a path, oldest operation first. Never empty, and every link has a source. */
export function reasonsFor(history: DiskHistory, path: string): readonly CrashReason[] {
  const { root } = history.state;
  return [...chainOf(history, new Concern(history, root, path)), ...doubts(history, root, path)];
}

/** The same for a name in a directory, whose path from the root of the file system need not be known. */
export function reasonsForName(
  history: DiskHistory,
  directory: Inode,
  name: string,
): readonly CrashReason[] {
  return [
    ...chainOf(history, new Concern(history, directory, name)),
    ...doubts(history, directory, name),
  ];
}

function chainOf(history: DiskHistory, concern: Concern): readonly CrashReason[] {
  const { compiled, duties } = history;
  const chain: CrashReason[] = [];
  compiled.operations.forEach((operation, index) => {
    if (!concern.isOf(operation.effect)) return;
    const wasCalled = index < duties.moment.issued;
    const found: readonly Decision[] = wasCalled
      ? rulesOf(history, operation, index)
      : [['not-called', '']];
    for (const [rule, fate] of found) chain.push(link(history, operation, index, rule, fate));
  });
  if (chain.length > 0) return chain;
  const { profile } = compiled;
  const id = profile.metadataOrder === 'nowhere' ? 'memory-only' : 'untouched';
  return [{ text: ruleSentence(id, profile), rule: id, sources: ruleSources(id, profile) }];
}

/** Where no journal ties a name to what it stands for, it may also show something else; the first doubt on the way. */
function doubts(history: DiskHistory, start: Inode, path: string): readonly CrashReason[] {
  const { state, compiled } = history;
  const { profile } = compiled;
  let directory = start;
  for (const name of namesOf(path)) {
    const inode = state.lookup(directory, name);
    if (inode === 0 || state.attributes(inode) === undefined) return [];
    const words = doubtOf(history, directory, name, inode)?.words ?? [];
    const found = new Set(words.map((word) => doubtRule(profile, word)));
    if (found.size > 0) {
      return [...found].map((rule) => ({
        text: `${name} may also be found otherwise. ${ruleSentence(rule, profile)}`,
        rule,
        sources: ruleSources(rule, profile),
      }));
    }
    directory = inode;
  }
  return [];
}

/** When a change that is not there, or not in full, would have been there for certain. */
function certainText(history: DiskHistory, index: number): string {
  const { compiled, clock } = history;
  const { operations, microStart } = compiled;
  const certain = clock?.ofOperation(index)?.certainMicroseconds ?? Infinity;
  const start = operations[index]?.startMicroseconds ?? 0;
  let isWhole = true;
  for (let micro = microStart[index] ?? 0; micro < (microStart[index + 1] ?? 0); micro++) {
    if (!isToldElsewhere(history, micro)) isWhole &&= history.fateOf(micro) === 'there';
  }
  if (isWhole || certain === Infinity) return '';
  const wait = certain - start < 100_000 ? 'A moment' : secondsText(certain - start);
  return ` ${wait} after this call it would have been there for certain.`;
}

function link(
  history: DiskHistory,
  operation: Operation,
  index: number,
  rule: RuleId,
  fate: string,
): CrashReason {
  const { compiled } = history;
  const { profile } = compiled;
  const call = callText(compiled, operation.effect, operation.path);
  const sentence = ruleSentence(rule, profile);
  const { startMicroseconds, path } = operation;
  const later = certainText(history, index);
  return {
    text: `${call}: ${fate === '' ? '' : `${fate} `}${sentence}${later}`,
    rule,
    sources: ruleSources(rule, profile),
    operation: { index, call, path, startMicroseconds },
  };
}

/** The data of new blocks is told with its attach, and so is a length that comes with it. */
function isToldElsewhere(history: DiskHistory, micro: number): boolean {
  const { compiled } = history;
  if (compiled.steps[micro]?.kind === 'data') return true;
  return isLengthIdle(compiled, micro, (other) => history.fateOf(other));
}

/** A rule, and what it did to an operation, as a sentence or nothing. */
type Decision = readonly [rule: RuleId, fate: string];

/** The rules that decided on an operation, each once. */
function rulesOf(history: DiskHistory, { effect }: Operation, index: number): readonly Decision[] {
  const { compiled, duties } = history;
  if (effect.kind === 'barrier') {
    const returned = index < duties.moment.completed;
    const fate = returned ? 'It had returned.' : 'It had not returned yet.';
    return [[barrierRule(history, effect), fate]];
  }
  if (effect.kind === 'start-writeback' && effect.because === 'close-device') {
    return [['close-sends-without-flush', '']];
  }
  const found = new Map<RuleId, string>();
  const end = compiled.microStart[index + 1] ?? 0;
  for (let micro = compiled.microStart[index] ?? 0; micro < end; micro++) {
    if (isToldElsewhere(history, micro)) continue;
    const fate = history.fateOf(micro);
    const rule = ruleOf(history, micro, fate);
    if (!found.has(rule)) found.set(rule, fateText(fate));
  }
  return found.size > 0 ? [...found] : [['writeback-starts-early', '']];
}

const namesOf = (path: string): readonly string[] =>
  (path.split('#', 1)[0] ?? '').split('/').filter((name) => name !== '');

/** Which operations concern a path: those that change one of its names, and those on what it names or named. */
class Concern {
  readonly #names = new Set<string>();
  readonly #directories = new Set<Inode>();
  readonly #inodes = new Set<Inode>();

  constructor({ compiled, state }: DiskHistory, start: Inode, path: string) {
    for (const seen of [compiled.base, state, wholeState(compiled)]) {
      // The root of a file system is its default subvolume, which may be another one in each state.
      this.#follow(seen, start === state.root ? seen.root : start, namesOf(path));
    }
    for (const { effect } of compiled.operations) {
      for (const inode of this.#changesName(effect)) this.#inodes.add(inode);
    }
  }

  #follow(state: FileSystemState, start: Inode, names: readonly string[]): void {
    let inode = start;
    for (const name of names) {
      this.#names.add(`${String(inode)}/${name}`);
      this.#directories.add(inode);
      inode = state.lookup(inode, name);
      if (inode === 0) return;
    }
    this.#inodes.add(inode);
  }

  #has(directory: Inode, name: string): boolean {
    return this.#names.has(`${String(directory)}/${name}`);
  }

  /** The inodes that come to a name of the path or leave it; empty when the operation changes none. */
  #changesName(effect: Effect): readonly Inode[] {
    switch (effect.kind) {
      case 'link':
      case 'unlink':
        return this.#has(effect.directory, effect.name) ? [effect.inode] : [];
      case 'rename': {
        const changes =
          this.#has(effect.fromDirectory, effect.fromName) ||
          this.#has(effect.toDirectory, effect.toName);
        return changes ? [effect.inode, effect.replaced].filter((inode) => inode !== 0) : [];
      }
      case 'exchange': {
        const changes =
          this.#has(effect.fromDirectory, effect.fromName) ||
          this.#has(effect.toDirectory, effect.toName);
        return changes ? [effect.fromInode, effect.toInode] : [];
      }
      default:
        return [];
    }
  }

  isOf(effect: Effect): boolean {
    switch (effect.kind) {
      case 'write':
      case 'write-blocks':
      case 'truncate':
      case 'set-attributes':
      case 'start-writeback':
        return this.#inodes.has(effect.inode);
      case 'barrier':
        return (
          effect.inode === 0 ||
          this.#inodes.has(effect.inode) ||
          this.#directories.has(effect.inode)
        );
      case 'link':
        if (effect.created !== undefined && this.#inodes.has(effect.inode)) return true;
        return this.#changesName(effect).length > 0;
      case 'subvolume':
        return true;
      case 'set-default':
        return true;
      default:
        return this.#changesName(effect).length > 0;
    }
  }
}
