/** When faults strike a step that is under way. */
import type { FullPlace, Instant, Step } from '../model/scenario.ts';

/** A fault that strikes at a known instant. */
export interface Strike {
  readonly at: Instant;
  /** Of a disk that fills: which file system. */
  readonly place: FullPlace | undefined;
}

/** Faults of a kind that strike the step of this label; none for a step without one. */
export function strikesOf(
  steps: readonly Step[],
  kind: 'interrupt' | 'disk-full',
  { label }: Pick<Step, 'label'>,
): readonly Strike[] {
  return steps.flatMap((step) =>
    step.verb === 'fault' &&
    step.fault === kind &&
    step.during === label &&
    step.moment.kind === 'at'
      ? [{ at: step.moment.at, place: step.place }]
      : [],
  );
}

/** When somebody stops the step, in microseconds after its start; Infinity when nobody does. */
export function interruptOf(steps: readonly Step[], step: Pick<Step, 'label'>): number {
  for (const { at } of strikesOf(steps, 'interrupt', step)) {
    if (at.kind === 'seconds') return at.seconds * 1_000_000;
  }
  return Infinity;
}
