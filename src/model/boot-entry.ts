/** What a boot loader offers, and how the root of an entry is put together; read from the disk alone. */
import type { BlobTable, Content } from './content.ts';
import type { Inode } from './cell-table.ts';
import type { VolumeId } from './device.ts';
import type { FileSystemView } from './file-system-view.ts';
import type { VersionName } from './release.ts';
import type { BootStage, Reason, WayBack } from './verdict.ts';

/** Every volume of a machine in one possible state. A volume that cannot be mounted is absent from the map. */
export interface DiskView {
  readonly volumes: ReadonlyMap<VolumeId, FileSystemView>;
  readonly blobs: BlobTable;
}

/** A file on a volume, found by walking `path` from `directory`. */
export interface FileReference {
  readonly volume: VolumeId;
  readonly directory: Inode;
  readonly path: string;
}

/** A piece of the root: `directory` of `volume` appears at `mountPoint`. */
export interface RootMount {
  readonly mountPoint: string;
  readonly volume: VolumeId;
  readonly directory: Inode;
  /** Of an overlay: the directory of the same volume whose names lie over those of `directory`. */
  readonly upper?: Inode;
}

/**
 * A root that is one image in a raw volume: it has no tree that could be walked, so all its files share one fate, and
 * kernel and initramfs lie inside it. Judge it by its bytes, `content(root)` of the volume: equal to the expected
 * content of a version, every operating-system file is of that version; all zeros, the loader finds no kernel there
 * (broken-noboot); anything else is torn (broken-torn). Source of the classes: recorded runs ab and ab-flag-first.
 */
export interface RootImage {
  readonly volume: VolumeId;
  /** Content of the whole image, for each version that the entry may turn out to hold. */
  readonly expected: { readonly [version in VersionName]?: Content };
  /** With dm-verity a damaged image refuses to start; without, nobody checks it and errors show when blocks are read. */
  readonly verity: boolean;
  /**
   * Set when the image is whole and its files can be walked: they are in `root` where the image is mounted, and judged
   * one by one, because a block that decays is noticed when it is read. The kernel lies outside of the image then.
   */
  readonly isWalkable?: true;
}

/**
 * What brings up the root. Debian and Vanilla OS: initramfs-tools, a shell script with BusyBox. Fedora and openSUSE:
 * dracut, in which systemd runs. Arch: mkinitcpio, a shell script with BusyBox as its build sets it. NixOS since 26.05: systemd as well, put together by its own modules
 * (https://github.com/NixOS/nixpkgs/pull/435781).
 */
export type InitramfsMaker = 'initramfs-tools' | 'dracut' | 'mkinitcpio' | 'nixos';

/** One line of the boot menu. */
export interface BootEntry {
  readonly id: string;
  readonly title: string;
  /** The version that the entry says it starts. */
  readonly version: VersionName;
  readonly kernel: FileReference;
  readonly initramfs: FileReference;
  /** Longest mount points last; the first is `/`. Empty when the root that the entry names is not there. */
  readonly root: readonly RootMount[];
  /**
   * Set when the root is an image: then `/` of `root` shows no operating-system files (only where shared data is
   * mounted), and `kernel` and `initramfs` name the image's volume with an empty path.
   */
  readonly image?: RootImage;
  /**
   * Set when `kernel` names one file that holds kernel, initramfs and command line: its whole content for `version`.
   * Source: https://uapi-group.org/specifications/specs/unified_kernel_image/
   */
  readonly unified?: Content;
  /** Set when the loader takes this entry because another one has used up its tries: which, and why. */
  readonly insteadOf?: Reason;
  /** Which program made the initramfs, for the words that it prints; default `initramfs-tools`. */
  readonly initramfsMaker?: InitramfsMaker;
  /** Set when the entry names an OSTree deployment: GRUB prints nothing, and ostree-prepare-root makes the root. */
  readonly isDeployment?: true;
  /** Set for an entry of the Boot Loader Specification, for which GRUB prints nothing. */
  readonly isSpecification?: true;
  /** Set when a start of this entry first goes on with something that was under way: what, and what tells it so. */
  readonly goesOn?: Reason;
  /** Set when the start goes on without what holds the accounts of people: why, and where they were. */
  readonly accountsGone?: Reason;
  /** Path of init inside the root. */
  readonly init: string;
  /** Set when the entry names something that is not there: what, in plain words. */
  readonly missing?: Reason;
  /** Set when `missing` is all of the root: its version is no longer on the disk, and only the entry still names it. */
  readonly rootGone?: true;
  /**
   * Set when `missing` is what the loader itself reads: it stops there, before it looks for a kernel, and `kernel` names
   * that file. Otherwise `missing` is found when the root is put together.
   */
  readonly missingAt?: 'loader';
}

/**
 * What goes back by itself when a start fails: which failures it notices, by the stage that was not reached, and which
 * entry is started then.
 */
export interface AfterFailure {
  readonly stages: readonly BootStage[];
  /** Only when this file is the one that is missing or damaged. */
  readonly path?: string;
  /** Id of the entry. */
  readonly entry: string;
  /** What notices it, and how it goes back. */
  readonly because: Reason;
}

/** The menu of a machine: what firmware and loader find on this disk. */
export interface BootMenu {
  /** Which loader shows it, for the words that it prints; default GRUB. */
  readonly loader?: 'grub' | 'systemd-boot';
  /** In the order of the menu; the default first. Empty when nothing can be started. */
  readonly entries: readonly BootEntry[];
  /** What happens by itself when the default entry fails; without a word here, nothing. */
  readonly afterFailures?: readonly AfterFailure[];
  /** Why there is no entry, when there is none: the first missing link. */
  readonly nothing?: {
    readonly stage: 'firmware' | 'loader';
    readonly because: Reason;
    readonly console: readonly string[];
  };
  /** How someone gets to another entry on this system. */
  readonly wayToOther: WayBack;
  /** Set where an older version is kept to be copied back, not to be started: what of it is on this disk, and how. */
  readonly olderByCopy?: Reason;
}
