/** What an answer of the laboratory means: to the flow of the page, and to somebody who listens. */
import type { Answer } from './messages.ts';
import type { PageEvent } from './page-machine.ts';
import { counted } from './words.ts';

/** The event that an answer is; undefined for answers that move nothing. */
export function eventOf(answer: Answer): PageEvent | undefined {
  switch (answer.kind) {
    case 'understood':
      return { type: 'understood', scenario: answer.scenario };
    case 'problems':
      return { type: 'problems', problems: answer.problems };
    case 'system':
      return { type: 'report', report: answer.report };
    case 'finished': {
      const { runId, disappointments } = answer;
      return { type: 'finished', runId, disappointments };
    }
    case 'cancelled':
      return { type: 'cancelled' };
    case 'failed':
      return { type: 'failed', text: answer.text };
    default:
      return undefined;
  }
}

/** What is announced of it; undefined where there is nothing to say. */
export function announcementOf(answer: Answer): string | undefined {
  switch (answer.kind) {
    case 'problems':
      return `The scenario cannot be run: ${counted(answer.problems.length, 'problem')}.`;
    case 'cancelled':
      return 'Stopped.';
    case 'failed':
      return answer.text;
    default:
      return undefined;
  }
}
