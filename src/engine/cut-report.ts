/** The report of a power cut: every instant of the step, and the disks that are possible beside the likely one. */
import type {
  MissingOperation,
  Screen,
  SystemReport,
  Timeline,
  TimelineRun,
} from '../model/report.ts';
import type { Instant, SearchPolicy } from '../model/scenario.ts';
import { outcomeClasses, type OutcomeClass, type Reason } from '../model/verdict.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { statesOfInstants } from './crash-disk.ts';
import { DiskJudge } from './disk-judge.ts';
import type { Judging } from './judging.ts';
import { PossibleOutcomes, worse } from './intervals.ts';
import { fateShares, outcomeShares, screenShares } from './shares.ts';
import { microsecondsOf } from './instant.ts';
import type { PerformedStep } from './performed-step.ts';
import type { PowerLoss, Story } from './story.ts';
import { InstantDisk, walkInstants, type ScreenChange } from './timeline.ts';

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

/** The step that the fault strikes: its start, its end, and the end of the quiet time after it; microseconds. */
export interface CutSpan {
  readonly start: number;
  readonly exit: number;
  readonly end: number;
}

/** What every look at the power cuts of one step begins with: what the order of the device leaves at each instant. */
export interface CutStudy {
  readonly judging: Judging;
  readonly step: PerformedStep & { readonly endMicroseconds: number };
  readonly span: CutSpan;
  readonly windows: readonly VolumeWindow[];
  readonly screens: Screen[];
  /** Seed of the samples of a search; default 1. */
  readonly seed?: number;
  readonly walked: { readonly changes: readonly ScreenChange[]; readonly instants: number };
}

/** Walks the instants of a step once; the search comes after it. */
export function studyCuts(
  story: Story,
  judging: Judging,
  step: PerformedStep & { readonly endMicroseconds: number },
  fault?: PowerLoss,
): CutStudy {
  const span = {
    start: step.startMicroseconds,
    exit: step.exitMicroseconds,
    end: step.endMicroseconds,
  };
  const windows = story.windowsAt(span.end, fault);
  const screens: Screen[] = [];
  const walked = walkScreens(windows, judging, screens, span);
  return { judging, step, span, windows, screens, walked };
}

/** Judges the power cuts of a step. */
export function cutFindings(
  study: CutStudy,
  request: CutRequest,
  searchDisks: DiskSearch,
): CutFindings {
  const { step, span, walked } = study;
  const cut = request.cut === undefined ? undefined : microsecondsOf(request.cut, step);
  const search = searchDisks(study, request.policy, cut);
  const { screens } = search;
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
  for (const { datum, none, fates: values, why, chain = [] } of screens.flatMap(
    (screen) => screen.fates,
  )) {
    if (none !== true) (fates[datum] ??= {})[values.content] ??= [...why, ...chain];
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
  span: CutSpan,
): { readonly changes: readonly ScreenChange[]; readonly instants: number } {
  const disk = new InstantDisk(windows);
  const judge = new DiskJudge(judging, statesOfInstants(disk), screens);
  return walkInstants(disk, judge, span.start, span.end);
}

/** What a search found. */
export interface FoundDisks {
  readonly likely: PossibleOutcomes;
  readonly possible: PossibleOutcomes;
  readonly reasons: ReadonlyMap<OutcomeClass, Reason>;
  readonly missing: ReadonlyMap<OutcomeClass, readonly MissingOperation[]>;
  readonly fates: ReadonlyMap<string, ReadonlyMap<string, readonly Reason[]>>;
  readonly visits: number;
  readonly notSearched: readonly string[];
  /** The screens of the study, with the operations behind what became of people's data. */
  readonly screens: readonly Screen[];
}

/** Looks at the other disks of a study; `cut` is the one instant that is asked for, from the start of the step. */
export type DiskSearch = (
  study: CutStudy,
  policy: SearchPolicy,
  cut: number | undefined,
) => FoundDisks;

/** Looks at nothing but the usual order of writing. */
export const withoutSearch: DiskSearch = ({ screens }) => ({
  likely: new PossibleOutcomes(),
  possible: new PossibleOutcomes(),
  reasons: new Map(),
  missing: new Map(),
  fates: new Map(),
  visits: 0,
  notSearched: [],
  screens,
});

/** Runs of equal screens, cut further where the worst likely or possible class changes. */
function runsOf(
  changes: readonly ScreenChange[],
  screens: readonly Screen[],
  search: FoundDisks,
  span: CutSpan,
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
  search: FoundDisks,
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
