/** What a machine whose matching files are of two versions says, as boot and survival both tell it. */

/** A group of files that must be of one version, found in two. */
export interface MixedGroup {
  readonly id: string;
  /** Why its files must match, in words that follow "because"; absent where the release gives no reason. */
  readonly why?: string | undefined;
  /** Which file is of which version, such as "a is of v1, b of v2"; absent where no example is known. */
  readonly examples?: string | undefined;
}

/** The sentence that names the group, its files, and why they must match. */
export function wordsOfMixedGroup({ id, why, examples }: MixedGroup): string {
  const files = examples === undefined ? '' : `: ${examples}`;
  const because = why ?? 'they are built for one another';
  return `Files that must match do not${files} (group ${id}; its files must be of one version because ${because}). Whether it starts depends on the group; do not rely on it.`;
}

const targetReached = '[  OK  ] Reached target multi-user.target - Multi-User System.';

/** A program that the dynamic linker ends exits with 127, and the kernel panics when that program is init. */
const initEnded = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00007f00';

/**
 * What the console shows when the two versions of a group do not fit one another; where nothing that they use of one
 * another has changed, the machine starts instead. An ellipsis stands for names that depend on the versions. Sources:
 * relocation error, symbol lookup error, version not found: glibc elf/dl-lookup.c, elf/dl-version.c
 * (https://sourceware.org/git/?p=glibc.git;a=tree;f=elf); SD_SHARED:
 * https://github.com/systemd/systemd/blob/main/src/shared/libshared.sym; the panic:
 * https://github.com/torvalds/linux/blob/master/kernel/exit.c; python:
 * https://github.com/python/cpython/blob/main/Lib/re/_compiler.py.
 */
export function consoleOfMixedGroup(id: string): readonly string[] {
  switch (id) {
    case 'libc':
      return [
        '/sbin/init: relocation error: …: symbol …, version GLIBC_PRIVATE not defined in file … with link time reference',
        initEnded,
      ];
    case 'systemd':
      return [
        '/sbin/init: symbol lookup error: …: undefined symbol: …, version SD_SHARED',
        initEnded,
      ];
    case 'openssl':
    case 'ssl':
      return [targetReached, "…: …/libcrypto.so.3: version `OPENSSL_…' not found (required by …)"];
    case 'python':
      return [targetReached, 'AssertionError: SRE module mismatch'];
    default:
      return [targetReached];
  }
}
