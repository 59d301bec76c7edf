/** What is remembered of a step, and whether the next one is a power cut in it. */
import type { Stage } from '../model/operation.ts';
import type { Step } from '../model/scenario.ts';

/** A step that has been performed, in simulated time. */
export interface PerformedStep {
  readonly startMicroseconds: number;
  readonly exitMicroseconds: number;
  /** Stages of its procedure, with times from its start on. */
  readonly stages: readonly Stage[];
}

/** Stages from one on, with times from the start of their step on. */
export function stagesSince(
  all: readonly Stage[],
  first: number,
  startMicroseconds: number,
): readonly Stage[] {
  return all
    .slice(first)
    .map((stage) => ({ ...stage, startMicroseconds: stage.startMicroseconds - startMicroseconds }));
}

/** Whether the step after this one is a power cut during it. */
export function isStruckByNext(steps: readonly Step[], index: number): boolean {
  const [step, fault] = steps.slice(index);
  if (fault?.verb !== 'fault' || fault.fault !== 'power-loss') return false;
  return step?.label !== undefined && fault.during === step.label;
}
