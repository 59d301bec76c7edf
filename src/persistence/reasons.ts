/**
 * Why a path holds what it holds after a power cut: the chain of operations that concern it, what became of each, and
 * by which rule. Every policy and every page asks here, so that the same disk has the same reasons everywhere.
 */
import type { Inode } from '../model/cell-table.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import type { Effect, Operation } from '../model/operation.ts';
import { wholeState, type DiskHistory } from './disk-history.ts';
import { callText } from './call-text.ts';
import { barrierRule, fateText, ruleOf } from './rule-of.ts';
import { ruleSentence, ruleSources, type RuleId } from './rules.ts';

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
  return chainOf(history, new Concern(history, history.state.root, path));
}

/** The same for a name in a directory, whose path from the root of the file system need not be known. */
export function reasonsForName(
  history: DiskHistory,
  directory: Inode,
  name: string,
): readonly CrashReason[] {
  return chainOf(history, new Concern(history, directory, name));
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

function link(
  { compiled }: DiskHistory,
  operation: Operation,
  index: number,
  rule: RuleId,
  fate: string,
): CrashReason {
  const { profile } = compiled;
  const call = callText(compiled, operation.effect, operation.path);
  const sentence = ruleSentence(rule, profile);
  const { startMicroseconds, path } = operation;
  return {
    text: `${call}: ${fate === '' ? '' : `${fate} `}${sentence}`,
    rule,
    sources: ruleSources(rule, profile),
    operation: { index, call, path, startMicroseconds },
  };
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
  const found = new Map<RuleId, string>();
  const end = compiled.microStart[index + 1] ?? 0;
  for (let micro = compiled.microStart[index] ?? 0; micro < end; micro++) {
    // The data of new blocks is told with its attach.
    if (compiled.steps[micro]?.kind === 'data') continue;
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
