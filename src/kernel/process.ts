/**
 * The system calls that a program of the simulation makes. Each is a generator that performs the call at once, charges
 * its time, yields once to the scheduler and gives its result: `const fd = yield* os.open(...)`. A failing call throws
 * {@link SystemError}, as errno would.
 */
import type { Attributes } from '../model/attributes.ts';
import type { Content } from '../model/content.ts';
import type { VolumeId } from '../model/device.ts';
import type { FreeSpace } from './space-account.ts';

/** A program, or one call of it: yields after each system call, ends with a result. */
export type Procedure<Result = void> = Generator<void, Result, void>;

/** Error names that the simulated kernel gives. */
export type ErrorName =
  | 'EACCES'
  | 'EBADF'
  | 'EBUSY'
  | 'EEXIST'
  | 'EINVAL'
  | 'EIO'
  | 'EISDIR'
  | 'ELOOP'
  | 'ENAMETOOLONG'
  | 'ENODEV'
  | 'ENOENT'
  | 'ENOSPC'
  | 'ENOTDIR'
  | 'ENOTEMPTY'
  | 'ENOTTY'
  | 'EPERM'
  | 'EROFS'
  | 'EXDEV';

/** How a file is opened; like open(2). */
export interface OpenFlags {
  readonly access: 'read' | 'write' | 'read-write';
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
}

/** Number of an open file of this process. */
export type FileDescriptor = number;

/** What stat(2) tells. */
export interface Status extends Attributes {
  /** Inode number, unique within its volume. */
  readonly inode: number;
  readonly volume: VolumeId;
  readonly sizeBytes: number;
  readonly linkCount: number;
}

/** What is mounted where, and how. */
export interface MountRequest {
  readonly mountPoint: string;
  readonly source:
    | {
        readonly kind: 'volume';
        readonly volume: VolumeId;
        readonly subvolume?: string;
        /** Directory below the subvolume's root that appears; default the root itself. */
        readonly from?: string;
      }
    | { readonly kind: 'bind'; readonly path: string }
    /** Changes of `lower` go to `upper`, by way of `work`: directories of one volume, by their paths from its root. */
    | {
        readonly kind: 'overlay';
        readonly volume: VolumeId;
        readonly lower: string;
        readonly upper: string;
        readonly work: string;
      }
    | { readonly kind: 'tmpfs' };
  readonly readOnly: boolean;
  /** A remount cannot make it writable: an overlay without an upper layer, an image with dm-verity. */
  readonly sealed?: true;
}

/** System calls of one process. Paths are absolute or relative to the working directory. */
export interface Process {
  readonly id: number;
  /** User id; 0 is root. */
  readonly user: number;
  /** Working directory. */
  cwd: string;

  open(path: string, flags: OpenFlags, mode?: number): Procedure<FileDescriptor>;
  /** Writes at the descriptor's offset (the end, when opened for appending) and moves it on. */
  write(fd: FileDescriptor, data: Content): Procedure;
  /** The same for text that somebody typed. */
  writeText(fd: FileDescriptor, text: string): Procedure;
  close(fd: FileDescriptor): Procedure;
  fsync(fd: FileDescriptor): Procedure;
  fdatasync(fd: FileDescriptor): Procedure;
  /** Starts write-back of the file's data and does not wait. */
  startWriteback(fd: FileDescriptor): Procedure;
  ftruncate(fd: FileDescriptor, sizeBytes: number): Procedure;

  /** open, read everything, close. */
  read(path: string): Procedure<Content>;
  /** The same as text; stand-in contents give their names. */
  readText(path: string): Procedure<string>;
  /** open with the given flags (default create and truncate), write once, close. */
  writeFile(path: string, data: Content | string, flags?: OpenFlags, mode?: number): Procedure;
  /** open, fsync, close; for a directory this makes its names durable. */
  fsyncPath(path: string): Procedure;

  mkdir(path: string, mode?: number): Procedure;
  rmdir(path: string): Procedure;
  unlink(path: string): Procedure;
  link(existing: string, path: string): Procedure;
  symlink(target: string, path: string): Procedure;
  readlink(path: string): Procedure<string>;
  rename(from: string, to: string): Procedure;
  exchange(left: string, right: string): Procedure;
  /** Names in a directory, sorted, without `.` and `..`. */
  readdir(path: string): Procedure<readonly string[]>;
  stat(path: string): Procedure<Status>;
  lstat(path: string): Procedure<Status>;
  chmod(path: string, mode: number): Procedure;
  /** setxattr(2). */
  setExtendedAttribute(path: string, name: string, value: string): Procedure;
  chown(path: string, user: number, group: number): Procedure;
  /** FS_IOC_SETFLAGS with or without FS_IMMUTABLE_FL. */
  setImmutable(path: string, immutable: boolean): Procedure;

  /** Everything of the file system that holds `path`. */
  syncfs(path: string): Procedure;
  /** Everything of every file system. */
  sync(): Procedure;
  /** FIFREEZE and FITHAW: also writes the journal home. */
  freezeAndThaw(path: string): Procedure;

  mount(request: MountRequest): Procedure;
  remount(mountPoint: string, readOnly: boolean): Procedure;
  unmount(mountPoint: string): Procedure;

  createSubvolume(path: string): Procedure;
  snapshot(source: string, path: string, readOnly: boolean): Procedure;
  /** Makes the subvolume at `path` what a plain mount shows. */
  setDefaultSubvolume(path: string): Procedure;
  /** The `ro` property of a subvolume: writes give EROFS, `mount` still shows rw. */
  setSubvolumeReadOnly(path: string, readOnly: boolean): Procedure;
  deleteSubvolume(path: string): Procedure;

  /** Writes blocks of a raw slot or of firmware variables. */
  writeBlocks(volume: VolumeId, offsetBytes: number, data: Content): Procedure;
  /** fsync of a block device. */
  flushBlocks(volume: VolumeId): Procedure;
  /**
   * close(2) of the last handle of a block device: everything is written to the drive, but the drive is not told to
   * flush its cache. While something else holds the device open, close writes nothing, so such a program does not make
   * this call, and the write-back timer brings its blocks. Source: Linux block/bdev.c, sync_blockdev; recorded run
   * ab-flag-first.
   */
  closeBlocks(volume: VolumeId): Procedure;
  /** The whole content of a raw volume. */
  readBlocks(volume: VolumeId): Procedure<Content>;

  /**
   * statvfs(3): size and free space of the file system that holds `path`; undefined where neither plays a part. Absent
   * in a kernel that does not count.
   */
  freeSpace?(path: string): Procedure<FreeSpace | undefined>;

  /** Computing, downloading, waiting: nothing happens to any disk. */
  compute(microseconds: number): Procedure;
  /** A line on the terminal. */
  print(text: string, kind?: 'output' | 'error' | 'note'): void;
  /** From here on operations belong to a new stage; `commitPoint` marks the switch. */
  stage(label: string, options?: { readonly commitPoint?: true; readonly note?: string }): void;
}

/** errno, as a program gets it. */
export class SystemError extends Error {
  readonly code: ErrorName;
  readonly call: string;
  readonly path: string;

  constructor(code: ErrorName, call: string, path: string) {
    super(`${code}: ${call} ${path}`);
    this.name = 'SystemError';
    this.code = code;
    this.call = call;
    this.path = path;
  }
}
