/** A distribution, as data: mechanism plus options, layout, commands people type, sources. */
import type { VolumeId } from './device.ts';
import type { StartChecks } from './scenario.ts';

/** The five mechanisms. */
export const backendIds = ['mutable', 'ostree', 'ab', 'btrfs', 'nix'] as const;

/** Name of a mechanism. */
export type BackendId = (typeof backendIds)[number];

/** Options of a backend: words and truth values only; each backend documents and checks its own. */
export type BackendOptions = { readonly [option: string]: string | boolean };

/** One mounted piece of a running machine, in fstab's order. */
export interface MountPlan {
  readonly mountPoint: string;
  /** A volume; the name `tmpfs` means memory, which no power cut survives. */
  readonly volume: VolumeId;
  /** Path of the directory on the volume that appears here; default its root. */
  readonly from?: string;
  /** Of an overlay: the directory of the same volume that takes all changes, and the one that they are made in. */
  readonly overlay?: { readonly upper: string; readonly work: string };
  /** The subvolume whose root `from` starts at, by path from the top level; default the default subvolume. */
  readonly subvolume?: string;
  readonly readOnly: boolean;
  /** Nothing can make it writable, not even a remount: an overlay without an upper layer. */
  readonly sealed?: true;
}

/** Commands that people type for the lifecycle; what the terminal shows. */
export interface SystemCommands {
  readonly update: string;
  readonly rollback: string;
  readonly install: string;
  readonly remove: string;
  /** With OLD and NEW in the place of the two packages. */
  readonly replace: string;
  readonly history: string;
}

/** A distribution. */
export interface System {
  readonly id: string;
  readonly name: string;
  /** Not among the machines that run unasked. */
  readonly onRequest?: true;
  /** One line under the name: tool and file system. */
  readonly mechanism: string;
  readonly backend: BackendId;
  readonly options: BackendOptions;
  readonly commands: SystemCommands;
  /** What protects what, in a sentence each. */
  readonly protections: readonly string[];
  /** Volumes that are encrypted where the disk is: what the installer offers to encrypt, and who says so. */
  readonly encryptable?: { readonly volumes: readonly VolumeId[]; readonly source: string };
  /** Directories below which btrfs keeps no checksums, because the installer sets `chattr +C`; with the source. */
  readonly withoutChecksums?: { readonly paths: readonly string[]; readonly source: string };
  /** What lists running programs that use deleted files, where the system has such a tool; with the source. */
  readonly staleProgramsTool?: { readonly command: string; readonly source: string };
  /** Options that a setting of a scenario stands for on this system; without a word here, the setting changes nothing. */
  readonly settingOptions?: {
    readonly ownBootPartition?: BackendOptions;
    readonly startChecks?: { readonly [kind in StartChecks]: BackendOptions };
  };
  /** Date of the facts. */
  readonly asOf: string;
  readonly sources: readonly string[];
  /** Where the article of 2023 says otherwise. */
  readonly thenAndNow?: string;
  /** Where the simulated machine is simpler than the real one. */
  readonly simplified: readonly string[];
}
