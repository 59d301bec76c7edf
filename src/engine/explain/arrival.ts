/** What is on the disk of an outcome and what is not, in plain words, and the rules that decided. */
import { callText, changeText, lackText, lengthText } from '../../persistence/call-text.ts';
import { microClass } from '../../persistence/compiled.ts';
import { historyOf, type DiskHistory } from '../../persistence/disk-history.ts';
import { doubtRule } from '../../persistence/doubt.ts';
import { isLengthIdle } from '../../persistence/micro-facts.ts';
import { ruleOf } from '../../persistence/rule-of.ts';
import { unseenRules, type RuleId } from '../../persistence/rules.ts';
import type { Possibility } from './possibilities.ts';
import type { ExplainedProgram } from './subject.ts';
import { isPlural, listed } from './words.ts';

/** A change that is not on the disk, or not in full. */
export interface MissingChange {
  /** Number of the call, from 1. */
  readonly call: number;
  readonly text: string;
  readonly rule: RuleId;
  /** Where its bytes are missing and its length is not, that length in words. */
  readonly length?: string;
}

/** The smallest explanation of one outcome: with the least that has to be missing for it. */
export interface Arrival {
  readonly missing: readonly MissingChange[];
  /** One or two sentences. */
  readonly arrived: string;
  readonly ruleIds: readonly RuleId[];
}

/** Tells the disk of a possibility, which lacks the least of all that show the same. */
export function whatArrived(
  program: ExplainedProgram,
  possibility: Possibility,
  history: DiskHistory,
): Arrival {
  const missing = missingChanges(program, possibility, history);
  const there = changesThere(possibility, history);
  const doubts = possibility.doubtful.map((path) =>
    doubtRule(program.profile, possibility.observation[path] ?? ''),
  );
  const decided = [...missing.map(({ rule }) => rule), ...doubts];
  const ruleIds = decided.length > 0 ? decided : rulesOfArrival(possibility, history);
  const parts = [
    ...cutText(program, possibility),
    ...possibility.doubtful.map((path, index) =>
      doubts[index] === 'inode-missing'
        ? `What ${path} names was written only in part.`
        : `The entry of ${path} was written only in part.`,
    ),
    possibility.doubtful.length > 0 && missing.length === 0
      ? 'Everything else is on the disk.'
      : arrivedText(missing, there),
  ];
  return { missing, arrived: parts.join(' '), ruleIds: [...new Set(ruleIds)] };
}

/** Whether only the model says that a possibility exists. */
export function isUnseen({ disk, contents, missing }: Possibility): boolean {
  const history = historyOf(disk, contents);
  return missing.some((micro) => unseenRules.has(ruleOf(history, micro, history.fateOf(micro))));
}

function missingChanges(
  program: ExplainedProgram,
  { disk, missing, contents }: Possibility,
  history: DiskHistory,
): readonly MissingChange[] {
  const { compiled } = disk;
  const found = new Map<string, MissingChange>();
  for (const micro of missing) {
    // The data of new blocks is told by its attach, which follows it.
    const told = compiled.steps[micro]?.kind === 'data' ? micro + 1 : micro;
    const fate = contents.get(compiled.inodeOf[told] ?? 0)?.fates.get(told) ?? history.fateOf(told);
    const text = lackText(compiled, told, fate);
    const rule = ruleOf(history, told, fate);
    const call = program.callOf(compiled.operationOf[told] ?? 0);
    const isRoom = compiled.steps[told]?.kind === 'attach' && fate !== 'missing';
    const length = isRoom ? { length: lengthText(changeText(compiled, told)) } : {};
    const change = { call, text, rule, ...length };
    if (!found.has(text)) found.set(text, change);
  }
  return [...found.values()];
}

function changesThere({ disk, missing }: Possibility, history: DiskHistory): readonly string[] {
  const { compiled, duties } = disk;
  const end = compiled.microStart[duties.moment.issued] ?? 0;
  const absent = new Set(missing);
  const texts = new Set<string>();
  for (let micro = 0; micro < end; micro++) {
    const step = compiled.steps[micro];
    const isOwn = compiled.classes[micro] === microClass.metadata || step?.kind === 'attach';
    if (isLengthIdle(compiled, micro, (other) => history.fateOf(other))) continue;
    const isWhole = !absent.has(micro) && history.fateOf(micro) === 'there';
    if (isOwn && isWhole) texts.add(changeText(compiled, micro));
  }
  return [...texts];
}

/** Where an outcome is only possible before the program has ended. */
function cutText(program: ExplainedProgram, { disk }: Possibility): readonly string[] {
  const { compiled, duties } = disk;
  const { completed } = duties.moment;
  const next = compiled.operations[completed];
  const call = program.callOf(completed);
  // While the last call runs, the program runs: that is said of all of these together.
  const isLast = call === program.operationsAfterCall.length - 1;
  if (next === undefined || isLast) return [];
  const text = callText(compiled, next.effect, next.path);
  return [`The power fails before call ${String(call)} (${text}) has returned.`];
}

/** The verb that goes with some missing changes. */
export function verbFor(missing: readonly MissingChange[]): 'is' | 'are' {
  const [first] = missing;
  return missing.length === 1 && !isPlural(first?.text ?? '') ? 'is' : 'are';
}

const toldMax = 3;

function arrivedText(missing: readonly MissingChange[], there: readonly string[]): string {
  if (missing.length === 0) return 'Everything that was called by then is on the disk.';
  const absent = missing.map(({ text, call }) => `${text} (call ${String(call)})`);
  const more = absent.length - toldMax;
  const shown = more > 1 ? [...absent.slice(0, toldMax), `${String(more)} more changes`] : absent;
  const least = `It is enough that ${listed(shown)} ${verbFor(missing)} missing`;
  const lengths = missing.flatMap(({ length }) => length ?? []);
  const present = [...there.slice(lengths.length - toldMax), ...lengths];
  return present.length === 0 ? `${least}.` : `${least}, with ${listed(present)} on the disk.`;
}

/** Where nothing is missing, the rules that brought it. */
function rulesOfArrival({ disk }: Possibility, history: DiskHistory): readonly RuleId[] {
  const { compiled, duties } = disk;
  const end = compiled.microStart[duties.moment.issued] ?? 0;
  const found = new Set<RuleId>();
  for (let micro = 0; micro < end; micro++) {
    if (compiled.steps[micro]?.kind === 'data') continue;
    if (isLengthIdle(compiled, micro, (other) => history.fateOf(other))) continue;
    found.add(ruleOf(history, micro, 'there'));
  }
  return found.size > 0 ? [...found] : ['untouched'];
}
