/** The report of a power cut: every instant of the step, and the disks that are possible beside the likely one. */
import type { Screen, SystemReport, Timeline, TimelineRun } from '../model/report.ts';
import type { Instant, SearchPolicy } from '../model/scenario.ts';
import { outcomeClasses, type OutcomeClass, type Reason } from '../model/verdict.ts';
import { CrashState } from '../persistence/crash-state.ts';
import { explore, policyTable, type Pass, type VolumeWindow } from '../persistence/explorer.ts';
import { statesOfCrash, statesOfInstants, windowsOf } from './crash-disk.ts';
import { DiskJudge, type Judging } from './disk-judge.ts';
import { PossibleOutcomes, worse } from './intervals.ts';
import { fateShares, outcomeShares, screenShares } from './shares.ts';
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
    reasons: reasonsOf(runs, screens, search.reasons, seen),
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
  readonly visits: number;
  readonly notSearched: readonly string[];
}

function searchDisks(
  windows: readonly VolumeWindow[],
  judging: Judging,
  { policy, cut }: CutRequest,
  span: Span,
): Search {
  const passes = cut === undefined ? policyTable[policy] : [];
  const search = {
    likely: new PossibleOutcomes(),
    possible: new PossibleOutcomes(),
    reasons: new Map<OutcomeClass, Reason>(),
  };
  if (passes === undefined) {
    const text = `The policy ${policy} is not built yet: only the one image that the device order leaves was judged.`;
    return { ...search, visits: 0, notSearched: [text] };
  }
  const visits = passes.length === 0 ? 0 : visitDisks(passes, windows, judging, span, search);
  return { ...search, visits, notSearched: [] };
}

function visitDisks(
  passes: readonly Pass[],
  windows: readonly VolumeWindow[],
  judging: Judging,
  span: Span,
  search: Pick<Search, 'likely' | 'possible'> & { readonly reasons: Map<OutcomeClass, Reason> },
): number {
  let judge: DiskJudge | undefined;
  const fresh = (): readonly CrashState[] => {
    const states = windows.map(
      ({ volume, compiled }) =>
        new CrashState(compiled, (cell, value, before) =>
          judge?.changed(volume, cell, value, before),
        ),
    );
    judge = new DiskJudge(judging, statesOfCrash(windows, states));
    return states;
  };
  return explore(
    passes,
    windows,
    {
      fresh,
      dependsOn: (volume, cell) => judge?.dependsOn(volume, cell) ?? true,
      trial: (change) => {
        change();
      },
      resultNow: () => judge?.resultNow() ?? '',
      visit: (visit) => {
        if (judge === undefined) return;
        const outcome = judge.outcome();
        const from = visit.fromMicroseconds - span.start;
        const to = visit.toMicroseconds - span.start;
        search.possible.add(outcome, from, to);
        if (visit.level === 'likely') search.likely.add(outcome, from, to);
        if (!search.reasons.has(outcome)) {
          search.reasons.set(outcome, judge.screen().verdict.because);
        }
      },
    },
    { startMicroseconds: span.start, endMicroseconds: span.end },
  );
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
  found: ReadonlyMap<OutcomeClass, Reason>,
  seen: ReadonlySet<string>,
): SystemReport['reasons'] {
  return outcomeClasses
    .filter((outcome) => seen.has(outcome))
    .flatMap((outcome) => {
      const run = runs.find(({ screen }) => screens[screen]?.outcome === outcome);
      const because = run === undefined ? found.get(outcome) : screens[run.screen]?.verdict.because;
      return because === undefined ? [] : [{ outcome, ...because }];
    });
}
