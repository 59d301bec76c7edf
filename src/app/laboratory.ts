/** The page's end of the worker: orders go out, answers come back, and a worker that dies is replaced. */
import type { Answer, LogOrder, LookOrder, Order, RunOrder } from './messages.ts';

const purposes = ['run', 'check', 'open', 'stored', 'operations'] as const;

/** What an answer is about: a run, a text that was typed in, a run id in a link, a look into the disks of a run. */
export type Purpose = (typeof purposes)[number];

const nobody: { readonly [purpose in Purpose]: number } = {
  run: 0,
  check: 0,
  open: 0,
  stored: 0,
  operations: 0,
};

/** Who listens. `crashed` comes when the worker died; the next order starts a new one. */
export interface LaboratoryListener {
  answered(answer: Answer, purpose: Purpose): void;
  crashed(detail: string): void;
}

/** Long enough for a machine that is nearly done, short enough for somebody who waits for “Stop”. */
const patienceMilliseconds = 400;

function startWorker(): Worker {
  return new Worker(new URL('./lab.worker.ts', import.meta.url), { type: 'module', name: 'lab' });
}

/** A laboratory in a worker. Answers to anything but the newest run or check are dropped. */
export class Laboratory {
  readonly #listener: LaboratoryListener;
  #worker: Worker | undefined;
  #token = 0;
  #current = nobody;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: LaboratoryListener) {
    this.#listener = listener;
  }

  /** Starts the worker before anybody needs it. */
  warmUp(): void {
    this.#ready();
  }

  /** Runs machines; an earlier run is given up. */
  run(order: RunOrder): void {
    if (this.#current.run !== 0) this.#replaceWorker();
    const token = this.#nextToken();
    this.#current = { ...this.#current, run: token };
    this.#send({ kind: 'run', token, order });
  }

  /** Reads a scenario and answers with what it says or what is wrong with it. */
  check(text: string): void {
    const token = this.#nextToken();
    this.#current = { ...this.#current, check: token };
    this.#send({ kind: 'check', token, text });
  }

  /** Asks what a run id names. */
  open(runId: string): void {
    const token = this.#nextToken();
    this.#current = { ...this.#current, open: token };
    this.#send({ kind: 'open', token, runId });
  }

  /** Asks for everything stored on a machine; an earlier question is dropped. */
  askStored(order: LookOrder): void {
    const token = this.#nextToken();
    this.#current = { ...this.#current, stored: token };
    this.#send({ kind: 'stored', token, order });
  }

  /** Asks for the operations of a machine; an earlier question is dropped. */
  askOperations(order: LogOrder): void {
    const token = this.#nextToken();
    this.#current = { ...this.#current, operations: token };
    this.#send({ kind: 'operations', token, order });
  }

  /** Stops a run: by asking, and by ending the worker if it is too busy to hear. */
  cancel(): void {
    const token = this.#current.run;
    if (token === 0) return;
    this.#send({ kind: 'cancel', token });
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      if (this.#current.run !== token) return;
      this.#replaceWorker();
      this.#listener.answered({ kind: 'cancelled', token }, 'run');
    }, patienceMilliseconds);
  }

  #nextToken(): number {
    this.#token += 1;
    return this.#token;
  }

  #send(order: Order): void {
    this.#ready().postMessage(order);
  }

  #ready(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = startWorker();
    this.#worker = worker;
    worker.addEventListener('message', (event: MessageEvent<Answer>) => {
      this.#hear(event.data);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#lose(event.message);
    });
    worker.addEventListener('messageerror', () => {
      if (this.#worker === worker) this.#lose('a message could not be read');
    });
    return worker;
  }

  #hear(answer: Answer): void {
    const purpose = purposes.find((one) => this.#current[one] === answer.token);
    if (purpose === undefined) return;
    const isLast = ['finished', 'cancelled', 'failed', 'problems'].includes(answer.kind);
    if (isLast && purpose === 'run') this.#current = { ...this.#current, run: 0 };
    this.#listener.answered(answer, purpose);
  }

  #lose(detail: string): void {
    this.#replaceWorker();
    this.#listener.crashed(detail === '' ? 'it gave no reason' : detail);
  }

  #replaceWorker(): void {
    clearTimeout(this.#patience);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#current = nobody;
  }
}
