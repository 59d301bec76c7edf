/** Names for the first paint, taken from the scenarios and systems when the page is built. */

import type { Question } from '../model/scenario.ts';

/** A scenario as a chooser shows it. */
export interface ScenarioHeadline {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  /** Variants that the scenario declares, the first is the one that runs unasked. */
  readonly variants: readonly { readonly id: string; readonly label: string }[];
  /** What is asked before the run, the first question first. */
  readonly ask: readonly Question[];
}

/** A system as a chooser shows it. */
export interface SystemHeadline {
  readonly id: string;
  readonly name: string;
  readonly mechanism: string;
  /** Not among the machines that run unasked. */
  readonly onRequest?: true;
}

interface Catalogue {
  readonly scenarios: readonly ScenarioHeadline[];
  readonly systems: readonly SystemHeadline[];
}

// Replaced by the value itself when the page is built; see `catalogue` in vite.config.ts.
declare const __CATALOGUE__: Catalogue;

/** Everything that ships, in the order of the choosers. */
export const catalogue: Catalogue = __CATALOGUE__;
