/** The terms that the page uses without explaining them, each in a sentence or two. */

/** What a term means, and who says so. */
export interface GlossaryEntry {
  readonly text: string;
  readonly source: string;
}

const glossary: { readonly [term: string]: GlossaryEntry } = {
  dpkg: {
    text: 'Debian’s package tool. It unpacks each package over the files of the running system: every file is synced and renamed on its own, and no single operation makes the whole update happen.',
    source: 'https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html',
  },
  pacman: {
    text: 'Arch Linux’s package tool. It replaces packages in the running system, file by file.',
    source: 'https://man.archlinux.org/man/pacman.8',
  },
  'rpm in place': {
    text: 'rpm replaces packages in the running system: it writes each file under another name and renames it, without waiting for the disk.',
    source: 'https://rpm.org/',
  },
  ext4: {
    text: 'The usual file system of Linux. A journal keeps names and sizes consistent; what is inside a file is on the disk for certain only after fsync.',
    source: 'https://docs.kernel.org/filesystems/ext4/',
  },
  btrfs: {
    text: 'A file system that never overwrites: it writes new trees and then switches one superblock. Many changes become durable together, every 30 seconds or on request.',
    source: 'https://btrfs.readthedocs.io/',
  },
  OSTree: {
    text: 'Keeps whole versions of the operating system as trees of hard links into one store of files, and switches between them at a restart.',
    source: 'https://ostreedev.github.io/ostree/',
  },
  'staged in RAM': {
    text: 'The finished update is noted in /run, which is memory; only a clean shutdown makes it the next start.',
    source: 'https://ostreedev.github.io/ostree/deployment/',
  },
  'A/B': {
    text: 'Two roots: one runs, the update is written to the other, and then the start is switched.',
    source: 'https://github.com/Vanilla-OS/ABRoot',
  },
  ABRoot: {
    text: 'The A/B tool of Vanilla OS. It unpacks an image into the other root and exchanges the boot menus.',
    source: 'https://github.com/Vanilla-OS/ABRoot',
  },
  'btrfs snapshot': {
    text: 'A copy of a subvolume that shares all its data with the original. openSUSE MicroOS updates such a copy, and makes it the default for the next start.',
    source: 'https://btrfs.readthedocs.io/en/latest/Subvolumes.html',
  },
  snapper: {
    text: 'Makes a btrfs snapshot before and after each change of the system, to go back to.',
    source: 'http://snapper.io/',
  },
  'rpm offline': {
    text: 'The packages are downloaded while the machine works, and replaced by rpm after a restart, before anybody can log in. It is still one file after the other.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.offline-updates.html',
  },
  'systemd-sysupdate': {
    text: 'Writes a new image into the slot that does not run, and renames it when it is whole; a number of tries in the name of its boot entry lets the loader go back by itself.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd-sysupdate.html',
  },
  Timeshift: {
    text: 'Keeps copies of the system’s files, unchanged ones as hard links, to restore by hand. Homes are left out unless one asks for them.',
    source: 'https://github.com/linuxmint/timeshift',
  },
  'Nix store': {
    text: 'Every version of every package lies in a folder of its own below /nix/store; a generation is a list of links to them.',
    source: 'https://nix.dev/manual/nix/stable/store/',
  },
  'systemd-boot': {
    text: 'A boot menu made of small text files and kernels on the EFI system partition, which is vfat and has no journal.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd-boot.html',
  },
  'commit point': {
    text: 'The one operation that turns old into new. Before it a power cut leaves the old version, after it the new one, if everything that the new version needs is already on the disk.',
    source: '',
  },
  fsync: {
    text: 'The request to wait until a file is on the disk. Without it, “saved” means that the kernel has the text in memory.',
    source: 'https://man7.org/linux/man-pages/man2/fsync.2.html',
  },
};

/** The entry of a term, undefined where there is none. */
export function explained(term: string): GlossaryEntry | undefined {
  return Object.hasOwn(glossary, term) ? glossary[term] : undefined;
}

/** The terms that a line such as `dpkg · ext4` consists of. */
export function termsOf(line: string): readonly string[] {
  return line.split(' · ');
}
