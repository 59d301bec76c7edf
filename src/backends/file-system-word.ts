/** The file systems that an option can ask for. */

/** A file system with its default options. Source: the words of the recorded workloads. */
export type FileSystemWord = 'ext4' | 'xfs' | 'btrfs';

const words: readonly FileSystemWord[] = ['ext4', 'xfs', 'btrfs'];

/** The file system that an option names, or undefined. */
export function fileSystemWord(option: string | boolean | undefined): FileSystemWord | undefined {
  return words.find((word) => word === option);
}
