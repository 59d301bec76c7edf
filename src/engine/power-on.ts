/** What a machine does when it is switched on, judged before it is told: a disk that does not start runs nothing. */
import { boot } from '../boot/boot.ts';
import type { BootEntry } from '../model/boot-entry.ts';
import { ObservedState } from '../model/observed-state.ts';
import type { TerminalLine } from '../model/report.ts';
import type { BootStage, BootVerdict } from '../model/verdict.ts';
import type { Volume } from '../model/volume.ts';
import { DiskJudge } from './disk-judge.ts';
import type { Judging } from './judging.ts';
import { liveDisk } from './live-disk.ts';

/** What a start came to. */
export interface PowerOn {
  readonly verdict: BootVerdict;
  /** The entry that was taken; absent when there is none. */
  readonly entry?: BootEntry;
  /** Set when it was taken by itself after the default one had failed: how far that one did not come. */
  readonly wentBackAt?: BootStage;
}

/** Starts volumes that nobody has written to yet. `choice` is the id of an entry that someone picks in the menu. */
export function powerOn(judging: Judging, volumes: readonly Volume[], choice?: string): PowerOn {
  if (choice === undefined) {
    const judge = new DiskJudge(judging, { replayed: statesOf(volumes) });
    const { entry, wentBackAt } = judge.start();
    const start = withEntry(judge.screen().verdict, entry);
    return wentBackAt === undefined ? start : { ...start, wentBackAt };
  }
  const { backend, brief, bootPlan } = judging;
  const disk = liveDisk(volumes, brief.blobs);
  const menu = backend.bootMenu(brief, disk);
  const { verdict, entry } = boot({ menu, disk, plan: bootPlan, loader: 'same', choice });
  return withEntry(verdict, entry);
}

/** The first other entry of the menu that starts, if the one that is taken unasked does not. */
export function otherStart(judging: Judging, volumes: readonly Volume[]): BootEntry | undefined {
  const { backend, brief } = judging;
  const { entries } = backend.bootMenu(brief, liveDisk(volumes, brief.blobs));
  return entries.slice(1).find(({ id }) => powerOn(judging, volumes, id).verdict.starts);
}

/** Which entry runs, where it is not the default one: somebody's choice, or the one that was taken by itself. */
export function chosenStart(
  { entry, wentBackAt }: PowerOn,
  choice: string | undefined,
): { readonly choice?: string; readonly wentBackAt?: BootStage } {
  if (wentBackAt === undefined || entry === undefined) {
    return choice === undefined ? {} : { choice };
  }
  return { choice: entry.id, wentBackAt };
}

function withEntry(verdict: BootVerdict, entry: BootEntry | undefined): PowerOn {
  return entry === undefined ? { verdict } : { verdict, entry };
}

function statesOf(volumes: readonly Volume[]): ReadonlyMap<string, ObservedState> {
  return new Map(
    volumes.map((volume) => [
      volume.description.id,
      new ObservedState(volume.table, volume.live.cells),
    ]),
  );
}

/** What the screen shows of a start, and what it comes to. */
export function linesOf(
  { verdict, entry }: PowerOn,
  atMicroseconds: number,
): readonly TerminalLine[] {
  const { starts, because, console: shown, reached } = verdict;
  const line = (text: string, kind: TerminalLine['kind']): TerminalLine => ({
    atMicroseconds,
    text,
    kind,
  });
  if (!starts) {
    return [
      ...shown.map((text) => line(text, 'output')),
      line(
        `${reached === 'services' ? 'Nobody can work with it' : 'The machine does not start'}: ${because.text}`,
        'error',
      ),
    ];
  }
  const title = entry === undefined ? '' : ` “${entry.title}”`;
  return [line(`The machine starts${title}. ${because.text}`, 'note')];
}
