/** Outcome classes in plain words. */
import type { BootVerdict, OutcomeClass, PlainVerdict } from '../model/verdict.ts';

const plainOfClass: { readonly [outcome in OutcomeClass]: PlainVerdict } = {
  new: 'starts, new version',
  old: 'starts, old version',
  'mixed-ok': 'starts, half updated',
  'degraded-torn': 'starts, damaged',
  'broken-mixed': 'starts, damaged',
  'broken-torn': 'does not start',
  'broken-noboot': 'does not start',
  unmountable: 'does not start',
};

/**
 * What the page says of a disk. A `broken-mixed` one starts where the start reads no two files that do not match; one
 * that starts and lets nobody in is `degraded-torn`. A class describes the disk as the kernel mounts it; a loader that replays no journal
 * may find nothing on a disk that is whole, and then the machine does not start whatever its class.
 */
export function plainVerdict(outcome: OutcomeClass, verdict: BootVerdict): PlainVerdict {
  if (verdict.starts) return plainOfClass[outcome];
  return outcome === 'degraded-torn' && verdict.reached !== 'firmware'
    ? 'starts, nobody can log in'
    : 'does not start';
}
