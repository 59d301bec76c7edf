/** Options of the A/B backend. */
import type { BackendOptions } from '../../model/system.ts';
import { fileSystemWord, type FileSystemWord } from '../file-system-word.ts';

/** Option → its values, the default first. */
export const optionTable = {
  tool: {
    values: ['abroot', 'slot-image', 'sysupdate', 'chromeos'],
    note: 'abroot: two roots as trees, synchronised in place; slot-image: two raw slots, each one image, as recorded; sysupdate: two partitions for /usr and kernel images that count tries in their names; chromeos: two slots with priority, tries and success in the table of partitions, a read-only root, shared /home and /var.',
  },
  bootFile: {
    values: ['last', 'first'],
    note: 'sysupdate: when the kernel image gets its name, after /usr is written and labelled, or before.',
  },
  bootCounting: {
    values: [true, false],
    note: 'sysupdate: whether a new kernel image has three tries, or as many as it likes.',
  },
  slotImage: {
    values: ['squashfs', 'erofs', 'ext4'],
    note: 'slot-image: the file system inside the image; it decides who notices damage, not what lasts.',
  },
  slotWrite: {
    values: ['write-then-fsync', 'write-then-close', 'write-held-open'],
    note: 'slot-image: how the image is made durable; closing the last handle of a block device writes it out.',
  },
  flag: {
    values: ['after', 'before', 'rauc'],
    note: 'slot-image: when the boot flag is set, chromeos: when the attributes are (after or before); rauc: mark the target not bootable, write, then set the order.',
  },
  verity: {
    values: [false, true],
    note: 'slot-image: with dm-verity a damaged image refuses to start, and the loader takes the other slot.',
  },
  bootFilesystem: {
    values: ['ext4', 'xfs', 'btrfs'],
    note: 'slot-image: what the file system with the boot flag is formatted with.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface AbOptions {
  readonly tool: 'abroot' | 'slot-image' | 'sysupdate' | 'chromeos';
  readonly bootFile: 'last' | 'first';
  readonly bootCounting: boolean;
  readonly slotImage: 'squashfs' | 'erofs' | 'ext4';
  readonly slotWrite: 'write-then-fsync' | 'write-then-close' | 'write-held-open';
  readonly flag: 'after' | 'before' | 'rauc';
  readonly verity: boolean;
  readonly bootFilesystem: FileSystemWord;
}

function oneOf<Value extends string>(
  asked: string | boolean | undefined,
  values: readonly [Value, ...Value[]],
): Value {
  return values.find((value) => value === asked) ?? values[0];
}

/** Fills in defaults; a value that the table does not name counts as the default. */
export function optionsOf(options: BackendOptions): AbOptions {
  return {
    tool: oneOf(options['tool'], ['abroot', 'slot-image', 'sysupdate', 'chromeos']),
    bootFile: oneOf(options['bootFile'], ['last', 'first']),
    bootCounting: options['bootCounting'] !== false,
    slotImage: oneOf(options['slotImage'], ['squashfs', 'erofs', 'ext4']),
    slotWrite: oneOf(options['slotWrite'], [
      'write-then-fsync',
      'write-then-close',
      'write-held-open',
    ]),
    flag: oneOf(options['flag'], ['after', 'before', 'rauc']),
    verity: options['verity'] === true,
    bootFilesystem: fileSystemWord(options['bootFilesystem']) ?? 'ext4',
  };
}
