/** When, within a step, something happens. */
import type { Instant } from '../model/scenario.ts';
import type { PerformedStep } from './story.ts';

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
