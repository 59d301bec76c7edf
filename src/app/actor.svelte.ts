/** A statechart that components can read: whoever reads the snapshot is updated when it changes. */
import { createSubscriber } from 'svelte/reactivity';
import { createActor, type AnyStateMachine, type EventFrom, type SnapshotFrom } from 'xstate';

/** A running statechart. */
export interface ReadableActor<Machine extends AnyStateMachine> {
  readonly snapshot: SnapshotFrom<Machine>;
  send(event: EventFrom<Machine>): void;
}

/** Starts a statechart and makes its snapshot reactive. */
export function startActor<Machine extends AnyStateMachine>(
  machine: Machine,
): ReadableActor<Machine> {
  const actor = createActor(machine as AnyStateMachine);
  const subscribe = createSubscriber((update) => {
    const subscription = actor.subscribe(update);
    return () => {
      subscription.unsubscribe();
    };
  });
  actor.start();
  return {
    get snapshot() {
      subscribe();
      return actor.getSnapshot() as SnapshotFrom<Machine>;
    },
    send: (event) => {
      actor.send(event);
    },
  };
}
