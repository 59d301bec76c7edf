/** Outcome classes in plain words. */
import type { BootVerdict, OutcomeClass, PlainVerdict } from '../model/verdict.ts';

const plainOfClass: { readonly [outcome in OutcomeClass]: PlainVerdict } = {
  new: 'starts, new version',
  old: 'starts, old version',
  'mixed-ok': 'starts, half updated',
  'degraded-torn': 'starts, damaged',
  'broken-mixed': 'does not start',
  'broken-torn': 'does not start',
  'broken-noboot': 'does not start',
  unmountable: 'does not start',
};

/**
 * What the page says of a disk. A class describes the disk as the kernel mounts it; a loader that replays no journal
 * may find nothing on a disk that is whole, and then the machine does not start whatever its class.
 */
export function plainVerdict(outcome: OutcomeClass, verdict: BootVerdict): PlainVerdict {
  return verdict.starts ? plainOfClass[outcome] : 'does not start';
}
