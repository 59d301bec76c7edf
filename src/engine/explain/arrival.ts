/** What reached the disk and what did not, in plain words, and the rules that decided. */
import { callText, changeText } from '../../persistence/call-text.ts';
import { microClass } from '../../persistence/compiled.ts';
import { historyOf, type DiskHistory } from '../../persistence/disk-history.ts';
import { doubtRule } from '../../persistence/doubt.ts';
import { isLengthIdle } from '../../persistence/micro-facts.ts';
import { ruleOf } from '../../persistence/rule-of.ts';
import { unseenRules, type RuleId } from '../../persistence/rules.ts';
import type { Possibility } from './possibilities.ts';
import type { ExplainedProgram } from './subject.ts';
import { listed } from './words.ts';

/** A change that is not on the disk, or not in full. */
export interface MissingChange {
  /** Number of the call, from 1. */
  readonly call: number;
  readonly text: string;
  readonly rule: RuleId;
}

/** The smallest explanation of one outcome. */
export interface Arrival {
  readonly missing: readonly MissingChange[];
  /** One or two sentences. */
  readonly arrived: string;
  readonly ruleIds: readonly RuleId[];
}

/** Tells what reached the disk of a possibility. */
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
    ...possibility.doubtful.map((path) => `The entry of ${path} was written only in part.`),
    possibility.doubtful.length > 0 && missing.length === 0
      ? 'Everything else reached the disk.'
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
    const some = fate === 'perhaps' ? 'some of ' : '';
    const text = `${some}${changeText(compiled, told)}`;
    const rule = ruleOf(history, told, fate);
    const call = program.callOf(compiled.operationOf[told] ?? 0);
    if (!found.has(text)) found.set(text, { call, text, rule });
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
  if (next === undefined) return [];
  const call = callText(compiled, next.effect, next.path);
  return [`The power fails no later than in call ${String(program.callOf(completed))} (${call}).`];
}

const toldMax = 3;

function arrivedText(missing: readonly MissingChange[], there: readonly string[]): string {
  if (missing.length === 0) return 'Everything that was called by then reached the disk.';
  const texts = missing.map(({ text }) => text);
  const absent =
    texts.length > toldMax ? `${texts[0] ?? ''} and what came after it` : listed(texts);
  if (there.length === 0) return `Missing: ${absent}.`;
  const present = listed(there.slice(-toldMax));
  return `${present.charAt(0).toUpperCase()}${present.slice(1)} reached the disk; ${absent} did not.`;
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
