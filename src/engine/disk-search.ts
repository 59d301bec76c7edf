/** Looks at the disks that are possible beside the one that the usual order of writing leaves. */
import type { DatumFate } from '../model/fate.ts';
import type { Screen } from '../model/report.ts';
import type { Reason } from '../model/verdict.ts';
import { DurabilityClock } from '../persistence/durability.ts';
import { ignoringFlushes, search as searchWindows } from '../persistence/explorer.ts';
import { policyTable } from '../persistence/policies.ts';
import { statesOfInstants } from './crash-disk.ts';
import { withoutSearch, type CutStudy, type DiskSearch } from './cut-report.ts';
import { DiskJudge } from './disk-judge.ts';
import { SearchedDisks } from './searched-disks.ts';
import { InstantDisk } from './timeline.ts';
import { momentAt, timedOutAt, whyChain, type VolumeMoment } from './why-chain.ts';

/** Searches by the row of the policy, and tells the operations behind what became of people's data. */
export const searchDisks: DiskSearch = (study, policy, cut) => {
  const { judging, span } = study;
  const screens = withChains(study);
  const row = policyTable[policy];
  if (row.passes.length === 0) return { ...withoutSearch(study, policy, cut), screens };
  const windows = row.ignoresFlushes ? study.windows.map(ignoringFlushes) : study.windows;
  const at = cut === undefined ? undefined : span.start + cut;
  const searched = new SearchedDisks(windows, judging, { start: span.start, at });
  // Disks from before the instant may last until it, so the search starts where the step does.
  const { seed = 1 } = study;
  const times = { startMicroseconds: span.start, endMicroseconds: at ?? span.end, seed };
  const { visits, notSearched } = searchWindows(row, windows, searched, times);
  return { ...searched, visits, notSearched, screens, missing: searched.counterExamples() };
};

/** The screens of a study, each told at the instant at which it is seen first. */
function withChains({ judging, screens, walked, windows }: CutStudy): readonly Screen[] {
  const disk = new InstantDisk(windows);
  const judge = new DiskJudge(judging, statesOfInstants(disk));
  const told = new Map<string, readonly Reason[]>();
  const result = screens.slice();
  const seen = new Set<number>();
  disk.watch({
    changed: (...change) => {
      judge.changed(...change);
    },
    loaderChanged: () => undefined,
    screenNow: () => 0,
  });
  for (const { fromMicroseconds, screen } of walked.changes) {
    const shown = screens[screen];
    if (shown === undefined || seen.has(screen)) continue;
    seen.add(screen);
    disk.advance(fromMicroseconds);
    const fates = shown.fates.map((fate) => withChain(fate, judging.data, judge, disk, told));
    result[screen] = { ...shown, fates };
  }
  return result;
}

function withChain(
  fate: DatumFate,
  data: CutStudy['judging']['data'],
  judge: DiskJudge,
  disk: InstantDisk,
  told: Map<string, readonly Reason[]>,
): DatumFate {
  const datum = data.find(({ id }) => id === fate.datum);
  const isWritten = datum !== undefined && writtenKinds.has(datum.kind);
  if (!isWritten || fate.fates.content === 'intact') return fate;
  const key = [fate.datum, fate.fates.content, ...fate.why.map(({ text }) => text)].join('|');
  let chain = told.get(key);
  if (chain === undefined) {
    chain = datum.paths.flatMap((path) => whyChain(judge.tree(), path, volumesAt(disk)));
    told.set(key, chain);
  }
  return chain.length === 0 ? fate : { ...fate, chain };
}

/** Data that lie in files of their own: what people and services wrote. */
const writtenKinds: ReadonlySet<string> = new Set([
  'document',
  'secret',
  'app-settings',
  'service-data',
  'edited-config',
]);

function volumesAt(disk: InstantDisk): readonly VolumeMoment[] {
  return disk.windows.flatMap((window, index): readonly VolumeMoment[] => {
    const state = disk.moving[index]?.replayed;
    if (state === undefined) return [];
    const { volume, compiled, likely, certain } = window;
    const clock = new DurabilityClock(compiled, likely, certain);
    const timedOut = timedOutAt(window, disk.now);
    return [{ volume, state, moment: momentAt(state, disk.now), timedOut, clock }];
  });
}
