/** What the simulation says of a recorded update, in the words of the recordings. */
import type { Release } from '../../model/release.ts';
import type { Screen } from '../../model/report.ts';
import type { BackendId, BackendOptions } from '../../model/system.ts';
import type { LoaderView } from '../../model/verdict.ts';
import { cutFindings, type CutFindings } from '../cut-report.ts';
import { searchDisks } from '../disk-search.ts';
import type { Counts, SeriesEntry } from './recording.ts';
import { tellUpdate } from './recorded-story.ts';

/** The simulated counterpart of a recorded update; times in milliseconds. */
export interface SimulatedUpdate {
  readonly updateMilliseconds: number;
  /** Classes that the order of the device leaves, during the update and after it. */
  readonly prefix: readonly string[];
  /** Classes that a search of other orders finds besides, likely ones. */
  readonly likely: readonly string[];
  /** Everything that the rules of the file systems allow. */
  readonly possible: readonly string[];
  readonly loader: readonly string[];
  readonly duringUpdate: Counts;
  readonly afterExit: Counts;
  readonly series: readonly SeriesEntry[];
  /** Fates of people's data other than intact. */
  readonly touchedData: readonly string[];
  /** Classes that a drive can leave that ignores flushes. */
  readonly lying: readonly string[];
}

const loaderWords: { readonly [view in LoaderView]: string } = {
  same: 'same',
  stale: 'stale',
  'nothing bootable': 'noboot-until-replay',
};

/** Simulates the update of a workload. */
export function simulateUpdate(
  backend: BackendId,
  options: BackendOptions,
  release: Release,
): SimulatedUpdate {
  const { study } = tellUpdate(backend, options, release);
  const found = cutFindings(study, { policy: 'every-op' }, searchDisks);
  const lying = searchDisks(study, 'lying-drive', undefined);
  const series = seriesOf(found);
  const classes = (words: Iterable<string>): readonly string[] => [...new Set(words)].sort();
  return {
    updateMilliseconds: found.timeline.exitMicroseconds / 1000,
    prefix: classes([...Object.keys(found.outcomes), ...Object.keys(found.settling)]),
    likely: classes(
      found.timeline.runs.flatMap(({ worstLikely }) =>
        worstLikely === undefined ? [] : [worstLikely],
      ),
    ),
    possible: classes(found.possible),
    loader: classes(series.map(([, , loader]) => loader ?? 'same')),
    duringUpdate: found.outcomes,
    afterExit: found.settling,
    series,
    touchedData: touched(found),
    lying: classes(lying.possible.classes),
  };
}

function seriesOf({ timeline, screens }: CutFindings): readonly SeriesEntry[] {
  const series: SeriesEntry[] = [];
  for (const { fromMicroseconds, screen } of timeline.runs) {
    const shown: Screen | undefined = screens[screen];
    if (shown === undefined) continue;
    const loader = loaderWords[shown.verdict.loader];
    const last = series.at(-1);
    if (last?.[1] === shown.outcome && last[2] === loader) continue;
    series.push([fromMicroseconds / 1000, shown.outcome, loader]);
  }
  return series;
}

const written = new Set(['thesis', 'notes', 'records']);

function touched({ fates, settlingFates }: CutFindings): readonly string[] {
  const found = new Set<string>();
  for (const part of [fates, settlingFates]) {
    for (const [datum, axes] of Object.entries(part)) {
      if (!written.has(datum)) continue;
      for (const content of Object.keys(axes['content'] ?? {})) {
        if (content !== 'intact') found.add(`${datum}: ${content}`);
      }
    }
  }
  return [...found].sort();
}
