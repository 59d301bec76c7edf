/** What the page and its worker say to each other: plain data, every answer with the token of its order. */
import type { OperationLog } from '../engine/operation-log.ts';
import type { RunRequest } from '../engine/run-id.ts';
import type { StoredListing } from '../model/stored-listing.ts';
import type { Drive } from '../model/device.ts';
import type { Problem } from '../model/problem.ts';
import type { Disappointment, SystemReport } from '../model/report.ts';
import type { Scenario, SearchPolicy } from '../model/scenario.ts';

/** Where a scenario comes from: the catalogue that ships, or a text that somebody typed in. */
export type ScenarioSource =
  | { readonly kind: 'catalogue'; readonly id: string }
  | { readonly kind: 'own'; readonly text: string };

/** A run to be made, one machine after the other in this order. */
export interface RunOrder {
  readonly source: ScenarioSource;
  readonly systems: readonly string[];
  readonly release: 'classroom' | 'full';
  readonly seed: number;
  readonly policy?: SearchPolicy;
  readonly drive?: Drive;
  readonly variant?: string;
}

/** A look into the disks of the last run, at an instant from the start of the step. */
export interface LookOrder {
  readonly system: string;
  readonly instantMicroseconds: number;
}

/** Which operations of a machine are to be told. */
export interface LogOrder extends LookOrder {
  /** Words that an operation must hold; empty for all. */
  readonly filter: string;
  readonly countMax: number;
}

/** Page to worker. */
export type Order =
  | { readonly kind: 'stored'; readonly token: number; readonly order: LookOrder }
  | { readonly kind: 'operations'; readonly token: number; readonly order: LogOrder }
  | { readonly kind: 'run'; readonly token: number; readonly order: RunOrder }
  | { readonly kind: 'check'; readonly token: number; readonly text: string }
  | { readonly kind: 'open'; readonly token: number; readonly runId: string }
  | { readonly kind: 'cancel'; readonly token: number };

/** Worker to page. A look into disks that the worker does not have any more has no result. */
export type Answer =
  | {
      readonly kind: 'stored';
      readonly token: number;
      readonly order: LookOrder;
      readonly listing?: StoredListing;
    }
  | {
      readonly kind: 'operations';
      readonly token: number;
      readonly order: LogOrder;
      readonly log?: OperationLog;
    }
  | { readonly kind: 'understood'; readonly token: number; readonly scenario: Scenario }
  | { readonly kind: 'problems'; readonly token: number; readonly problems: readonly Problem[] }
  | { readonly kind: 'opened'; readonly token: number; readonly request: RunRequest }
  | { readonly kind: 'begun'; readonly token: number; readonly system: string }
  | { readonly kind: 'system'; readonly token: number; readonly report: SystemReport }
  | {
      readonly kind: 'finished';
      readonly token: number;
      readonly runId: string;
      readonly disappointments: readonly Disappointment[];
    }
  | { readonly kind: 'cancelled'; readonly token: number }
  | { readonly kind: 'failed'; readonly token: number; readonly text: string };
