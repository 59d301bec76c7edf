/** The operations of a machine around an instant, each with how far it had got: the log behind a reason. */
import type { Effect, Operation } from '../model/operation.ts';
import { callText } from '../persistence/call-text.ts';
import { DurabilityClock } from '../persistence/durability.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { volumeLabel } from './stored-parts.ts';
import { machineInstant, type StudiedDisks } from './studied-disks.ts';

/**
 * How far an operation had got. `certain`: on the disk, whatever happens. `usual`: on the disk by the usual order of
 * writing, though nobody promises it. `perhaps`: called, and usually not on the disk yet. `returned` and `waiting`: a
 * call that changes nothing itself, such as fsync. `to come`: not called yet.
 */
export type Progress = 'certain' | 'usual' | 'perhaps' | 'returned' | 'waiting' | 'to come';

/** One line of the log. */
export interface LoggedOperation {
  /** Place among all operations of the machine. */
  readonly index: number;
  /** Since the start of the step; negative for what was done before it. */
  readonly atMicroseconds: number;
  /** The call in words, such as `fsync etc/fstab`. */
  readonly text: string;
  readonly volume: string;
  readonly progress: Progress;
}

/** The lines around an instant, in the order in which they were called. */
export interface OperationLog {
  readonly rows: readonly LoggedOperation[];
  /** How many more match before the first line. */
  readonly earlier: number;
}

/** So many operations that come after the instant are shown as well. */
const laterCountMax = 10;

interface Found {
  readonly window: VolumeWindow;
  readonly place: number;
  readonly operation: Operation;
}

/** The last `countMax` operations until an instant whose words hold `filter`, and a few that come after it. */
export function operationLog(
  studied: StudiedDisks,
  instantMicroseconds: number,
  filter: string,
  countMax: number,
): OperationLog {
  const instant = machineInstant(studied, instantMicroseconds);
  const wanted = filter.trim().toLowerCase();
  const found = studied.windows
    .flatMap((window) =>
      window.compiled.operations.map((operation, place): Found => ({ window, place, operation })),
    )
    .filter(({ operation }) => wanted === '' || searchText(operation).includes(wanted))
    .sort((left, right) => left.operation.index - right.operation.index);
  const next = found.findIndex(({ operation }) => operation.startMicroseconds > instant);
  const end = next < 0 ? found.length : next;
  const first = Math.max(0, end - countMax);
  const clocks = new Map(studied.windows.map((window) => [window, clockOf(window)] as const));
  const begin = Math.max(0, studied.startMicroseconds);
  const rows = found.slice(first, end + laterCountMax).map(({ window, place, operation }) => ({
    index: operation.index,
    atMicroseconds: operation.startMicroseconds - begin,
    text: callText(window.compiled, operation.effect, operation.path),
    volume: volumeLabel(window.volume),
    progress: progressOf(clocks.get(window), place, operation, instant),
  }));
  return { rows, earlier: first };
}

function clockOf({ compiled, likely, certain }: VolumeWindow): DurabilityClock {
  return new DurabilityClock(compiled, likely, certain);
}

function progressOf(
  clock: DurabilityClock | undefined,
  place: number,
  { startMicroseconds, endMicroseconds }: Operation,
  instant: number,
): Progress {
  if (startMicroseconds > instant) return 'to come';
  const durable = clock?.ofOperation(place);
  if (durable === undefined) return endMicroseconds <= instant ? 'returned' : 'waiting';
  if (durable.certainMicroseconds <= instant) return 'certain';
  return durable.likelyMicroseconds <= instant ? 'usual' : 'perhaps';
}

/** The first words of {@link callText}, which are cheap to make for every operation. */
const firstWords: { readonly [kind in Effect['kind']]: string } = {
  link: 'create make give',
  unlink: 'remove the name',
  rename: 'rename',
  exchange: 'exchange',
  write: 'write bytes to',
  'write-blocks': 'write bytes to',
  truncate: 'empty set the length of',
  'set-attributes': 'change the mode or the attributes of',
  'start-writeback': 'close',
  barrier: '',
  subvolume: 'make the subvolume snapshot',
  'set-default': 'make the default subvolume',
};

function searchText({ effect, path }: Operation): string {
  const words = effect.kind === 'barrier' ? effect.scope : firstWords[effect.kind];
  const target = effect.kind === 'rename' || effect.kind === 'exchange' ? effect.toName : '';
  return `${words} ${path} ${target}`.toLowerCase();
}
