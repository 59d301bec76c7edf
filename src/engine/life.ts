/** A machine's life as a statechart: what may follow what, so that no run can skip a stage. */
import { createActor, setup, type Actor } from 'xstate';

/** What happens to a machine. */
export type LifeEvent =
  | { readonly type: 'power on' }
  | { readonly type: 'loader found' }
  | { readonly type: 'kernel loaded' }
  | { readonly type: 'initramfs started' }
  | { readonly type: 'root mounted' }
  | { readonly type: 'update begins' }
  | { readonly type: 'update ends' }
  | { readonly type: 'shut down' }
  | { readonly type: 'finalized' }
  | { readonly type: 'panic' }
  | { readonly type: 'emergency' }
  | { readonly type: 'power lost' };

/** The chart: off, firmware, loader, kernel, initramfs, userspace, and the two ways to be stuck. */
export const lifeChart = setup({ types: { events: {} as LifeEvent } }).createMachine({
  id: 'life',
  initial: 'off',
  on: { 'power lost': '.off' },
  states: {
    off: { on: { 'power on': 'firmware' } },
    firmware: { on: { 'loader found': 'loader' } },
    loader: { on: { 'kernel loaded': 'kernel' } },
    kernel: { on: { 'initramfs started': 'initramfs', panic: 'panicked' } },
    initramfs: { on: { 'root mounted': 'userspace', panic: 'panicked', emergency: 'emergency' } },
    userspace: {
      initial: 'idle',
      on: { panic: 'panicked', emergency: 'emergency' },
      states: {
        idle: { on: { 'update begins': 'updating', 'shut down': 'finalizing' } },
        updating: { on: { 'update ends': 'idle' } },
        finalizing: { on: { finalized: '#life.off' } },
      },
    },
    panicked: {},
    emergency: { on: { 'shut down': 'off' } },
  },
});

/** A life that has begun; asserts nothing, ignores what cannot happen, as a machine does. */
export function startLife(): Actor<typeof lifeChart> {
  return createActor(lifeChart).start();
}

/** Name of the state of a life, such as `userspace.idle`. */
export function lifeState(life: Actor<typeof lifeChart>): string {
  const { value } = life.getSnapshot();
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}
