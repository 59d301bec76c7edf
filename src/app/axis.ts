/** The time axis that all lanes share: linear while a machine works, compressed while the disk settles. */
import type { Timeline } from '../model/report.ts';

/** From zero to the last exit, then to the last end. Shares are of the width of a lane, 0 to 1. */
export interface Axis {
  readonly exitMicroseconds: number;
  readonly endMicroseconds: number;
  /** Where the last exit lies; 1 when nothing settles. */
  readonly exitShare: number;
}

const shareOfWork = 0.88;

/** The axis that holds all timelines. */
export function axisOf(timelines: readonly Timeline[]): Axis {
  const exit = Math.max(1, ...timelines.map(({ exitMicroseconds }) => exitMicroseconds));
  const end = Math.max(exit, ...timelines.map(({ endMicroseconds }) => endMicroseconds));
  const exitShare = end > exit ? shareOfWork : 1;
  return { exitMicroseconds: exit, endMicroseconds: end, exitShare };
}

/** Where an instant lies. */
export function shareOf(axis: Axis, instant: number): number {
  const { exitMicroseconds: exit, endMicroseconds: end, exitShare } = axis;
  if (instant <= exit || end === exit) {
    return Math.min(1, Math.max(0, (instant / exit) * exitShare));
  }
  return Math.min(1, exitShare + ((instant - exit) / (end - exit)) * (1 - exitShare));
}

/** The instant that lies there, in whole microseconds. */
export function instantAt(axis: Axis, share: number): number {
  const { exitMicroseconds: exit, endMicroseconds: end, exitShare } = axis;
  const place = Math.min(1, Math.max(0, share));
  if (place <= exitShare) return Math.round((place / exitShare) * exit);
  return Math.round(exit + ((place - exitShare) / (1 - exitShare)) * (end - exit));
}

/** A mark of the axis. */
export interface AxisMark {
  readonly share: number;
  readonly instant: number;
  /** Places after the second that its label needs. */
  readonly digits: number;
}

const smallSteps = [1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ms * 1000);
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600].map((s) => s * 1_000_000);

/** Room that the last mark leaves for the note on the quiet time, as a share of the axis. */
const roomAtExit = 0.04;

function digitsOf(step: number): number {
  if (step % 1_000_000 === 0) return 0;
  return step % 100_000 === 0 ? 1 : step % 10_000 === 0 ? 2 : 3;
}

/** Round instants for the scale of the linear part, about `most` of them at most. */
export function axisMarks(axis: Axis, most: number): readonly AxisMark[] {
  const fits = (step: number): boolean => axis.exitMicroseconds / step <= most;
  const step = [...smallSteps, ...steps].find(fits) ?? axis.exitMicroseconds;
  const end = axis.exitShare < 1 ? axis.exitShare - roomAtExit : 1;
  const marks: AxisMark[] = [];
  for (let instant = 0; shareOf(axis, instant) <= end; instant += step) {
    marks.push({ instant, share: shareOf(axis, instant), digits: digitsOf(step) });
    if (instant >= axis.exitMicroseconds) break;
  }
  return marks;
}
