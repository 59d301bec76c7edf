/** The menu inside a snapshot: which kernel it starts. */
import type { MachineBrief } from '../backend.ts';
import type { VersionName } from '../../model/release.ts';
import { versionNames } from './names.ts';

/** grub.cfg as grub2-mkconfig writes it, reduced to what starts the default entry. */
export function menuText(brief: MachineBrief, version: VersionName): string {
  const kernel = brief.release.kernels[version];
  return [
    'set btrfs_relative_path="yes"',
    `menuentry '${brief.system.name} ${version}' {`,
    `  linux ${kernel?.image.path ?? ''} root=LABEL=root ro`,
    `  initrd ${kernel?.initramfs.path ?? ''}`,
    '}',
    "submenu 'Start bootloader from a read-only snapshot' {",
    '  source /.snapshots/grub-snapshot.cfg',
    '}',
    '',
  ].join('\n');
}

/** A menu, read back; undefined when it is not whole enough to name kernel and initramfs. */
export function parseMenu(
  text: string,
):
  | { readonly kernel: string; readonly initramfs: string; readonly version?: VersionName }
  | undefined {
  const kernel = /^ {2}linux (\S+) /m.exec(text)?.[1];
  const initramfs = /^ {2}initrd (\S+)$/m.exec(text)?.[1];
  if (kernel === undefined || initramfs === undefined) return undefined;
  const title = /^menuentry '([^']*)'/m.exec(text)?.[1]?.split(' ') ?? [];
  const version = versionNames.find((name) => title.includes(name));
  return { kernel, initramfs, ...(version === undefined ? {} : { version }) };
}

/** Kinds of snapshots: those that stand alone, and those before and after a change. Source: snapper(8), "type". */
export type SnapshotKind = 'single' | 'pre' | 'post';

/** What info.xml says of a snapshot that a cleanup may delete. Source: snapper(8), --cleanup-algorithm. */
export const cleanedByNumber = '<cleanup>number</cleanup>';

/** info.xml of a snapshot, as snapper writes it. */
export function informationText(
  number: number,
  description: string,
  inProgress: boolean,
  kind: SnapshotKind = 'single',
): string {
  // The algorithm of snapper's cleanup that may delete the snapshot.
  const cleanup = `  ${cleanedByNumber}`;
  const userdata = inProgress
    ? [
        '  <userdata>',
        '    <key>transactional-update-in-progress</key>',
        '    <value>yes</value>',
        '  </userdata>',
      ]
    : [];
  return [
    '<?xml version="1.0"?>',
    '<snapshot>',
    `  <type>${kind}</type>`,
    `  <num>${String(number)}</num>`,
    `  <description>${description}</description>`,
    cleanup,
    ...userdata,
    '</snapshot>',
    '',
  ].join('\n');
}
