/** What the boot loader reads: entry files, their order, and the directories of the kernels. */
import type { MachineBrief } from '../backend.ts';
import type { VersionName } from '../../model/release.ts';
import { bootChecksumOf, stateroot, versionNames } from './names.ts';
import type { OstreeOptions } from './options.ts';

/** A deployment as the menu orders it. */
export interface Deployment {
  readonly commit: string;
  readonly serial: number;
  readonly version: VersionName;
  /** Packages of the base that were taken out of it: `rpm-ostree override remove`. */
  readonly without: readonly string[];
  /** Set by `ostree admin pin`: no update and no cleanup removes it. */
  readonly isPinned?: true;
}

/** Which of the two sets of entries and of bootlinks is live. */
export type BootVersion = 0 | 1;

/** A deployment with its kernel, and its place among deployments that share that kernel. */
export interface PlacedDeployment extends Deployment {
  readonly index: number;
  readonly bootChecksum: string;
  readonly kernelRelease: string;
  readonly bootSerial: number;
}

/** Adds to each deployment, in the order of the menu, what its boot entry needs. */
export function place(
  brief: MachineBrief,
  deployments: readonly Deployment[],
): readonly PlacedDeployment[] {
  const sharers = new Map<string, number>();
  return deployments.map((deployment, index) => {
    const bootChecksum = bootChecksumOf(brief, deployment.version);
    const bootSerial = sharers.get(bootChecksum) ?? 0;
    sharers.set(bootChecksum, bootSerial + 1);
    const kernelRelease = brief.release.kernels[deployment.version]?.release ?? '';
    return { ...deployment, index, bootChecksum, kernelRelease, bootSerial };
  });
}

/** Directory of a kernel below the boot directory. */
export function kernelDirectory(placed: PlacedDeployment): string {
  return `ostree/${stateroot}-${placed.bootChecksum}`;
}

/** Names of kernel and initramfs inside {@link kernelDirectory}. */
export function kernelNames(placed: PlacedDeployment): {
  readonly kernel: string;
  readonly initramfs: string;
} {
  return {
    kernel: `vmlinuz-${placed.kernelRelease}`,
    initramfs: `initramfs-${placed.kernelRelease}.img`,
  };
}

/** Name of an entry file; GRUB sorts by it, the highest number is the default. Source: ostree 2024.5 release notes. */
export function entryName(placed: PlacedDeployment, count: number): string {
  return `ostree-${String(count - placed.index)}.conf`;
}

/** The text of an entry. Source: Boot Loader Specification; fields as in recorded `base-ostree`. */
export function entryText(
  brief: MachineBrief,
  options: OstreeOptions,
  placed: PlacedDeployment,
  count: number,
  bootVersion: BootVersion,
): string {
  const prefix = options.layout === 'single' ? '/boot' : '';
  const directory = `${prefix}/${kernelDirectory(placed)}`;
  const { kernel, initramfs } = kernelNames(placed);
  const link = `/ostree/boot.${String(bootVersion)}/${bootLinkPath(placed)}`;
  return [
    `title ${brief.system.name} ${placed.version} (ostree:${String(placed.index)})`,
    `version ${String(count - placed.index)}`,
    `options rw ostree=${link}`,
    `linux ${directory}/${kernel}`,
    `initrd ${directory}/${initramfs}`,
    '',
  ].join('\n');
}

/** Path of a deployment's bootlink below `boot.N`. */
export function bootLinkPath(placed: PlacedDeployment): string {
  return `${stateroot}/${placed.bootChecksum}/${String(placed.bootSerial)}`;
}

/** Where a bootlink points to. */
export function bootLinkTarget({ commit, serial }: Deployment): string {
  return `../../../deploy/${stateroot}/deploy/${commit}.${String(serial)}`;
}

/** An entry file, read back. Fields that are absent or damaged are undefined. */
export interface ParsedEntry {
  readonly title: string;
  readonly version?: VersionName;
  readonly kernel?: string;
  readonly initramfs?: string;
  /** The `ostree=` argument: path of the bootlink on the root volume. */
  readonly bootLink?: string;
}

/** Reads an entry file; a line that was cut or never arrived is simply not there. */
export function parseEntry(text: string): ParsedEntry {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const cut = line.indexOf(' ');
    if (cut > 0) fields.set(line.slice(0, cut), line.slice(cut + 1));
  }
  const title = fields.get('title') ?? '';
  const words = title.split(' ');
  const version = versionNames.find((name) => words.includes(name));
  const kernel = fields.get('linux');
  const initramfs = fields.get('initrd');
  const bootLink = /(?:^| )ostree=(\S+)/.exec(fields.get('options') ?? '')?.[1];
  return {
    title,
    ...(version === undefined ? {} : { version }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(initramfs === undefined ? {} : { initramfs }),
    ...(bootLink === undefined ? {} : { bootLink }),
  };
}

/** Commit and serial of a deployment directory's name. */
export function parseDeploymentName(name: string): { commit: string; serial: number } | undefined {
  const found = /^([0-9a-f]{64})\.(\d+)$/.exec(name);
  if (found?.[1] === undefined) return undefined;
  return { commit: found[1], serial: Number(found[2]) };
}
