/** Whom to believe about each system, and as of when. Loaded when somebody asks: the first paint needs none of it. */

/** What a system file says of itself. */
export interface SystemFacts {
  readonly id: string;
  readonly name: string;
  /** Year and month of the facts, such as `2026-08`. */
  readonly asOf: string;
  /** Addresses of the public sources, or names of recorded runs. */
  readonly sources: readonly string[];
  readonly protections: readonly string[];
  /** Where the article of 2023 says otherwise. */
  readonly thenAndNow?: string;
  readonly simplified: readonly string[];
}

// Replaced by the value itself when the page is built; see `systemFacts` in vite.config.ts.
declare const __SYSTEM_FACTS__: readonly SystemFacts[];

/** Of every system, in the order of the choosers. */
export const systemFacts: readonly SystemFacts[] = __SYSTEM_FACTS__;
