/** Moves the plug through the time by itself, as long as somebody wants it to. */
import { instantAt, shareOf, type Axis } from './axis.ts';

/** How many times the usual speed; the usual one takes {@link wholeSeconds} for the whole axis. */
export const speeds = [0.25, 0.5, 1, 2, 4] as const;

/** Seconds that the whole axis takes at the usual speed. */
export const wholeSeconds = 24;

/** What is moved. */
export interface Playable {
  readonly axis: Axis;
  readonly instant: number;
  moveTo(instant: number): void;
}

/** Plays, pauses, and goes faster or slower. What is shown stays a function of the instant alone. */
export class Player {
  readonly #playable: Playable;
  speed = $state<number>(1);
  isPlaying = $state(false);
  #last = 0;
  /** Between two frames the axis moves less than a microsecond may be long; the share keeps the rest. */
  #share = 0;

  constructor(playable: Playable) {
    this.#playable = playable;
  }

  /** Starts, from the beginning where the end was reached, or stops. */
  toggle(): void {
    if (this.isPlaying) {
      this.pause();
      return;
    }
    const { axis, instant } = this.#playable;
    if (instant >= axis.endMicroseconds) this.#playable.moveTo(0);
    this.#share = shareOf(axis, this.#playable.instant);
    this.isPlaying = true;
    this.#last = performance.now();
    requestAnimationFrame(this.#frame);
  }

  pause(): void {
    this.isPlaying = false;
  }

  readonly #frame = (now: number): void => {
    if (!this.isPlaying) return;
    const { axis } = this.#playable;
    const elapsed = Math.min(250, now - this.#last);
    this.#last = now;
    this.#share = Math.min(1, this.#share + (elapsed / 1000 / wholeSeconds) * this.speed);
    this.#playable.moveTo(instantAt(axis, this.#share));
    if (this.#share >= 1) this.isPlaying = false;
    else requestAnimationFrame(this.#frame);
  };
}
