/** What lies on the EFI system partition of a system that is updated in place, and why nothing starts without it. */
import type { MachineBrief } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import type { BootMenu } from '../../model/boot-entry.ts';
import { wholeBlob } from '../../model/content.ts';
import { sameContent } from '../../model/expected-file.ts';
import type { RootTree } from '../../model/root-tree.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { isFedora } from './fedora-names.ts';
import { optionsOf } from './options.ts';
import { textAt } from './volume-text.ts';

const grubSource = 'https://www.gnu.org/software/grub/manual/grub/grub.html';

/** What lies on the EFI system partition. */
interface LoaderFiles {
  readonly programs: readonly (readonly [path: string, sizeBytes: number])[];
  /** Where GRUB learns which file system holds its menu, unless it has that inside. */
  readonly stub?: string;
}

/**
 * What the firmware starts, and what that starts: paths on the EFI system partition, with their sizes in bytes.
 * Sizes are of the right order. Source: https://wiki.debian.org/UEFI.
 */
const debianLoader: LoaderFiles = {
  programs: [
    ['EFI/debian/shimx64.efi', 960_000],
    ['EFI/debian/grubx64.efi', 2_600_000],
  ],
  stub: 'EFI/debian/grub.cfg',
};

/** The same under another name. Source: https://fedoraproject.org/wiki/Changes/UnifyGrubConfig */
const fedoraLoader: LoaderFiles = {
  programs: [
    ['EFI/fedora/shimx64.efi', 960_000],
    ['EFI/fedora/grubx64.efi', 2_600_000],
  ],
  stub: 'EFI/fedora/grub.cfg',
};

/** On Arch grub-install puts one program there, which has the way to its menu inside. Source: grub-install(8). */
const archLoader: LoaderFiles = { programs: [['EFI/GRUB/grubx64.efi', 160_000]] };

/** The files of a machine's loader. */
function loaderFiles(brief: MachineBrief): LoaderFiles {
  if (isFedora(brief)) return fedoraLoader;
  return optionsOf(brief.options).tool === 'pacman' ? archLoader : debianLoader;
}

/** What it reads in the stub. */
function stubText(brief: MachineBrief): string {
  const [volume, prefix] = isFedora(brief) ? ['boot', '/grub2'] : ['root', '/boot/grub'];
  return `search.fs_uuid ${volume} root\nset prefix=($root)'${prefix}'\nconfigfile $prefix/grub.cfg\n`;
}

/** Stand-in text of a file of the loader. */
const loaderText = (path: string): string => `boot loader ${path}`;

/** The EFI system partition of a fresh machine. */
export function loaderVolume(brief: MachineBrief): Volume {
  const { blobs } = brief;
  const { programs, stub } = loaderFiles(brief);
  const esp = new ImageBuilder();
  for (const [path, sizeBytes] of programs) {
    esp.file(esp.root, path, wholeBlob(blobs.intern(loaderText(path), sizeBytes), sizeBytes));
  }
  if (stub !== undefined) esp.file(esp.root, stub, textContent(blobs, stubText(brief)));
  return new Volume({ id: 'esp', profile: 'vfat', label: 'EFI system partition' }, esp.state());
}

/** Why there is nothing to choose from. */
export type Nothing = NonNullable<BootMenu['nothing']>;

/** What keeps the firmware from starting GRUB, or GRUB from finding its menu, on this EFI system partition. */
export function firmwareStop(brief: MachineBrief, esp: RootTree): Nothing | undefined {
  const { programs, stub } = loaderFiles(brief);
  for (const [path, sizeBytes] of programs) {
    const whole = wholeBlob(brief.blobs.intern(loaderText(path), sizeBytes), sizeBytes);
    const content = esp.file(path);
    if (content === undefined || !sameContent(content, whole)) {
      return {
        stage: 'firmware',
        because: {
          text: `The EFI system partition holds no whole ${path}: the firmware finds nothing that it can start.`,
          source: 'https://wiki.debian.org/UEFI',
        },
        console: ['No bootable device.'],
      };
    }
  }
  if (stub === undefined || textAt(esp, stub) === stubText(brief)) return undefined;
  const text = `${stub} on the EFI system partition, which says where the menu lies, is missing or damaged.`;
  return grubPrompt(text);
}

/** GRUB without a menu. */
export function grubPrompt(text: string): Nothing {
  return {
    stage: 'loader',
    because: { text: `GRUB starts, but has no menu: ${text}`, source: grubSource },
    console: [
      'GNU GRUB',
      'Minimal BASH-like line editing is supported. For the first word, TAB lists possible command completions.',
      'grub> ',
    ],
  };
}
