/** A barrier that was called and never reached the drive: a fault of whatever lies between the two. */
import type { Operation } from '../model/operation.ts';
import { Volume } from '../model/volume.ts';

/** The volumes without the first barrier at or after an instant, and a sentence that names it. */
export function withoutBarrier(
  volumes: readonly Volume[],
  instant: number,
): { readonly volumes: readonly Volume[]; readonly words: string } {
  const [dropped] = volumes
    .flatMap(({ operations }) => operations.filter((one) => isBarrierSince(one, instant)))
    .sort((left, right) => left.index - right.index);
  if (dropped === undefined) {
    return { volumes, words: 'No barrier follows that instant, so none can be left out.' };
  }
  const words = `A barrier is lost: ${scopeOf(dropped)} of ${dropped.path} returns, and the drive never heard of it. The program did everything right; the fault lies below it.`;
  return { volumes: volumes.map((volume) => without(volume, dropped)), words };
}

function isBarrierSince({ effect, startMicroseconds }: Operation, instant: number): boolean {
  return effect.kind === 'barrier' && startMicroseconds >= instant;
}

function scopeOf({ effect }: Operation): string {
  return effect.kind === 'barrier' ? effect.scope : '';
}

function without(volume: Volume, dropped: Operation): Volume {
  if (!volume.operations.includes(dropped)) return volume;
  const copy = new Volume(volume.description, volume.base);
  for (const operation of volume.operations) if (operation !== dropped) copy.record(operation);
  return copy;
}
