/** From a machine's volumes to the disk that a power cut leaves, and on to the volumes of the machine that starts next. */
import { recordedDrive, timingOf, type VolumeId } from '../model/device.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { ObservedState } from '../model/observed-state.ts';
import { Volume } from '../model/volume.ts';
import { CellHistory } from '../persistence/cell-history.ts';
import { schedule } from '../persistence/clock.ts';
import { compile } from '../persistence/compile.ts';
import type { CrashState } from '../persistence/crash-state.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { profileNamed } from '../persistence/registry.ts';
import type { JudgedStates } from './disk-judge.ts';
import { InstantDisk } from './timeline.ts';

/** Everything done to the volumes, compiled, with the instants at which it reaches the disk. */
export function windowsOf(
  volumes: readonly Volume[],
  untilMicroseconds: number,
  drive = recordedDrive,
): readonly VolumeWindow[] {
  const timing = timingOf(drive);
  return volumes.map((volume) => {
    const compiled = compile(volume, profileNamed(volume.description.profile), drive);
    return {
      volume: volume.description.id,
      compiled,
      likely: schedule(compiled, timing, untilMicroseconds, 'likely'),
      certain: schedule(compiled, timing, untilMicroseconds, 'certain'),
    };
  });
}

function observed(
  windows: readonly VolumeWindow[],
  cellsOf: (index: number) => Int32Array,
): ReadonlyMap<VolumeId, ObservedState> {
  return new Map(
    windows.map(({ volume, compiled }, index) => [
      volume,
      new ObservedState(compiled.base.table, cellsOf(index)),
    ]),
  );
}

const nothing = new Int32Array(0);

/** Both views of a disk whose instants are walked. */
export function statesOfInstants(disk: InstantDisk): JudgedStates {
  return {
    replayed: observed(disk.windows, (index) => disk.moving[index]?.replayed.cells ?? nothing),
    home: observed(disk.windows, (index) => disk.moving[index]?.home.cells ?? nothing),
  };
}

/** The one view of disks that an exploration moves. */
export function statesOfCrash(
  windows: readonly VolumeWindow[],
  states: readonly CrashState[],
): JudgedStates {
  return { replayed: observed(windows, (index) => states[index]?.cells ?? nothing) };
}

/** The disk that the order of the device leaves at an instant. */
export function diskAt(windows: readonly VolumeWindow[], instant: number): InstantDisk {
  const disk = new InstantDisk(windows);
  disk.advance(instant);
  return disk;
}

/** Volumes of the machine that starts from what an instant left: that state is their base, their history begins anew. */
export function volumesFrom(
  windows: readonly VolumeWindow[],
  instant: number,
  volumes: readonly Volume[],
): readonly Volume[] {
  return volumes.map((volume, index) => {
    const window = windows[index];
    if (window === undefined) return volume;
    const history = new CellHistory(window.compiled, window.likely.durableMicroseconds);
    history.seek(instant);
    return restarted(volume, history.cells);
  });
}

/** Volumes of the machine that starts after a clean shutdown: everything has been written. */
export function volumesAfterShutdown(volumes: readonly Volume[]): readonly Volume[] {
  return volumes.map((volume) => restarted(volume, volume.live.cells));
}

function restarted(volume: Volume, cells: Int32Array): Volume {
  return new Volume(volume.description, new FileSystemState(volume.table, cells.slice()));
}
