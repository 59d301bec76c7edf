/** What the boot loader reads on a NixOS system: entries of generations, and the default among them. */
import type { MachineBrief } from '../backend.ts';
import { nameOf } from '../../model/path.ts';
import type { VersionName } from '../../model/release.ts';
import { kernelOwner, packagePath, systemPath, versionOfSystem } from './names.ts';
import type { NixOptions } from './options.ts';

/** A generation of the system: its number and what its link names. */
export interface Generation {
  readonly number: number;
  readonly system: string;
  readonly version: VersionName;
}

/** One entry of the menu, as a loader reads it. */
export interface MenuEntry {
  readonly id: string;
  readonly title: string;
  /** Paths on the volume that the loader reads. */
  readonly kernel: string;
  readonly initramfs: string;
  /** Path of the system's init. */
  readonly init: string;
}

/** GRUB reads kernels where they are, when it reads their file system. Source: nixpkgs install-grub.pl, copyKernels. */
export function kernelsStayInStore({ loader, bootFilesystem }: NixOptions): boolean {
  return loader === 'grub' && bootFilesystem === 'root';
}

/** Kernel and initrd of a version: where they are in the store, and under which name the boot volume has them. */
export function bootCopies(
  brief: MachineBrief,
  options: NixOptions,
  version: VersionName,
): readonly { readonly from: string; readonly to: string }[] {
  const kernel = packagePath(brief, kernelOwner(brief, version), version);
  return ['bzImage', 'initrd'].map((file) => {
    const from = `${kernel}/${file}`;
    const name = `${nameOf(kernel)}-${file}`;
    if (kernelsStayInStore(options)) return { from, to: from };
    const to = options.loader === 'grub' ? `/kernels/${name}` : `/EFI/nixos/${name}.efi`;
    return { from, to };
  });
}

/** The entry of a generation. */
export function entryOf(
  brief: MachineBrief,
  options: NixOptions,
  generation: Generation,
): MenuEntry {
  const [kernel, initramfs] = bootCopies(brief, options, generation.version);
  const number = String(generation.number);
  const release = brief.release.kernels[generation.version]?.release ?? '';
  return {
    id: `nixos-generation-${number}`,
    title: `NixOS Generation ${number} ${generation.version}, Linux Kernel ${release}`,
    kernel: kernel?.to ?? '',
    initramfs: initramfs?.to ?? '',
    init: `${generation.system}/init`,
  };
}

/** The text of a systemd-boot entry. Source: nixpkgs systemd-boot-builder.py, Boot Loader Specification. */
export function entryText(entry: MenuEntry): string {
  return [
    'title NixOS',
    `version ${entry.title.replace('NixOS ', '')}`,
    `linux ${entry.kernel}`,
    `initrd ${entry.initramfs}`,
    `options init=${entry.init}`,
    '',
  ].join('\n');
}

/** Reads a systemd-boot entry; undefined when it names no kernel, as after a lost write. */
export function parseEntry(id: string, text: string): MenuEntry | undefined {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const cut = line.indexOf(' ');
    if (cut > 0) fields.set(line.slice(0, cut), line.slice(cut + 1));
  }
  const kernel = fields.get('linux');
  if (kernel === undefined) return undefined;
  return {
    id,
    title: `${fields.get('title') ?? ''} ${fields.get('version') ?? ''}`.trim(),
    kernel,
    initramfs: fields.get('initrd') ?? '',
    init: /init=(\S+)/.exec(fields.get('options') ?? '')?.[1] ?? '',
  };
}

/** The text of `loader.conf`. */
export function loaderText(entry: MenuEntry): string {
  return `timeout 5\ndefault ${entry.id}.conf\n`;
}

/** The text of `grub.cfg`: the default first. Source: nixpkgs install-grub.pl. */
export function grubText(entries: readonly MenuEntry[]): string {
  const blocks = entries.map((entry) =>
    [
      `menuentry "${entry.title}" --id ${entry.id} {`,
      `  linux ${entry.kernel} init=${entry.init}`,
      `  initrd ${entry.initramfs}`,
      '}',
      '',
    ].join('\n'),
  );
  return `set default=0\nset timeout=5\n${blocks.join('')}`;
}

/** Reads `grub.cfg`; a block that was cut is not an entry. */
export function parseGrub(text: string): readonly MenuEntry[] {
  const block =
    /menuentry "([^"]*)" --id (\S+) \{\n {2}linux (\S+) init=(\S+)\n {2}initrd (\S+)\n\}/g;
  return [...text.matchAll(block)].map(([, title, id, kernel, init, initramfs]) => ({
    id: id ?? '',
    title: title ?? '',
    kernel: kernel ?? '',
    init: init ?? '',
    initramfs: initramfs ?? '',
  }));
}

/** Number of the generation that an entry's or a link's name says. */
export function generationNumber(name: string): number {
  return Number(/(\d+)/.exec(name)?.[1] ?? '0');
}

/** Whether a name in the profiles directory is a generation of the system. */
export function isGenerationLink(name: string): boolean {
  return /^system-\d+-link$/.test(name);
}

/** The first generation of a machine. */
export function firstGeneration(brief: MachineBrief): Generation {
  return { number: 1, system: systemPath(brief, 'v1'), version: 'v1' };
}

/** A generation from its link, if it names a system. */
export function generationOf(name: string, target: string): Generation | undefined {
  const version = versionOfSystem(target);
  return version === undefined
    ? undefined
    : { number: generationNumber(name), system: target, version };
}
