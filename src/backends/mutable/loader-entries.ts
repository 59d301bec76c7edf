/**
 * Boot entries as files, one for each kernel, and GRUB's note of the one that starts unasked. Source: the Boot Loader
 * Specification, https://uapi-group.org/specifications/specs/boot_loader_specification/; Fedora's grub2 package,
 * 20-grub.install (mkbls), and its GRUB, grub-core/commands/blscfg.c, https://github.com/rhboot/grub2.
 */

/** What one entry names; paths on the file system that holds the entry. */
export interface LoaderEntry {
  readonly id: string;
  readonly title: string;
  /** Release of its kernel. */
  readonly release: string;
  readonly kernel: string;
  /** Absent where the file was cut before its line. */
  readonly initramfs?: string;
}

/** Names of entries begin with it. Source: machine-id(5). */
const machineId = '5c1d0e9f2a7b4c6d8e0f1a2b3c4d5e6f';

/** Id of the entry of a kernel: its file name without `.conf`. */
export function entryId(release: string): string {
  return `${machineId}-${release}`;
}

/** The text of the entry of a kernel. */
export function entryText(name: string, release: string): string {
  return [
    `title ${name} (${release})`,
    `version ${release}`,
    `linux /vmlinuz-${release}`,
    `initrd /initramfs-${release}.img`,
    'options root=UUID=root ro rootflags=subvol=root rhgb quiet',
    'grub_users $grub_users',
    'grub_arg --unrestricted',
    'grub_class fedora',
    '',
  ].join('\n');
}

/**
 * What GRUB makes of the file of an entry: without a line for the kernel it passes over the file. Source: blscfg.c,
 * create_entry.
 */
export function parseEntry(file: string, text: string): LoaderEntry | undefined {
  const [id, rest] = file.split('.conf');
  const value = (key: string): string | undefined =>
    new RegExp(`^${key} (.+)$`, 'm').exec(text)?.[1];
  const kernel = value('linux');
  if (id === undefined || rest !== '' || kernel === undefined) return undefined;
  const initramfs = value('initrd');
  return {
    id,
    title: value('title') ?? kernel,
    release: id.slice(machineId.length + 1),
    kernel,
    ...(initramfs === undefined ? {} : { initramfs }),
  };
}

/** Entries in the order of the menu: the newest first, before all the one that is noted. Source: blscfg.c, bls_cmp. */
export function inMenuOrder(
  entries: readonly LoaderEntry[],
  saved: string | undefined,
): readonly LoaderEntry[] {
  return [...entries].sort(
    (left, right) =>
      Number(right.id === saved) - Number(left.id === saved) ||
      right.release.localeCompare(left.release, 'en', { numeric: true }),
  );
}

/** Size of an environment block. Source: GRUB manual, "The GRUB environment block". */
const environmentBytes = 1024;

/** The environment block that notes an entry. */
export function savedEntryText(id: string): string {
  return `# GRUB Environment Block\nsaved_entry=${id}\n`.padEnd(environmentBytes, '#');
}

/** The entry that an environment block notes; a block that is not whole notes none. */
export function savedEntry(text: string | undefined): string | undefined {
  if (text?.length !== environmentBytes) return undefined;
  return /^saved_entry=(.+)$/m.exec(text)?.[1];
}
