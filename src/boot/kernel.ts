/** From the menu to a running kernel: image and initramfs, as the loader reads them. */
import type { BootEntry, BootMenu, DiskView, FileReference } from '../model/boot-entry.ts';
import type { BootFailure } from '../model/boot-result.ts';
import { emptyContent, zeroBlob, type Content } from '../model/content.ts';
import {
  damageOf,
  isAllZeros,
  isWholeBlob,
  sameContent,
  type ExpectedBytes,
} from '../model/expected-file.ts';
import { nameOf } from '../model/path.ts';
import type { VersionName } from '../model/release.ts';
import { RootTree } from '../model/root-tree.ts';
import type { BootStage, Reason } from '../model/verdict.ts';
import type { BootPlan, PlannedKernel } from './plan.ts';
import { reason } from './sources.ts';

/** A stop on the way: how far it came, what is missing, what the machine says. */
export interface Stop {
  readonly reached: BootStage;
  readonly failure: BootFailure;
  readonly because: Reason;
  readonly console: readonly string[];
  /** What to do from a rescue medium, where it is something else than the kind of failure says. */
  readonly rescue?: string;
}

/** The kernels that an entry starts, or why it starts none. */
export interface KernelStart {
  /** Versions that ship this very kernel; empty when it is damaged. */
  readonly kernels: readonly PlannedKernel[];
  /** For a root that is an image: the versions whose image it is. */
  readonly imageVersions?: readonly VersionName[];
  readonly stop?: Stop;
}

/** The content of the file that a reference leads to, or undefined. Links are followed inside the volume. */
export function fileAt(disk: DiskView, file: FileReference): Content | undefined {
  const { volume, directory } = file;
  return new RootTree(disk, [{ mountPoint: '/', volume, directory }]).file(file.path);
}

/** Loads kernel and initramfs of an entry. */
export function startKernel(
  plan: BootPlan,
  menu: BootMenu,
  disk: DiskView,
  entry: BootEntry,
): KernelStart {
  if (entry.unified !== undefined) return startUnified(plan, disk, entry, entry.unified);
  if (entry.image !== undefined) return startImage(plan, disk, entry, entry.image);
  const kernelFile = fileAt(disk, entry.kernel);
  const kernels = plan.kernels.filter(
    ({ kernel, image }) =>
      kernelFile !== undefined && isWholeBlob(kernelFile, image, kernel.image.sizeBytes),
  );
  if (kernels.length === 0) return { kernels, stop: kernelStop(plan, menu, entry, kernelFile) };
  if (kernels.every(({ kernel }) => kernel.broken === true)) {
    return { kernels: [], stop: panicStop(entry) };
  }
  const initramfsFile = fileAt(disk, entry.initramfs);
  const fits = kernels.filter(
    ({ kernel, initramfs }) =>
      initramfsFile !== undefined &&
      isWholeBlob(initramfsFile, initramfs, kernel.initramfs.sizeBytes),
  );
  if (fits.length > 0) return { kernels: fits };
  return { kernels, stop: initramfsStop(plan, menu, entry, initramfsFile) };
}

/** Whether GRUB loads an entry without a word: its lines are not from grub-mkconfig. */
export function printsNothing({ isDeployment, isSpecification }: BootEntry): boolean {
  return isDeployment === true || isSpecification === true;
}

/** What GRUB says to `boot` when nothing was loaded. Source: GRUB, grub-core/commands/boot.c. */
const noKernelLoaded = [
  'error: you need to load the kernel first.',
  'Press any key to continue...',
] as const;

function kernelStop(
  plan: BootPlan,
  menu: BootMenu,
  entry: BootEntry,
  file: Content | undefined,
): Stop {
  const name = nameOf(entry.kernel.path);
  const grub = menu.loader !== 'systemd-boot';
  const state = wordsOfFile(
    file,
    plan.kernels.map(({ kernel, image }) => ({ blob: image, sizeBytes: kernel.image.sizeBytes })),
  );
  const failure = { stage: 'kernel', kind: 'no entry', path: entry.kernel.path } as const;
  // A menu that a second file was to complete, and did not, never gets as far as the kernel.
  if (entry.missingAt === 'loader' && entry.missing !== undefined) {
    return { reached: 'loader', failure, because: entry.missing, console: noKernelLoaded };
  }
  return {
    reached: 'loader',
    failure,
    because: reason(
      `The menu entry “${entry.title}” names the kernel ${name}, which ${state}.`,
      grub ? 'grubLinux' : 'systemdBoot',
    ),
    console: grub ? grubKernelLines(entry, file) : systemdBootKernelLines(entry, file),
  };
}

function wordsOfFile(file: Content | undefined, expected: readonly ExpectedBytes[]): string {
  if (file === undefined) return 'is not there';
  switch (damageOf(file, expected)) {
    case 'empty':
      return 'is empty: its name reached the disk, its data did not';
    case 'zeros':
      return 'holds nothing but zeros';
    case 'cut':
      return 'is cut short';
    case 'partly zeros':
      return 'holds zeros in place of some of its bytes';
    default:
      return 'is not the file of any version';
  }
}

/**
 * Messages of GRUB: file not found in grub-core/fs/fshelp.c, the others in grub-core/loader/i386/linux.c, the last line
 * in grub-core/normal/menu_entry.c (https://git.savannah.gnu.org/cgit/grub.git/tree/grub-core). Newer builds put their
 * source file and its line between "error:" and the words; left out here, for they change with each version. A kernel
 * that is only damaged inside loads, and its own unpacking fails: arch/x86/boot/compressed/error.c of Linux.
 */
function grubKernelLines(entry: BootEntry, file: Content | undefined): readonly string[] {
  const { path } = entry.kernel;
  const loading = printsNothing(entry) ? [] : ['Loading Linux ...'];
  const ramdisk = printsNothing(entry) ? [] : ['Loading initial ramdisk ...'];
  const zeros = file?.segments.some(({ blob }) => blob === zeroBlob) === true;
  if (file !== undefined && zeros && !isAllZeros(file)) {
    return [...loading, ...ramdisk, '-- System halted'];
  }
  const first =
    file === undefined
      ? `error: file \`${path}' not found.`
      : isAllZeros(file)
        ? 'error: invalid magic number.'
        : `error: premature end of file ${path}.`;
  return [...loading, first, ...ramdisk, ...noKernelLoaded];
}

/**
 * Messages of systemd-boot, src/boot/boot.c; the word at the end is the firmware's status, for a file that is no program
 * that of EDK II.
 */
function systemdBootKernelLines(entry: BootEntry, file: Content | undefined): readonly string[] {
  const path = entry.kernel.path.replaceAll('/', '\\');
  return [`Error loading EFI binary ${path}: ${file === undefined ? 'Not found' : 'Unsupported'}`];
}

function panicStop(entry: BootEntry): Stop {
  return {
    reached: 'kernel',
    failure: { stage: 'initramfs', kind: 'no entry', path: entry.kernel.path },
    because: {
      text: `The kernel of “${entry.title}” is whole, but it is a bad release: it panics before it looks for its root.`,
      source: 'release data: the version is broken on purpose',
    },
    console: [
      'Kernel panic - not syncing: Fatal exception',
      '---[ end Kernel panic - not syncing: Fatal exception ]---',
    ],
  };
}

function initramfsStop(
  plan: BootPlan,
  menu: BootMenu,
  entry: BootEntry,
  file: Content | undefined,
): Stop {
  const other = plan.kernels.find(
    ({ kernel, initramfs }) =>
      file !== undefined && isWholeBlob(file, initramfs, kernel.initramfs.sizeBytes),
  );
  const files = plan.kernels.map(({ kernel, initramfs }) => ({
    blob: initramfs,
    sizeBytes: kernel.initramfs.sizeBytes,
  }));
  const state =
    other === undefined
      ? wordsOfFile(file, files)
      : `belongs to the kernel ${other.kernel.release}: its drivers do not load into this one`;
  const kind = other === undefined ? 'damaged' : 'mismatch';
  const { path } = entry.initramfs;
  return {
    reached: file === undefined && menu.loader === 'systemd-boot' ? 'loader' : 'kernel',
    failure: { stage: 'initramfs', kind, path },
    because: reason(
      `The initramfs ${nameOf(path)}, from which the kernel mounts its root, ${state}.`,
      'initramfs',
    ),
    console: initramfsLines(menu, path, file),
  };
}

function initramfsLines(
  menu: BootMenu,
  path: string,
  file: Content | undefined,
): readonly string[] {
  if (file === undefined && menu.loader === 'systemd-boot') {
    return ['Error preparing initrd: Not found'];
  }
  const panic = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)';
  if (file === undefined) {
    return [`error: file \`${path}' not found.`, 'Press any key to continue...', panic];
  }
  if (file.sizeBytes === 0) return [panic];
  return ['Initramfs unpacking failed: invalid magic at start of compressed archive', panic];
}

/** One file with everything in it, then the image of the root that it names. */
function startUnified(
  plan: BootPlan,
  disk: DiskView,
  entry: BootEntry,
  unified: Content,
): KernelStart {
  const root =
    entry.image === undefined ? { kernels: [] } : startImage(plan, disk, entry, entry.image);
  const file = fileAt(disk, entry.kernel);
  if (file === undefined || !sameContent(file, unified)) {
    return { ...root, kernels: [], stop: unifiedStop(entry, file) };
  }
  const kernels = plan.kernels.filter(({ version }) => version === entry.version);
  if (kernels.length > 0 && kernels.every(({ kernel }) => kernel.broken === true)) {
    return { ...root, kernels: [], stop: panicStop(entry) };
  }
  return entry.image === undefined ? { kernels } : root;
}

function unifiedStop(entry: BootEntry, file: Content | undefined): Stop {
  const { path } = entry.kernel;
  return {
    reached: 'loader',
    failure: { stage: 'kernel', kind: 'no entry', path },
    because: reason(
      `The menu entry “${entry.title}” is the kernel image ${nameOf(path)}, which is not whole.`,
      'systemdBoot',
    ),
    console: systemdBootKernelLines(entry, file),
  };
}

function startImage(
  plan: BootPlan,
  disk: DiskView,
  entry: BootEntry,
  image: NonNullable<BootEntry['image']>,
): KernelStart {
  const view = disk.volumes.get(image.volume);
  const content = view === undefined ? emptyContent : view.content(view.root);
  const versions = [plan.before, plan.after].filter((version, index, all) => {
    const expected = image.expected[version];
    return (
      all.indexOf(version) === index && expected !== undefined && sameContent(expected, content)
    );
  });
  const kernels = plan.kernels.filter(({ version }) => versions.includes(version));
  if (versions.length === 0) {
    return { kernels: [], imageVersions: [], stop: imageStop(entry, image, content) };
  }
  if (kernels.length > 0 && kernels.every(({ kernel }) => kernel.broken === true)) {
    return { kernels: [], imageVersions: versions, stop: panicStop(entry) };
  }
  return { kernels, imageVersions: versions };
}

function imageStop(
  entry: BootEntry,
  image: NonNullable<BootEntry['image']>,
  content: Content,
): Stop {
  const blank = content.sizeBytes === 0 || isAllZeros(content);
  // With a kernel outside of the slot it is the initramfs that finds nothing there.
  if (blank && entry.unified === undefined) {
    return {
      reached: 'loader',
      failure: { stage: 'kernel', kind: 'no entry' },
      because: reason(
        `The slot ${image.volume}, which the entry “${entry.title}” names, holds nothing but zeros: there is no kernel in it.`,
        'recordedSlots',
      ),
      console: [`error: no such device: ${image.volume}.`],
    };
  }
  const text = `The slot ${image.volume} is written in part: its image is neither the old nor the new version.`;
  return {
    reached: 'initramfs',
    failure: { stage: 'root', kind: 'damaged' },
    because: image.verity
      ? reason(`${text} dm-verity refuses the blocks whose hash is wrong.`, 'verity')
      : reason(
          `${text} Nothing checks it: it fails where a damaged block is read.`,
          'recordedSlots',
        ),
    console: image.verity
      ? [`device-mapper: verity: ${image.volume}: data block is corrupted`]
      : [`mount: mounting ${image.volume} on /root failed: Invalid argument`],
  };
}
