/** A question “why?” and what answers it. */
import type { Reason } from '../model/verdict.ts';

/** A question “why?” that is open, and the element that asked it. */
export interface OpenWhy {
  readonly title: string;
  readonly reasons: readonly Reason[];
  readonly console?: readonly string[];
  readonly asker: HTMLElement;
  /** The machine that it is about, where it is about one: its disk and its operations can be looked at. */
  readonly system?: string;
}
