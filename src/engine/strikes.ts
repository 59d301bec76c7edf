/** When faults strike a step that is under way. */
import type { Instant, Step } from '../model/scenario.ts';

/** The instants at which faults of a kind strike the step of this label; none for a step without one. */
export function strikesOf(
  steps: readonly Step[],
  kind: 'interrupt' | 'disk-full',
  { label }: Pick<Step, 'label'>,
): readonly Instant[] {
  return steps.flatMap((step) =>
    step.verb === 'fault' &&
    step.fault === kind &&
    step.during === label &&
    step.moment.kind === 'at'
      ? [step.moment.at]
      : [],
  );
}

/** When somebody stops the step, in microseconds after its start; Infinity when nobody does. */
export function interruptOf(steps: readonly Step[], step: Pick<Step, 'label'>): number {
  for (const at of strikesOf(steps, 'interrupt', step)) {
    if (at.kind === 'seconds') return at.seconds * 1_000_000;
  }
  return Infinity;
}
