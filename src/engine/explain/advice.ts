/** What to do instead: programs that are tried on the engine, and what is left of the harm when they are used. */
import { losesFlushed } from '../../model/device.ts';
import type { LitmusCall, LitmusProgram } from '../litmus/program.ts';
import { isUnseen } from './arrival.ts';
import type { ExplainCase, Instead } from './cases.ts';
import type { Observation } from '../litmus/observe.ts';
import { refusalOf } from './refusal.ts';
import { ExplainedProgram } from './subject.ts';
import { callInWords, outcomeText } from './words.ts';

/** A better program, or none where the program is good as it is. */
export interface Advice {
  /** Whether the program itself leaves nothing to wish for. */
  readonly isFineAlready: boolean;
  /** Whether no program would help: memory that is no disk, or a drive that loses what it was told to keep. */
  readonly isHopeless: boolean;
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
  const hopeless = hopelessNote(program);
  if (hopeless !== undefined) {
    return { ...adviceOf(program, { ops: [], note: hopeless }, false), isHopeless: true };
  }
  if (program.possibilities.isComplete && flawsOf(program) === 0) {
    return adviceOf(program, { ops: [] }, true);
  }
  const own = told.instead.filter(({ on }) => on?.some((id) => isOf(id, program)) ?? true);
  const best = bestOf(own.map((instead) => tried(told, program, instead)));
  if (best !== undefined && flawsOf(best.better) === 0) {
    return adviceOf(best.better, best.instead, false);
  }
  const foreign = told.instead.filter((instead) => !own.includes(instead));
  const more = candidates(told).map((ops): Instead => ({ ops }));
  const others = [...foreign, ...more].flatMap((instead) => triedIfAble(told, program, instead));
  const chosen = bestOf([...(best === undefined ? [] : [best]), ...others]);
  return chosen === undefined || flawsOf(chosen.better) >= flawsOf(program)
    ? adviceOf(program, { ops: [] }, false)
    : adviceOf(chosen.better, chosen.instead, false);
}

/** Why nothing that a program calls would help. */
function hopelessNote({ profile, subject }: ExplainedProgram): string | undefined {
  if (profile.metadataOrder === 'nowhere') {
    return 'No call helps: keep on a disk whatever must last.';
  }
  if (!losesFlushed(subject.compiled.drive)) return undefined;
  return 'No call helps on this drive, fsync and sync included: they return, and the drive may still lose what they waited for. What helps is a drive that keeps its word, or a copy on another one.';
}

/** Whether a profile is the named one, or a configuration of it that keeps its journal. */
function isOf(id: string, { profile }: ExplainedProgram): boolean {
  // The upper file system of an overlay is ext4 here.
  const own = profile.id === 'overlay' ? 'ext4' : profile.id;
  return own === id || (own.startsWith(`${id}-`) && own !== 'ext4-no-journal');
}

interface Tried {
  readonly instead: Instead;
  readonly better: ExplainedProgram;
}

function tried(told: ExplainCase, { profile, subject }: ExplainedProgram, instead: Instead): Tried {
  const program = { setup: told.setup, ops: instead.ops };
  const better = new ExplainedProgram(program, told.observe, profile, subject.compiled.drive);
  return { instead, better };
}

/** The same, or nothing where the file system refuses a call. */
function triedIfAble(
  told: ExplainCase,
  program: ExplainedProgram,
  instead: Instead,
): readonly Tried[] {
  const better = { setup: told.setup, ops: instead.ops };
  if (refusalOf(better, program.profile) !== undefined) return [];
  return [tried(told, program, instead)];
}

/** The one with the fewest flaws, the first of equals. */
function bestOf(all: readonly Tried[]): Tried | undefined {
  return [...all].sort((left, right) => flawsOf(left.better) - flawsOf(right.better))[0];
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
    isHopeless: false,
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
