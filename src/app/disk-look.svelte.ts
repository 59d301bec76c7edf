/** What somebody looks at behind a verdict: the files on a machine's disk, and its operations, at an instant. */
import type { OperationLog } from '../engine/operation-log.ts';
import type { StoredListing } from '../model/stored-listing.ts';
import type { Answer, LogOrder, LookOrder } from './messages.ts';

/** Whom to ask: the worker, in the end. */
export interface DisksToAsk {
  askStored(order: LookOrder): void;
  askOperations(order: LogOrder): void;
}

/** What is known of an answer: nothing yet, the answer, or that the worker does not have the disks any more. */
export type Known<Value> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'known'; readonly value: Value }
  | { readonly kind: 'gone'; readonly text: string };

const gone = {
  kind: 'gone',
  text: 'This disk is no longer at hand. Run again to look at it.',
} as const;

/** State of both looks. A newer question makes the answer to an older one worthless; the laboratory drops it. */
export class DiskLook {
  readonly #disks: DisksToAsk;
  /** Whether the part of the page with the disk is unfolded. */
  isOpen = $state(false);
  /** The machine that was chosen; the first one while nobody has. */
  system = $state<string | undefined>();
  /** Set when somebody came from elsewhere, so that the focus goes along. */
  isToBeShown = $state(false);
  stored = $state.raw<Known<StoredListing>>({ kind: 'waiting' });
  /** What {@link stored} is about. */
  storedOrder = $state.raw<LookOrder | undefined>();
  isAsking = $state(false);
  log = $state.raw<Known<OperationLog>>({ kind: 'waiting' });

  constructor(disks: DisksToAsk) {
    this.#disks = disks;
  }

  /** Unfolds the disk of a machine and leads there. */
  show(system: string): void {
    this.system = system;
    this.isOpen = true;
    this.isToBeShown = true;
  }

  /** Asks what is stored; what was known of another machine goes, of another instant it stays until the answer comes. */
  askStored(order: LookOrder): void {
    if (order.system !== this.storedOrder?.system || this.stored.kind === 'gone') {
      this.stored = { kind: 'waiting' };
    }
    this.isAsking = true;
    this.#disks.askStored(order);
  }

  /** Asks for operations. */
  askOperations(order: LogOrder): void {
    this.#disks.askOperations(order);
  }

  /** Takes an answer that is about a look. */
  hear(answer: Answer, purpose: 'stored' | 'operations'): void {
    if (purpose === 'stored') {
      this.isAsking = false;
      this.stored = gone;
      if (answer.kind === 'stored' && answer.listing !== undefined) {
        this.storedOrder = answer.order;
        this.stored = { kind: 'known', value: answer.listing };
      } else if (answer.kind === 'failed') {
        this.stored = { kind: 'gone', text: answer.text };
      }
    } else {
      this.log = gone;
      if (answer.kind === 'operations' && answer.log !== undefined) {
        this.log = { kind: 'known', value: answer.log };
      } else if (answer.kind === 'failed') {
        this.log = { kind: 'gone', text: answer.text };
      }
    }
  }

  /** The worker died, and the disks with it. */
  crashed(): void {
    this.isAsking = false;
    this.stored = gone;
    this.log = gone;
  }
}
