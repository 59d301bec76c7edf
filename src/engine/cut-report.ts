/** The report of a power cut: every instant of the step, and the disks that are possible beside the likely one. */
import type {
  MissingOperation,
  Screen,
  SystemReport,
  Timeline,
  TimelineRun,
} from '../model/report.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { Instant, SearchPolicy } from '../model/scenario.ts';
import { outcomeClasses, type OutcomeClass, type Reason } from '../model/verdict.ts';
import { search as searchWindows, type VolumeWindow } from '../persistence/explorer.ts';
import { policyTable } from '../persistence/policies.ts';
import { statesOfInstants, windowsOf } from './crash-disk.ts';
import { DiskJudge, type Judging } from './disk-judge.ts';
import { type PossibleOutcomes, worse } from './intervals.ts';
import { fateShares, outcomeShares, screenShares } from './shares.ts';
import { SearchedDisks } from './searched-disks.ts';
import { microsecondsOf, type PerformedStep, type Story } from './story.ts';
import { InstantDisk, walkInstants, type ScreenChange } from './timeline.ts';
import { momentAt, whyChain, type VolumeMoment } from './why-chain.ts';

/** How a cut is to be looked at. */
export interface CutRequest {
  readonly policy: SearchPolicy;
  /** The instant, when there is one to look at alone. */
  readonly cut?: Instant;
}

/** What a search adds to a system's report. */
export type CutFindings = Pick<
  SystemReport,
  | 'states'
  | 'searched'
  | 'outcomes'
  | 'settling'
  | 'possible'
  | 'fates'
  | 'settlingFates'
  | 'possibleFates'
  | 'reasons'
  | 'screens'
> & { readonly timeline: Timeline };

interface Span {
  readonly start: number;
  readonly exit: number;
  readonly end: number;
}

/** What every look at the power cuts of one step begins with: what the order of the device leaves at each instant. */
export interface CutStudy {
  readonly judging: Judging;
  readonly step: PerformedStep & { readonly endMicroseconds: number };
  readonly span: Span;
  readonly windows: readonly VolumeWindow[];
  readonly screens: Screen[];
  readonly walked: { readonly changes: readonly ScreenChange[]; readonly instants: number };
}

/** Walks the instants of a step once; the search comes after it. */
export function studyCuts(
  story: Story,
  judging: Judging,
  step: PerformedStep & { readonly endMicroseconds: number },
): CutStudy {
  const span = {
    start: step.startMicroseconds,
    exit: step.exitMicroseconds,
    end: step.endMicroseconds,
  };
  const windows = windowsOf(story.volumes, span.end);
  const screens: Screen[] = [];
  const walked = walkScreens(windows, judging, screens, span);
  return { judging, step, span, windows, screens, walked };
}

/** Judges the power cuts of a step. */
export function cutFindings(study: CutStudy, request: CutRequest): CutFindings {
  const { step, span, screens, walked } = study;
  const cut = request.cut === undefined ? undefined : microsecondsOf(request.cut, step);
  const search = searchDisks(study, request.policy, cut);
  const runs = runsOf(walked.changes, screens, search, span);
  const length = span.exit - span.start;
  const end = span.end - span.start;
  const [from, to] = cut === undefined ? [0, length] : [cut, cut];
  const outcomes = outcomeShares(runs, screens, from, to);
  const shown = cut === undefined ? screenShares(runs, 0, end) : screenShares(runs, cut, cut);
  const classes = [...shown.keys()].map((screen) => screens[screen]?.outcome ?? 'old');
  const seen = new Set<OutcomeClass>([...search.possible.classes, ...classes]);
  const timeline: Timeline = {
    exitMicroseconds: length,
    endMicroseconds: end,
    stages: step.stages,
    runs,
    ...(cut === undefined ? {} : { cutMicroseconds: cut }),
  };
  return {
    states: walked.instants + search.visits,
    searched: {
      complete: search.notSearched.length === 0,
      notSearched: search.notSearched,
    },
    outcomes,
    settling: cut === undefined ? outcomeShares(runs, screens, length, end) : {},
    possible: outcomeClasses.filter((outcome) => seen.has(outcome)),
    fates: fateShares(screens, screenShares(runs, from, to)),
    settlingFates: cut === undefined ? fateShares(screens, screenShares(runs, length, end)) : {},
    possibleFates: possibleFates(
      [...shown.keys()].flatMap((place) => screens[place] ?? []),
      search.fates,
    ),
    reasons: reasonsOf(runs, screens, search, seen),
    screens,
    timeline,
  };
}

type PossibleFates = { [datum: string]: { [content: string]: readonly Reason[] } };

/** Datum → content → why, of some screens. */
export function contentsOn(screens: readonly Screen[]): PossibleFates {
  const fates: PossibleFates = {};
  for (const { datum, none, fates: values, why } of screens.flatMap((screen) => screen.fates)) {
    if (none !== true) (fates[datum] ??= {})[values.content] ??= why;
  }
  return fates;
}

/** What the usual order leaves of each datum, and what the search found besides. */
function possibleFates(
  shown: readonly Screen[],
  found: ReadonlyMap<string, ReadonlyMap<string, readonly Reason[]>>,
): PossibleFates {
  const fates = contentsOn(shown);
  for (const [datum, contents] of found) {
    for (const [content, why] of contents) (fates[datum] ??= {})[content] ??= why;
  }
  return fates;
}

function walkScreens(
  windows: readonly VolumeWindow[],
  judging: Judging,
  screens: Screen[],
  span: Span,
): { readonly changes: readonly ScreenChange[]; readonly instants: number } {
  const disk = new InstantDisk(windows);
  const explain = (tree: RootTree, path: string): readonly Reason[] =>
    whyChain(tree, path, volumesAt(disk));
  const judge = new DiskJudge(judging, statesOfInstants(disk), screens, explain);
  return walkInstants(disk, judge, span.start, span.end);
}

function volumesAt(disk: InstantDisk): readonly VolumeMoment[] {
  return disk.windows.flatMap(({ volume }, index): readonly VolumeMoment[] => {
    const state = disk.moving[index]?.replayed;
    return state === undefined ? [] : [{ volume, state, moment: momentAt(state, disk.now) }];
  });
}

interface Search {
  readonly likely: PossibleOutcomes;
  readonly possible: PossibleOutcomes;
  readonly reasons: ReadonlyMap<OutcomeClass, Reason>;
  readonly missing: ReadonlyMap<OutcomeClass, readonly MissingOperation[]>;
  readonly fates: ReadonlyMap<string, ReadonlyMap<string, readonly Reason[]>>;
  readonly visits: number;
  readonly notSearched: readonly string[];
}

function searchDisks(study: CutStudy, policy: SearchPolicy, cut: number | undefined): Search {
  const { windows, judging, span } = study;
  const row = policyTable[policy];
  const at = cut === undefined ? undefined : span.start + cut;
  const searched = new SearchedDisks(windows, judging, { start: span.start, at });
  if (row.passes.length === 0) {
    return { ...searched, visits: 0, notSearched: [], missing: new Map() };
  }
  // Disks from before the instant may last until it, so the search starts where the step does.
  const times = { startMicroseconds: span.start, endMicroseconds: at ?? span.end };
  const { visits, notSearched } = searchWindows(row, windows, searched, times);
  return { ...searched, visits, notSearched, missing: searched.counterExamples() };
}

/** Runs of equal screens, cut further where the worst likely or possible class changes. */
function runsOf(
  changes: readonly ScreenChange[],
  screens: readonly Screen[],
  search: Search,
  span: Span,
): readonly TimelineRun[] {
  const end = span.end - span.start;
  const starts = changes.map(({ fromMicroseconds }) => fromMicroseconds - span.start);
  const edges = [...starts, ...search.likely.edges, ...search.possible.edges];
  const instants = [...new Set(edges)]
    .filter((instant) => instant >= 0 && instant < end)
    .sort((left, right) => left - right);
  const likely = search.likely.worstAt(instants);
  const possible = search.possible.worstAt(instants);
  const searched = search.visits > 0;
  const runs: TimelineRun[] = [];
  let change = 0;
  instants.forEach((instant, index) => {
    while ((starts[change + 1] ?? Infinity) <= instant) change++;
    const screen = changes[change]?.screen ?? 0;
    const own = screens[screen]?.outcome ?? 'old';
    const worstLikely = worse(own, likely[index] ?? own);
    const worstPossible = worse(worstLikely, possible[index] ?? own);
    const next = instants[index + 1] ?? end;
    append(runs, {
      fromMicroseconds: instant,
      toMicroseconds: next,
      screen,
      ...(searched ? { worstLikely, worstPossible } : {}),
    });
  });
  return runs;
}

function append(runs: TimelineRun[], next: TimelineRun): void {
  const last = runs.at(-1);
  const joins =
    last?.screen === next.screen &&
    last.worstLikely === next.worstLikely &&
    last.worstPossible === next.worstPossible;
  if (last !== undefined && joins) {
    runs[runs.length - 1] = { ...last, toMicroseconds: next.toMicroseconds };
  } else {
    runs.push(next);
  }
}

function reasonsOf(
  runs: readonly TimelineRun[],
  screens: readonly Screen[],
  search: Search,
  seen: ReadonlySet<string>,
): SystemReport['reasons'] {
  return outcomeClasses
    .filter((outcome) => seen.has(outcome))
    .flatMap((outcome) => {
      const run = runs.find(({ screen }) => screens[screen]?.outcome === outcome);
      const found = search.reasons.get(outcome);
      const missing = search.missing.get(outcome);
      const lacks = missing !== undefined && missing.length > 0;
      const shown = run === undefined ? undefined : screens[run.screen];
      const because = lacks ? found : (shown?.verdict.because ?? found);
      if (because === undefined) return [];
      const plain = lacks || shown === undefined ? {} : { plain: shown.plain };
      const first = {
        outcome,
        ...because,
        ...plain,
        ...(missing === undefined ? {} : { missing }),
      };
      return [first, ...otherwise(runs, screens, first)];
    });
}

/** One reason more where a class starts in one window and does not in another: the words differ with it. */
function otherwise(
  runs: readonly TimelineRun[],
  screens: readonly Screen[],
  { outcome, plain }: SystemReport['reasons'][number],
): SystemReport['reasons'] {
  const shown = runs.flatMap(({ screen }) => screens[screen] ?? []);
  const other = shown.find((screen) => screen.outcome === outcome && screen.plain !== plain);
  if (plain === undefined || other === undefined) return [];
  return [{ outcome, ...other.verdict.because, plain: other.plain }];
}
