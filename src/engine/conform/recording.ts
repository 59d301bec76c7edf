/** A recorded update or set of saves, as it lies in a file. */

/** Class or word → how often, or which share of the time. */
export type Counts = { readonly [word: string]: number };

/** From this time on, in milliseconds from the start, this class, and what a loader without a journal saw. */
export type SeriesEntry = readonly [milliseconds: number, outcome: string, loader: string | null];

/** What is read of a recorded update. */
export interface UpdateRecording {
  readonly id: string;
  readonly workload: { readonly [word: string]: unknown };
  readonly updateMilliseconds: number;
  readonly outcomes: { readonly prefix: Counts; readonly subset: Counts; readonly lying: Counts };
  readonly loader: { readonly prefix: Counts; readonly subset: Counts };
  readonly duringUpdate: Counts;
  readonly afterExit: Counts;
  readonly series: readonly SeriesEntry[];
  readonly userFiles: Counts;
  /** Points left out for lack of time; what was not recorded there may have been. */
  readonly thinned: number;
  /** File name → what became of it, for programs that save. */
  readonly extra: { readonly [file: string]: unknown };
}

/** What is read of an update that was run again after the cut. */
export interface RerunRecording {
  readonly id: string;
  readonly workload: { readonly [word: string]: unknown };
  readonly points: readonly {
    readonly milliseconds: number;
    readonly before: string;
    readonly after: string;
    readonly note: string;
  }[];
}

/** A JSON object whose fields are not known yet. */
export type Fields = { readonly [field: string]: unknown };

/** An object with fields, or undefined. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}

function countsOf(value: unknown): Counts {
  const entries = Object.entries(fieldsOf(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function seriesOf(value: unknown): readonly SeriesEntry[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown): readonly SeriesEntry[] => {
    if (!Array.isArray(entry)) return [];
    const [milliseconds, outcome, loader] = entry as readonly unknown[];
    if (typeof milliseconds !== 'number' || typeof outcome !== 'string') return [];
    return [[milliseconds, outcome, typeof loader === 'string' ? loader : null]];
  });
}

/** A recorded update, or undefined where a field is missing that every such recording has. */
export function readUpdateRecording(recording: Fields): UpdateRecording | undefined {
  const { id, update_ms: updateMilliseconds } = recording;
  const workload = fieldsOf(recording['workload']);
  const outcomes = fieldsOf(recording['outcomes']);
  if (typeof id !== 'string' || typeof updateMilliseconds !== 'number') return undefined;
  if (workload === undefined || outcomes?.['prefix'] === undefined) return undefined;
  const loader = fieldsOf(recording['loader']) ?? {};
  return {
    id,
    workload,
    updateMilliseconds,
    outcomes: {
      prefix: countsOf(outcomes['prefix']),
      subset: countsOf(outcomes['subset']),
      lying: countsOf(outcomes['lying_disk']),
    },
    loader: { prefix: countsOf(loader['prefix']), subset: countsOf(loader['subset']) },
    duringUpdate: countsOf(recording['share_of_time_during_update']),
    afterExit: countsOf(recording['share_of_time_after_exit']),
    series: seriesOf(recording['series']),
    userFiles: countsOf(recording['user_files']),
    thinned: countsOf(recording['crash_points'])['thinned_by_time_budget'] ?? 0,
    extra: fieldsOf(recording['extra']) ?? {},
  };
}

/** A recorded second run, or undefined. */
export function readRerunRecording(recording: Fields): RerunRecording | undefined {
  const { id, points_list: list } = recording;
  const workload = fieldsOf(recording['workload']);
  if (typeof id !== 'string' || workload === undefined || !Array.isArray(list)) return undefined;
  const points = list.flatMap((value: unknown) => {
    const { ms, before, after, note } = fieldsOf(value) ?? {};
    if (typeof ms !== 'number' || typeof before !== 'string' || typeof after !== 'string') {
      return [];
    }
    return [{ milliseconds: ms, before, after, note: typeof note === 'string' ? note : '' }];
  });
  return { id, workload, points };
}
