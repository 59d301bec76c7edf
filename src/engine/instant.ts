/** When, within a step, something happens. */
import type { Instant } from '../model/scenario.ts';
import type { PerformedStep } from './performed-step.ts';

/** An instant of a step, in microseconds after its start; a stage that is not there gives its end. */
export function microsecondsOf(instant: Instant, step: PerformedStep): number {
  const length = step.exitMicroseconds - step.startMicroseconds;
  switch (instant.kind) {
    case 'share':
      return Math.round((length * instant.percent) / 100);
    case 'seconds':
      return Math.round(instant.seconds * 1_000_000);
    case 'commit':
      return step.stages.find(({ commitPoint }) => commitPoint)?.startMicroseconds ?? length;
    case 'label':
      return step.stages.find(({ label }) => label === instant.label)?.startMicroseconds ?? length;
  }
}

/**
 * The instant from which a story goes on whose power cut was searched: the middle of the step. What lies on the disk
 * then is what the usual order of the device leaves; every other instant and disk is judged, and none of them told on.
 */
export const toldInstant: Instant = { kind: 'share', percent: 50 };
