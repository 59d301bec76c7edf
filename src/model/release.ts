/** What a version of the operating system is made of; the same for every system, on purpose. */

/** Versions of the story: before, after, and two that are broken on purpose. */
export type VersionName = 'v1' | 'v2' | 'v2-no-display-manager' | 'v2-broken-kernel';

/** How much of the real release is simulated. `recorded` is the small system of the recorded runs. */
export type ReleaseSize = 'classroom' | 'full' | 'recorded';

/** One file of one version of a package. Paths are canonical, for a merged /usr. */
export interface ReleaseFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly mode: number;
  /** Stand-in bytes that name the content; equal text and size mean equal content. */
  readonly text: string;
  /** Target of a symbolic link; such an entry has no content. */
  readonly target?: string;
  /** Libraries an ELF file asks for (DT_NEEDED), and the name it answers to. */
  readonly needs?: readonly string[];
  readonly soname?: string;
  /** A file that the package manager treats as configuration. */
  readonly conffile?: true;
}

/** One version of a package. */
export interface PackageVersion {
  readonly version: string;
  readonly files: readonly ReleaseFile[];
}

/** Package name, with what the boot needs of it. */
export interface ReleasePackage {
  readonly name: string;
  readonly depends: readonly string[];
  readonly essential: boolean;
  /** Files of one group must be of one version; the reason is in {@link LockstepGroup}. */
  readonly lockstep?: string;
  /** Whether a machine cannot reach its login without this package. */
  readonly boot: boolean;
  /** The application it belongs to, for fates of applications. */
  readonly application?: string;
  readonly versions: { readonly [version in VersionName]?: PackageVersion };
}

/** Packages that must be of one version, and why. */
export interface LockstepGroup {
  readonly id: string;
  readonly why: string;
}

/** A kernel: its release string is in its file names, so two versions lie side by side. */
export interface ReleaseKernel {
  readonly release: string;
  readonly package: string;
  /** Path of the image as the kernel package ships it. */
  readonly image: ReleaseFile;
  readonly modules: readonly ReleaseFile[];
  /** Made on the machine by the initramfs generator, not shipped. */
  readonly initramfs: ReleaseFile;
  /** Set on a kernel that panics on purpose. */
  readonly broken?: true;
}

/** A file that is made on the machine, and by which program. */
export interface GeneratedFile {
  readonly path: string;
  readonly maker: string;
  readonly sizeBytes: number;
}

/** Account of a person on every machine. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

/** Everything a simulated machine is installed from and updated to. */
export interface Release {
  readonly size: ReleaseSize;
  readonly packages: readonly ReleasePackage[];
  readonly lockstepGroups: readonly LockstepGroup[];
  readonly kernels: { readonly [version in VersionName]?: ReleaseKernel };
  readonly generated: readonly GeneratedFile[];
  /** Files of /etc as versions ship them; `editedByUser` was changed before the story begins. */
  readonly editedConfig: readonly { readonly path: string; readonly text: string }[];
  readonly accounts: readonly Account[];
  /** Paths that the start of a machine needs, in order of {@link BootNeed.stage}. */
  readonly boot: readonly BootNeed[];
}

/** A file without which a stage of the start fails. Its libraries are followed by their ELF needs. */
export interface BootNeed {
  readonly stage: 'init' | 'services' | 'login' | 'applications';
  readonly path: string;
  /** What the machine prints when it is missing or damaged. */
  readonly message: string;
}
