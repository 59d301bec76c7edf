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

/** A class in one sentence. Source of the meanings: conformance/README.md, outcome classes. */
export const sentenceOfClass: { readonly [outcome in OutcomeClass]: string } = {
  new: 'Every file is whole and of the new version, and that version starts.',
  old: 'Every file is whole and of the old version, and that version starts.',
  'mixed-ok':
    'Files of both versions lie side by side, but those that must match do; it starts, half updated.',
  'degraded-torn':
    'It starts, but files of the system that the start does without are missing, empty or torn.',
  'broken-mixed':
    'Files that must be of one version are of two. Whether it starts depends on the group; do not rely on it.',
  'broken-torn': 'A file that the start needs is missing, empty, cut or zeroed.',
  'broken-noboot': 'There is no usable menu entry or kernel.',
  unmountable: 'The file system refuses to mount.',
};
