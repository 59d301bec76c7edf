/** The flow of the page: choosing (and betting), running, shown, and the plug being pulled. */
import { assign, setup } from 'xstate';
import type { Problem } from '../model/problem.ts';
import type { Disappointment, SystemReport } from '../model/report.ts';
import type { Scenario } from '../model/scenario.ts';

/** What the flow remembers. */
export interface PageContext {
  /** Machines that this run is about, in the order in which they wake. */
  readonly expected: readonly string[];
  readonly reports: readonly SystemReport[];
  readonly scenario: Scenario | undefined;
  readonly problems: readonly Problem[];
  readonly failure: string;
  readonly runId: string;
  readonly disappointments: readonly Disappointment[];
  /** How many screens are on again since the plug was pulled. */
  readonly awake: number;
}

/** What happens to the page. */
export type PageEvent =
  | { readonly type: 'run'; readonly systems: readonly string[]; readonly keep: boolean }
  | { readonly type: 'choose' }
  | { readonly type: 'understood'; readonly scenario: Scenario }
  | { readonly type: 'report'; readonly report: SystemReport }
  | {
      readonly type: 'finished';
      readonly runId: string;
      readonly disappointments: readonly Disappointment[];
    }
  | { readonly type: 'problems'; readonly problems: readonly Problem[] }
  | { readonly type: 'failed'; readonly text: string }
  | { readonly type: 'cancelled' }
  | { readonly type: 'pull'; readonly still: boolean }
  | { readonly type: 'move' };

const nothing: PageContext = {
  expected: [],
  reports: [],
  scenario: undefined,
  problems: [],
  failure: '',
  runId: '',
  disappointments: [],
  awake: 0,
};

/** The statechart. Its only clocks are those of waking up, which reduced motion skips. */
export const pageMachine = setup({
  types: { context: {} as PageContext, events: {} as PageEvent },
  delays: { darkness: 700, waking: 420 },
  guards: {
    still: ({ event }) => event.type === 'pull' && event.still,
    allAwake: ({ context }) => context.awake >= context.expected.length,
  },
  actions: {
    begin: assign(({ context, event }) => {
      if (event.type !== 'run') return {};
      const kept = event.keep ? context.reports : [];
      const reports = kept.filter(({ id }) => event.systems.includes(id));
      return { ...nothing, expected: event.systems, reports };
    }),
    forget: assign(() => nothing),
    wakeAll: assign(({ context }) => ({ awake: context.expected.length })),
    wakeOne: assign(({ context }) => ({ awake: context.awake + 1 })),
    sleep: assign(() => ({ awake: 0 })),
  },
}).createMachine({
  id: 'page',
  context: nothing,
  initial: 'choosing',
  on: {
    run: { target: '.running', reenter: true, actions: 'begin' },
    choose: { target: '.choosing', actions: 'forget' },
    failed: { target: '.failed', actions: assign(({ event }) => ({ failure: event.text })) },
  },
  states: {
    choosing: {},
    running: {
      on: {
        understood: { actions: assign(({ event }) => ({ scenario: event.scenario })) },
        report: {
          actions: assign(({ context, event }) => {
            const others = context.reports.filter(({ id }) => id !== event.report.id);
            return { reports: [...others, event.report] };
          }),
        },
        finished: {
          target: 'shown',
          actions: assign(({ event }) => {
            return { runId: event.runId, disappointments: event.disappointments };
          }),
        },
        problems: {
          target: 'refused',
          actions: assign(({ event }) => ({ problems: event.problems })),
        },
        cancelled: { target: 'choosing', actions: 'forget' },
      },
    },
    refused: {},
    failed: {},
    shown: {
      initial: 'scrubbing',
      on: {
        pull: [
          { guard: 'still', target: '.pulled', actions: 'wakeAll' },
          { target: '.dark', actions: 'sleep' },
        ],
        move: '.scrubbing',
      },
      states: {
        scrubbing: {},
        dark: { after: { darkness: 'waking' } },
        waking: {
          entry: 'wakeOne',
          always: { guard: 'allAwake', target: 'pulled' },
          after: { waking: { target: 'waking', reenter: true } },
        },
        pulled: {},
      },
    },
  },
});
