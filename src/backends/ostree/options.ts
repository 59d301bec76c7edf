/** Options of the OSTree backend. */
import type { BackendOptions } from '../../model/system.ts';
import { fileSystemWord, type FileSystemWord } from '../file-system-word.ts';

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
  afterSwitch: {
    values: ['freeze', 'fsync'],
    note: 'What follows the rename of /boot/loader: freeze and thaw of /boot, so that GRUB sees it; or an fsync of the directory alone, as recorded with 2022.7, which leaves it in the journal.',
  },
  startChecks: {
    values: ['none', 'as-shipped', 'with-login'],
    note: 'greenboot-rs, which looks at each start: none, with the checks that come with it, or with one more, written by somebody, for the login screen.',
  },
  filesystem: {
    values: ['btrfs', 'ext4', 'xfs'],
    note: 'What the root is formatted with; without a word, btrfs in the layout of Fedora and ext4 in the single one.',
  },
  bootFilesystem: {
    values: ['ext4', 'xfs', 'btrfs'],
    note: 'What /boot is formatted with, where it is a file system of its own.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface OstreeOptions {
  readonly layout: 'fedora' | 'single';
  readonly composefs: boolean;
  readonly staged: boolean;
  readonly afterSwitch: 'freeze' | 'fsync';
  readonly startChecks: 'none' | 'as-shipped' | 'with-login';
  readonly filesystem: FileSystemWord;
  readonly bootFilesystem: FileSystemWord;
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
    afterSwitch: layout === 'single' || options['afterSwitch'] === 'fsync' ? 'fsync' : 'freeze',
    startChecks:
      options['startChecks'] === 'as-shipped' || options['startChecks'] === 'with-login'
        ? options['startChecks']
        : 'none',
    filesystem: fileSystemWord(options['filesystem']) ?? (layout === 'single' ? 'ext4' : 'btrfs'),
    bootFilesystem: fileSystemWord(options['bootFilesystem']) ?? 'ext4',
    bootDirectory: layout === 'single' ? '/sysroot/boot' : '/boot',
  };
}
