/** The first minute as components read it: its phase, and what its controls do. */
import { startActor } from './actor.svelte.ts';
import { firstCut, firstMinute, lastSentence, losesChapter } from './first-minute.ts';
import { firstMinuteMachine } from './first-minute-machine.ts';
import type { Page } from './page.svelte.ts';

const phases = ['betting', 'waiting', 'dark', 'searching', 'found'] as const;

/** Where somebody is in the first minute. */
export type Phase = (typeof phases)[number];

/** Leads somebody through the first minute of the page. */
export class FirstMinute {
  readonly #page: Page;
  readonly #actor = startActor(firstMinuteMachine);

  readonly phase = $derived.by((): Phase => {
    const { snapshot } = this.#actor;
    return phases.find((phase) => snapshot.matches(phase)) ?? 'betting';
  });
  readonly hasBet = $derived.by(() =>
    this.#page.machines.every(({ id }) => (this.#page.bets[id] ?? '') !== ''),
  );

  constructor(page: Page) {
    this.#page = page;
  }

  /** Somebody pulls the plug; before the machines have answered, as soon as they have. */
  pull(): void {
    const { phase } = this;
    this.#page.begin();
    this.#actor.send({ type: 'pull' });
    if (phase === 'searching' || phase === 'found') this.#page.pull();
    this.follow();
  }

  /** Called whenever the page has changed: goes on where what was waited for is there. */
  follow(): void {
    const page = this.#page;
    const { snapshot } = page;
    if (this.phase === 'waiting' && snapshot.matches('shown')) {
      page.chosenInstant = firstCut(page.reports);
      page.pull();
      this.#actor.send({ type: 'answered' });
    } else if (this.phase === 'dark' && snapshot.matches({ shown: 'pulled' })) {
      this.#actor.send({ type: 'awake' });
    } else if (this.phase === 'searching' && this.#isFound()) {
      this.#actor.send({ type: 'found' });
      page.announcement = this.ending;
    }
  }

  #isFound(): boolean {
    const seeker = this.#page.reportOf(firstMinute.seeker);
    return seeker !== undefined && losesChapter(seeker, this.#page.instant);
  }

  /** What the instant that was found means. */
  get ending(): string {
    return lastSentence(this.#page.reports, this.#page.instant);
  }
}
