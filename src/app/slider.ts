/** How the plug answers to keys. */
import { instantAt, shareOf, type Axis } from './axis.ts';
import { nextChange } from './instant.ts';

/** What a key may move. */
export interface SliderRange {
  readonly axis: Axis;
  readonly changes: readonly number[];
}

const page = 0.05;
const fine = 0.002;

/**
 * The instant that a key leads to, undefined for keys that mean nothing here. Arrows go to the next
 * change, with Shift a fifth of a percent of the axis; Page keys a twentieth; Home and End to its ends.
 */
export function instantForKey(
  key: string,
  shift: boolean,
  instant: number,
  { axis, changes }: SliderRange,
): number | undefined {
  const moved = (by: number): number => instantAt(axis, shareOf(axis, instant) + by);
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return shift ? moved(fine) : nextChange(changes, instant, 'forward');
    case 'ArrowLeft':
    case 'ArrowDown':
      return shift ? moved(-fine) : nextChange(changes, instant, 'back');
    case 'PageUp':
      return moved(page);
    case 'PageDown':
      return moved(-page);
    case 'Home':
      return 0;
    case 'End':
      return axis.endMicroseconds;
    default:
      return undefined;
  }
}
