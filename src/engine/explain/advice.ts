/** What to do instead: programs that are tried on the engine, and what is left of the harm when they are used. */
import type { LitmusCall, LitmusProgram } from '../litmus/program.ts';
import { isUnseen } from './arrival.ts';
import type { ExplainCase, Instead } from './cases.ts';
import type { Observation } from '../litmus/observe.ts';
import { ExplainedProgram } from './subject.ts';
import { callInWords, outcomeText } from './words.ts';

/** A better program, or none where the program is good as it is. */
export interface Advice {
  /** Whether the program itself leaves nothing to wish for. */
  readonly isFineAlready: boolean;
  readonly calls: readonly string[];
  readonly note?: string;
  /** Outcomes that remain possible at any moment, and once every call had returned. */
  readonly anyTime: readonly string[];
  readonly afterEnd: readonly string[];
  /** Those of them that are still harm. */
  readonly harm: readonly string[];
  /** False when there were more possible disks than were looked at, so that nothing is called safe. */
  readonly isComplete: boolean;
}

/** The best program that is known for a case on a file system. */
export function adviceFor(told: ExplainCase, program: ExplainedProgram): Advice {
  if (program.possibilities.isComplete && flawsOf(program) === 0) {
    return adviceOf(program, { ops: [] }, true);
  }
  const own = told.instead.filter(({ on }) => on?.includes(program.profile.id) ?? true);
  const others = own.length > 0 ? [] : candidates(told);
  const tried = [...own, ...others.map((ops): Instead => ({ ops }))].map((instead) => ({
    instead,
    better: new ExplainedProgram(
      { setup: told.setup, ops: instead.ops },
      told.observe,
      program.profile,
      program.subject.compiled.drive,
    ),
  }));
  const [best] = tried.sort((left, right) => flawsOf(left.better) - flawsOf(right.better));
  return best === undefined
    ? adviceOf(program, { ops: [] }, false)
    : adviceOf(best.better, best.instead, false);
}

const harmWeight = 1000;

/** Harm counts most; then whatever else than success is left when all calls had returned. */
function flawsOf(program: ExplainedProgram): number {
  const { all, afterEnd } = program.possibilities;
  let flaws = 0;
  for (const [key, { observation }] of all) {
    const { kind, isHarm } = program.standingOf(observation);
    if (isHarm) flaws += harmWeight;
    if (afterEnd.has(key) && kind !== 'after') flaws += 1;
  }
  return flaws;
}

function adviceOf(
  program: ExplainedProgram,
  { ops, note }: Instead,
  isFineAlready: boolean,
): Advice {
  const { all, afterEnd, isComplete } = program.possibilities;
  const texts = (those: (key: string, isHarm: boolean) => boolean): readonly string[] =>
    [...all]
      .filter(([key, one]) => {
        const { isHarm } = program.standingOf(one.observation);
        return those(key, isHarm && !isUnseen(one));
      })
      .map(([, { observation }]) =>
        outcomeText(lastingPart(program, observation), program.versions),
      )
      .filter((text, index, known) => known.indexOf(text) === index)
      .sort();
  return {
    isFineAlready,
    calls: ops.map(callInWords),
    ...(note === undefined ? {} : { note }),
    anyTime: texts(() => true),
    afterEnd: texts((key) => afterEnd.has(key)),
    harm: texts((_, isHarm) => isHarm),
    isComplete,
  };
}

/** Without the program's scaffolding. */
function lastingPart(program: ExplainedProgram, observation: Observation): Observation {
  const paths = program.lasting.length > 0 ? program.lasting : Object.keys(observation);
  return Object.fromEntries(paths.map((path) => [path, observation[path] ?? 'absent']));
}

const changesContent = new Set(['write', 'owrite', 'append', 'writetrunc', 'writesync']);

/** Programs with more syncs in them, the cheapest first. */
function candidates({ ops }: LitmusProgram): readonly (readonly LitmusCall[])[] {
  const synced = ops.flatMap((call, index): readonly LitmusCall[] => {
    const next = ops[index + 1];
    const goesOn = next !== undefined && next[1] === call[1] && changesContent.has(String(next[0]));
    return changesContent.has(String(call[0])) && !goesOn
      ? [call, ['fsync', String(call[1])]]
      : [call];
  });
  const everySync = ops.flatMap((call): readonly LitmusCall[] => [call, ['syncfs']]);
  return [[...ops, ['syncfs']], synced, [...synced, ['syncfs']], everySync];
}
