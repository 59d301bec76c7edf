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
import { search as searchWindows, type VolumeWindow } from '../persistence/explorer.ts';
import { policyTable } from '../persistence/policies.ts';
import { statesOfInstants, windowsOf } from './crash-disk.ts';
import { DiskJudge, type Judging } from './disk-judge.ts';
import { type PossibleOutcomes, worse } from './intervals.ts';
import { fateShares, outcomeShares, screenShares } from './shares.ts';
import { SearchedDisks } from './searched-disks.ts';
import { microsecondsOf, type PerformedStep, type Story } from './story.ts';
import { InstantDisk, walkInstants, type ScreenChange } from './timeline.ts';

/** How a cut is to be looked at. */
export interface CutRequest {
  readonly policy: SearchPolicy;
  /** The instant, when there is one to judge alone. */
  readonly cut?: Instant;
}

/** What a search adds to a system's report. */
export type CutFindings = Pick<
  SystemReport,
  'states' | 'searched' | 'outcomes' | 'settling' | 'possible' | 'fates' | 'reasons' | 'screens'
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
  const { judging, step, span, windows, screens, walked } = study;
  const search = searchDisks(windows, judging, request, span);
  const runs = runsOf(walked.changes, screens, search, span);
  const cut = request.cut === undefined ? undefined : microsecondsOf(request.cut, step);
  const length = span.exit - span.start;
  const from = cut ?? 0;
  const to = cut ?? length;
  const outcomes = outcomeShares(runs, screens, from, to);
  const seen = new Set<string>([
    ...search.possible.classes,
    ...runs.map(({ screen }) => screens[screen]?.outcome ?? 'old'),
  ]);
  const timeline: Timeline = {
    exitMicroseconds: length,
    endMicroseconds: span.end - span.start,
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
    settling: cut === undefined ? outcomeShares(runs, screens, length, span.end - span.start) : {},
    possible:
      cut === undefined
        ? outcomeClasses.filter((outcome) => seen.has(outcome))
        : outcomeClasses.filter((outcome) => outcome in outcomes),
    fates: fateShares(screens, screenShares(runs, from, to)),
    reasons: reasonsOf(runs, screens, search, seen),
    screens,
    timeline,
  };
}

function walkScreens(
  windows: readonly VolumeWindow[],
  judging: Judging,
  screens: Screen[],
  span: Span,
): { readonly changes: readonly ScreenChange[]; readonly instants: number } {
  const disk = new InstantDisk(windows);
  const judge = new DiskJudge(judging, statesOfInstants(disk), screens);
  return walkInstants(disk, judge, span.start, span.end);
}

interface Search {
  readonly likely: PossibleOutcomes;
  readonly possible: PossibleOutcomes;
  readonly reasons: ReadonlyMap<OutcomeClass, Reason>;
  readonly missing: ReadonlyMap<OutcomeClass, readonly MissingOperation[]>;
  readonly visits: number;
  readonly notSearched: readonly string[];
}

function searchDisks(
  windows: readonly VolumeWindow[],
  judging: Judging,
  { policy, cut }: CutRequest,
  span: Span,
): Search {
  const row = policyTable[cut === undefined ? policy : 'instant'];
  const searched = new SearchedDisks(windows, judging, span);
  if (row.passes.length === 0) {
    return { ...searched, visits: 0, notSearched: [], missing: new Map() };
  }
  const times = { startMicroseconds: span.start, endMicroseconds: span.end };
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
      const ofRun = run === undefined ? undefined : screens[run.screen]?.verdict.because;
      const because = lacks ? found : (ofRun ?? found);
      if (because === undefined) return [];
      return [{ outcome, ...because, ...(missing === undefined ? {} : { missing }) }];
    });
}
