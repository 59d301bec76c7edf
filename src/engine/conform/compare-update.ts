/** A recorded update beside the simulated one: classes, loader, shares of time, windows of the kernel's clocks. */
import type { ComparedRun } from './compared-run.ts';
import {
  noDifferences,
  percent,
  sharesAgree,
  windowMillisecondsMax,
  type Differences,
} from './differences.ts';
import type { Counts, SeriesEntry, UpdateRecording } from './recording.ts';
import type { SimulatedUpdate } from './simulated-update.ts';

/** Changes sooner after the exit belong to the tool and its device, not to the clocks of the kernel. */
const clockMillisecondsMin = 2000;

/** Why a recorded window may begin earlier than by the clocks. Source: lab-crash.md, "Limits": sync(2) by anyone. */
const writebackNote =
  'device timing: write-back came earlier than it must, because something else on the recorded machine wrote or synced';

/** `stale:v1` and `stale:A` are one thing. */
function loaderWord(word: string): string {
  return word.startsWith('stale') ? 'stale' : word;
}

function sorted(words: Iterable<string>): readonly string[] {
  return [...new Set(words)].sort();
}

/** Compares; the recording decides. */
export function compareUpdate(
  recorded: UpdateRecording,
  ours: SimulatedUpdate,
): Omit<ComparedRun, 'id'> {
  const differences = noDifferences();
  const prefix = sorted(Object.keys(recorded.outcomes.prefix));
  const subset = sorted(Object.keys(recorded.outcomes.subset));
  const lying = sorted(Object.keys(recorded.outcomes.lying));
  compareClasses({ prefix, subset, lying }, ours, differences);
  const loader = sorted(
    [...Object.keys(recorded.loader.prefix), ...Object.keys(recorded.loader.subset)].map(
      loaderWord,
    ),
  );
  compareLoader(loader, ours.loader, differences);
  compareShares('of the update', recorded.duringUpdate, ours.duringUpdate, differences);
  compareShares('of the quiet time after it', recorded.afterExit, ours.afterExit, differences);
  const windows = clockWindows(recorded.series, recorded.updateMilliseconds);
  const simulatedWindows = clockWindows(ours.series, ours.updateMilliseconds);
  compareWindows(windows, simulatedWindows, differences);
  const userFiles = Object.keys(recorded.userFiles).filter((word) => word !== 'intact');
  if (userFiles.length === 0) {
    for (const fate of ours.touchedData) differences.invented.push(`People’s data: ${fate}.`);
  }
  return {
    observed: {
      outcomes: { prefix, subset, lying },
      loader,
      duringUpdate: recorded.duringUpdate,
      afterExit: recorded.afterExit,
      windows,
      userFiles: recorded.userFiles,
    },
    simulated: {
      outcomes: {
        prefix: ours.prefix,
        subset: ours.likely,
        possible: ours.possible,
        lying: ours.lying,
      },
      loader: ours.loader,
      duringUpdate: ours.duringUpdate,
      afterExit: ours.afterExit,
      windows: simulatedWindows,
      userFiles: ours.touchedData.length === 0 ? { intact: 1 } : { touched: ours.touchedData },
    },
    ...differences,
  };
}

function compareClasses(
  seen: {
    readonly prefix: readonly string[];
    readonly subset: readonly string[];
    readonly lying: readonly string[];
  },
  ours: SimulatedUpdate,
  { missing, invented }: Differences,
): void {
  for (const outcome of seen.prefix) {
    if (!ours.prefix.includes(outcome)) {
      missing.push(`Recorded in the order of the device: ${outcome}.`);
    }
  }
  for (const outcome of seen.subset) {
    if (!ours.possible.includes(outcome)) {
      missing.push(`Recorded with writes left out: ${outcome}.`);
    }
  }
  for (const outcome of seen.lying) {
    if (!ours.lying.includes(outcome)) missing.push(`Recorded on a drive that lies: ${outcome}.`);
  }
  const honest = new Set([...seen.prefix, ...seen.subset]);
  for (const outcome of ours.prefix) {
    if (!honest.has(outcome)) invented.push(`Simulated, never recorded: ${outcome}.`);
  }
}

function compareLoader(
  recorded: readonly string[],
  ours: readonly string[],
  { missing, invented }: Differences,
): void {
  for (const view of recorded) {
    if (!ours.includes(view)) missing.push(`A loader without the journal saw: ${view}.`);
  }
  for (const view of ours) {
    if (!recorded.includes(view)) invented.push(`A loader without the journal sees: ${view}.`);
  }
}

function compareShares(
  when: string,
  recorded: Counts,
  ours: Counts,
  { missing, invented }: Differences,
): void {
  for (const outcome of sorted([...Object.keys(recorded), ...Object.keys(ours)])) {
    const [theirs, mine] = [recorded[outcome] ?? 0, ours[outcome] ?? 0];
    if (sharesAgree(mine, theirs)) continue;
    const text = `${outcome}: recorded for ${percent(theirs)} ${when}, simulated for ${percent(mine)}.`;
    (mine > theirs ? invented : missing).push(text);
  }
}

/** A class that began by itself, after the tool had ended: the kernel's clocks did it. */
interface ClockWindow {
  readonly outcome: string;
  readonly millisecondsAfterExit: number;
}

/** Where the class changes after the exit; the loader's view has its own line. */
function clockWindows(
  series: readonly SeriesEntry[],
  exitMilliseconds: number,
): readonly ClockWindow[] {
  return series.flatMap(([milliseconds, outcome], place): readonly ClockWindow[] => {
    const after = milliseconds - exitMilliseconds;
    if (after < clockMillisecondsMin || series[place - 1]?.[1] === outcome) return [];
    return [{ outcome, millisecondsAfterExit: Math.round(after) }];
  });
}

function compareWindows(
  recorded: readonly ClockWindow[],
  ours: readonly ClockWindow[],
  { missing, invented, explained }: Differences,
): void {
  recorded.forEach((window, place) => {
    const mine = ours[place];
    const named = `${window.outcome} from ${String(window.millisecondsAfterExit)} ms after the exit`;
    if (mine?.outcome !== window.outcome) {
      missing.push(`By the clocks of the kernel: ${named}.`);
      return;
    }
    const late = mine.millisecondsAfterExit - window.millisecondsAfterExit;
    if (Math.abs(late) <= windowMillisecondsMax) return;
    const text = `${named}, simulated from ${String(mine.millisecondsAfterExit)} ms`;
    if (late > 0) explained.push(`${text} (${writebackNote}).`);
    else missing.push(`${text}.`);
  });
  for (const { outcome, millisecondsAfterExit } of ours.slice(recorded.length)) {
    invented.push(
      `By the clocks of the kernel: ${outcome} from ${String(millisecondsAfterExit)} ms after the exit.`,
    );
  }
}
