/** The text of a scenario that somebody writes, and what is known of it. */
import type { Problem } from '../model/problem.ts';
import type { Answer } from './messages.ts';
import { counted } from './words.ts';

/** What the box for a scenario of one's own knows about its text. */
export type CheckedText =
  | { readonly state: 'empty' | 'waiting' | 'good' }
  | { readonly state: 'bad'; readonly problems: readonly Problem[] };

const storageKey = 'what-survives.own-scenario';

/** Keeps the text per tab, and has it checked by the laboratory. */
export class OwnScenario {
  readonly #check: (text: string) => void;
  /** Whether the box is open. */
  isOpen = $state(false);
  text = $state(sessionStorage.getItem(storageKey) ?? '');
  checked = $state.raw<CheckedText>({ state: this.text === '' ? 'empty' : 'waiting' });

  constructor(check: (text: string) => void) {
    this.#check = check;
  }

  /** Takes a text; until it has been checked it cannot be run. */
  write(text: string): void {
    this.text = text;
    sessionStorage.setItem(storageKey, text);
    this.checked = { state: text.trim() === '' ? 'empty' : 'waiting' };
  }

  /** A text too long to be a scenario is not taken over; the parser says why. */
  refuse(text: string): void {
    this.checked = { state: 'waiting' };
    this.#check(text);
  }

  /** Has the text checked, if it is not known yet. */
  check(): void {
    if (this.checked.state === 'waiting') this.#check(this.text);
  }

  /** Takes an answer of the laboratory; gives the sentence to announce, if there is one. */
  hear(answer: Answer): string | undefined {
    if (answer.kind === 'understood') {
      this.checked = { state: 'good' };
      return 'The scenario can be run.';
    }
    if (answer.kind === 'problems') {
      this.checked = { state: 'bad', problems: answer.problems };
      return `${counted(answer.problems.length, 'problem')} in the scenario.`;
    }
    if (answer.kind !== 'failed') return undefined;
    this.checked = { state: 'empty' };
    return answer.text;
  }
}
