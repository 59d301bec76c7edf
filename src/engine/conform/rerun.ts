/** The power fails during an update, and the update is started again on what is left: what heals, and what does not. */
import type { Procedure } from '../../kernel/process.ts';
import { ObservedState } from '../../model/observed-state.ts';
import type { Release } from '../../model/release.ts';
import type { BackendId, BackendOptions } from '../../model/system.ts';
import type { Volume } from '../../model/volume.ts';
import type { Work } from '../../backends/backend.ts';
import { diskAt, statesOfInstants, volumesFrom } from '../crash-disk.ts';
import { DiskJudge } from '../disk-judge.ts';
import { SimulatedMachine } from '../simulated-machine.ts';
import type { ComparedRun } from './compared-run.ts';
import type { RerunRecording } from './recording.ts';
import { tellUpdate, type ToldUpdate } from './recorded-story.ts';

/** Instants spread evenly over the update; the recordings have 14 to 20. */
const spreadCount = 24;

/** One cut, and what the update made of it: classes before and after. */
export interface Rerun {
  readonly milliseconds: number;
  readonly before: string;
  readonly after: string;
}

/** Cuts the update at many instants and runs it again; `repair` lets the tool check and mend first. */
export function rerunUpdate(
  backend: BackendId,
  options: BackendOptions,
  release: Release,
  repair: boolean,
): readonly Rerun[] {
  const told = tellUpdate(backend, options, release);
  return instantsOf(told).map((instant) => rerunFrom(told, instant, repair));
}

/** Evenly spread ones, and the middle of every stretch in which the disk comes to one and the same. */
function instantsOf({ study }: ToldUpdate): readonly number[] {
  const { span, walked } = study;
  const spread = Array.from(
    { length: spreadCount },
    (_, place) => span.start + ((span.exit - span.start) * (place + 0.5)) / spreadCount,
  );
  const middles = walked.changes.map(({ fromMicroseconds }, place) => {
    const next = walked.changes[place + 1]?.fromMicroseconds ?? span.end;
    return (fromMicroseconds + next) / 2;
  });
  return [...new Set([...spread, ...middles].map(Math.floor))].sort((left, right) => left - right);
}

function rerunFrom({ story, study }: ToldUpdate, instant: number, repair: boolean): Rerun {
  const { judging, windows, span } = study;
  const before = new DiskJudge(judging, statesOfInstants(diskAt(windows, instant))).outcome();
  const volumes = volumesFrom(windows, instant, story.volumes);
  const { backend, brief } = story;
  const parts = { backend, brief, volumes, startMicroseconds: 0, operationIndexStart: 0 };
  const machine = new SimulatedMachine(parts);
  const work = machine.work();
  machine.perform(work.os, again(work, story, repair));
  machine.shutDown();
  const after = new DiskJudge(judging, { replayed: liveStates(volumes) }).outcome();
  return { milliseconds: (instant - span.start) / 1000, before, after };
}

function* again(work: Work, { backend, target }: ToldUpdate['story'], repair: boolean): Procedure {
  if (repair && backend.verify !== undefined) yield* backend.verify(work);
  if (backend.update !== undefined) yield* backend.update(work, target);
}

function liveStates(volumes: readonly Volume[]): ReadonlyMap<string, ObservedState> {
  return new Map(
    volumes.map((volume) => [
      volume.description.id,
      new ObservedState(volume.table, volume.live.cells),
    ]),
  );
}

/** Compares which class became which. Classes before which the recording did not cut say nothing. */
export function compareReruns(
  { points }: RerunRecording,
  ours: readonly Rerun[],
): Omit<ComparedRun, 'id'> {
  const observed = countsOf(points);
  const simulated = countsOf(ours);
  const cutBefore = new Set(points.map(({ before }) => before));
  const missing = Object.keys(observed)
    .filter((way) => simulated[way] === undefined)
    .map((way) => `Run again after the cut: ${way}.`);
  const invented = ours
    .filter(({ before }) => cutBefore.has(before))
    .map(wayOf)
    .filter((way) => observed[way] === undefined);
  return {
    observed: { rerun: observed },
    simulated: { rerun: simulated },
    missing,
    invented: [...new Set(invented)].map((way) => `Run again after the cut: ${way}.`),
    explained: [],
  };
}

const wayOf = ({ before, after }: Pick<Rerun, 'before' | 'after'>): string =>
  `${before} -> ${after}`;

function countsOf(points: readonly Pick<Rerun, 'before' | 'after'>[]): {
  readonly [way: string]: number;
} {
  const counts: { [way: string]: number } = {};
  for (const point of points) counts[wayOf(point)] = (counts[wayOf(point)] ?? 0) + 1;
  return counts;
}
