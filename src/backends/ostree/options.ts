/** Options of the OSTree backend. */
import type { BackendOptions } from '../../model/system.ts';

/** Option → its values, the default first. */
export const optionTable = {
  layout: {
    values: ['fedora', 'single'],
    note: 'fedora: btrfs root, ext4 /boot of its own; single: one ext4 holds both, as in the recorded run.',
  },
  composefs: {
    values: [true, false],
    note: 'true: the whole of / is read-only; false: /usr is, and the top directory carries the immutable flag.',
  },
  staged: {
    values: [true, false],
    note: 'true: an update becomes the default at the next clean shutdown; false: at once.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface OstreeOptions {
  readonly layout: 'fedora' | 'single';
  readonly composefs: boolean;
  readonly staged: boolean;
  /** The directory that the boot loader calls its own, from the running machine. */
  readonly bootDirectory: string;
}

/** Fills in defaults. With one file system for all, ostree reaches /boot through the physical root, so links work. */
export function optionsOf(options: BackendOptions): OstreeOptions {
  const layout = options['layout'] === 'single' ? 'single' : 'fedora';
  return {
    layout,
    composefs: options['composefs'] !== false,
    staged: options['staged'] !== false,
    bootDirectory: layout === 'single' ? '/sysroot/boot' : '/boot',
  };
}
