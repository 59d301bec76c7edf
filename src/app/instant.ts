/** Looking up an instant: pure functions of a report and a time, without the engine. */
import type { Stage } from '../model/operation.ts';
import type { Screen, SystemReport, Timeline, TimelineRun } from '../model/report.ts';

/** Place of the last entry that starts at or before the instant, -1 where there is none. */
function lastStarted<Entry>(
  entries: readonly Entry[],
  startOf: (entry: Entry) => number,
  instant: number,
): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && startOf(entry) <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const startOfRun = (run: TimelineRun): number => run.fromMicroseconds;
const startOfStage = (stage: Stage): number => stage.startMicroseconds;

/** The run that holds an instant; before the first and after the last, the nearest. */
export function runAt(timeline: Timeline, instant: number): TimelineRun | undefined {
  return timeline.runs[Math.max(0, lastStarted(timeline.runs, startOfRun, instant))];
}

/** What the machine is doing at an instant: undefined before its first stage and after its exit. */
export function stageAt(timeline: Timeline, instant: number): Stage | undefined {
  if (instant >= timeline.exitMicroseconds) return undefined;
  return timeline.stages[lastStarted(timeline.stages, startOfStage, instant)];
}

/** Place of the screen that an instant shows, -1 where there is none; the last one without a cut. */
export function placeOfScreen({ timeline, screens }: SystemReport, instant: number): number {
  if (timeline === undefined) return screens.length - 1;
  return runAt(timeline, instant)?.screen ?? -1;
}

/** The end of the story on one machine, if the power fails at an instant; the end itself without a cut. */
export function screenAt(report: SystemReport, instant: number): Screen | undefined {
  return report.screens[placeOfScreen(report, instant)];
}

/** Words for what a machine does at an instant: its stage, or that it is done. */
export function activityAt(timeline: Timeline, instant: number): string {
  if (instant >= timeline.endMicroseconds) return 'long done';
  if (instant >= timeline.exitMicroseconds) return 'done, disk settling';
  return stageAt(timeline, instant)?.label ?? 'starting';
}

/** Every instant at which something that a reader would name changes on one of the machines, in order. */
export function changes(reports: readonly SystemReport[]): readonly number[] {
  const instants = new Set<number>([0]);
  for (const { timeline, screens } of reports) {
    if (timeline === undefined) continue;
    instants.add(timeline.exitMicroseconds);
    for (const stage of timeline.stages) instants.add(stage.startMicroseconds);
    let before = '';
    for (const run of timeline.runs) {
      const now = screens[run.screen]?.outcome ?? '';
      if (now !== before) instants.add(run.fromMicroseconds);
      before = now;
    }
  }
  return [...instants].sort((one, other) => one - other);
}

/** The next change after an instant, or the last before it; the instant itself where there is none. */
export function nextChange(
  instants: readonly number[],
  instant: number,
  direction: 'forward' | 'back',
): number {
  if (direction === 'forward') return instants.find((one) => one > instant) ?? instant;
  return instants.findLast((one) => one < instant) ?? instant;
}

/**
 * Where the plug hangs first: at the cut that the scenario names, else where all machines are still at
 * work, in the middle of the shortest run.
 */
export function firstInstant(reports: readonly SystemReport[]): number {
  const lines = reports.flatMap(({ timeline }) => timeline ?? []);
  const cut = lines.find(({ cutMicroseconds }) => cutMicroseconds !== undefined)?.cutMicroseconds;
  if (cut !== undefined) return cut;
  const exits = lines.map(({ exitMicroseconds }) => exitMicroseconds);
  return exits.length === 0 ? 0 : Math.round(Math.min(...exits) / 2);
}

/** Instants that a dragged plug snaps to: commit points, and where a machine first ends badly. */
export function snapPoints(reports: readonly SystemReport[]): readonly number[] {
  return reports.flatMap(({ timeline, screens }) => {
    if (timeline === undefined) return [];
    const commits = timeline.stages.filter(({ commitPoint }) => commitPoint === true);
    const bad = timeline.runs.find(({ screen }) => screens[screen]?.verdict.starts === false);
    const first = bad === undefined ? [] : [bad.fromMicroseconds];
    return [...commits.map(({ startMicroseconds }) => startMicroseconds), ...first];
  });
}

/** The nearest snap point within `reach` microseconds, else the instant itself. */
export function snapped(instant: number, points: readonly number[], reach: number): number {
  let nearest = instant;
  let distance = reach;
  for (const point of points) {
    if (Math.abs(point - instant) > distance) continue;
    distance = Math.abs(point - instant);
    nearest = point;
  }
  return nearest;
}
