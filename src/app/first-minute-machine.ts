/** The flow of the first minute: betting, the dark, what one sees, the search for a loss, and the end. */
import { setup } from 'xstate';

/** What happens in the first minute. */
export type FirstMinuteEvent =
  /** Somebody pulls the plug, having bet or not. */
  | { readonly type: 'pull' }
  /** Both machines have an answer. */
  | { readonly type: 'answered' }
  /** All monitors are awake again. */
  | { readonly type: 'awake' }
  /** The plug hangs where the chapter is lost. */
  | { readonly type: 'found' };

/** The statechart; it holds no clock, since the page's own chart wakes the monitors. */
export const firstMinuteMachine = setup({
  types: { events: {} as FirstMinuteEvent },
}).createMachine({
  id: 'first-minute',
  initial: 'betting',
  states: {
    betting: { on: { pull: 'waiting' } },
    waiting: { on: { answered: 'dark' } },
    dark: { on: { awake: 'searching' } },
    searching: { on: { found: 'found' } },
    found: {},
  },
});
