/** What is asked of the laboratory. */
import type { Drive } from '../model/device.ts';
import type { Release } from '../model/release.ts';
import type { Instant, Scenario, SearchPolicy } from '../model/scenario.ts';

/** One scenario, some systems, one release; everything else has a default in the scenario. */
export interface LabRequest {
  readonly scenario: Scenario;
  /** Ids of systems, in the order in which they are shown. */
  readonly systems: readonly string[];
  readonly release: Release;
  readonly seed: number;
  /** Overrides how the fault is searched. */
  readonly policy?: SearchPolicy;
  /** Overrides when the fault strikes; then one instant is judged. */
  readonly cut?: Instant;
  /** Overrides what the drives of the machines promise. */
  readonly drive?: Drive;
}
