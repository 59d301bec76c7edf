/** Which files to show of a lockstep group that spans versions: two that work with one another, and who uses them. */
import { nameOf } from '../model/path.ts';
import type { CensusPlan, PlannedFile } from './census-plan.ts';
import type { FileStatus } from './tally.ts';

/** A file of each version, in words, and programs that use the group. */
export interface MixedExamples {
  readonly words?: string;
  readonly programs: readonly string[];
}

type Status = (canonical: string) => FileStatus | undefined;

interface Example {
  readonly file: PlannedFile;
  readonly status: FileStatus;
}

/** How many programs to name at most. */
const programsMax = 3;

/** What to show of a mixed group; `statusOf` tells the state of a file. */
export function mixedExamples(plan: CensusPlan, group: string, statusOf: Status): MixedExamples {
  const files = plan.files.filter((file) => file.group === group);
  const found = files.flatMap((file): readonly Example[] => {
    const status = statusOf(file.canonical);
    return status === undefined ? [] : [{ file, status }];
  });
  const older = choose(found, 'old', 'absent-old');
  const newer = choose(found, 'new', 'absent-new');
  const pair = bestPair(plan, older, newer);
  if (pair === undefined) return { programs: [] };
  const programs = usersOf(plan, older, newer);
  const [old, young] = pair;
  return { words: `${wordsOf(old, 'old version')}, ${wordsOf(young, 'new one')}`, programs };
}

function wordsOf({ file, status }: Example, version: string): string {
  const absent = status.startsWith('absent') ? 'absent as' : 'as';
  return `${file.canonical} is ${absent} in the ${version}`;
}

/** Files that are there say more than those that are not. */
function choose(
  found: readonly Example[],
  there: FileStatus,
  absent: FileStatus,
): readonly Example[] {
  const present = found.filter(({ status }) => status === there);
  return present.length > 0 ? present : found.filter(({ status }) => status === absent);
}

/** A pair in which one file asks for the other goes first, then the one that most files ask for. */
function bestPair(
  plan: CensusPlan,
  older: readonly Example[],
  newer: readonly Example[],
): readonly [Example, Example] | undefined {
  let best: readonly [Example, Example] | undefined;
  let bestScore = -1;
  for (const old of older) {
    for (const young of newer) {
      const score = scoreOf(plan, old.file, young.file);
      if (score <= bestScore) continue;
      best = [old, young];
      bestScore = score;
    }
  }
  return best;
}

function scoreOf({ askedFor }: CensusPlan, one: PlannedFile, other: PlannedFile): number {
  const [name, otherName] = [answersTo(one), answersTo(other)];
  const linked = needsOf(one).includes(otherName) || needsOf(other).includes(name);
  const asked = (askedFor.get(name) ?? 0) + (askedFor.get(otherName) ?? 0);
  return (linked ? 1_000_000 : 0) + asked * 2 + Number(isProgram(one) || isProgram(other));
}

/** Programs that load files of both versions by themselves, or are of one and load the other. */
function usersOf(
  plan: CensusPlan,
  older: readonly Example[],
  newer: readonly Example[],
): readonly string[] {
  const sides = [older, newer].map((examples) => ({
    own: new Set(examples.map(({ file }) => file.canonical)),
    names: new Set(examples.map(({ file }) => answersTo(file))),
  }));
  const isUser = (file: PlannedFile): boolean =>
    sides.every(
      ({ own, names }) => own.has(file.canonical) || needsOf(file).some((name) => names.has(name)),
    );
  const written = sides.flatMap(({ own }) => [...own].filter(isScriptHost));
  const users = plan.files.filter((file) => isProgram(file) && isUser(file));
  const all = [...users.map(({ canonical }) => canonical), ...written];
  return [...new Set(all)].slice(0, programsMax);
}

/** An interpreter reads its library files by name, not by ELF needs. */
function isScriptHost(path: string): boolean {
  return /^\/usr\/bin\/python[0-9.]*$/.test(path);
}

function isProgram({ canonical }: PlannedFile): boolean {
  return /^\/usr\/s?bin\//.test(canonical);
}

function answersTo({ canonical, before, after }: PlannedFile): string {
  return (after ?? before)?.file.soname ?? nameOf(canonical);
}

function needsOf({ before, after }: PlannedFile): readonly string[] {
  return (after ?? before)?.file.needs ?? [];
}
