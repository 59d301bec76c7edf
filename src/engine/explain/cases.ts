/** The classic cases, as programs in the words of the litmus tests; everything else about them is computed. */
import type { LitmusCall, LitmusProgram } from '../litmus/program.ts';

/** What to do instead, on some file systems. */
export interface Instead {
  /** Profile ids that it is for; all when absent. */
  readonly on?: readonly string[];
  readonly ops: readonly LitmusCall[];
  /** What to know about it. */
  readonly note?: string;
}

/** One case for a lecture. */
export interface ExplainCase extends LitmusProgram {
  readonly id: string;
  readonly title: string;
  /** Two or three sentences: who does this, and what they hope for. */
  readonly story: string;
  readonly observe: readonly string[];
  /** Profile ids that it is told on unless others are asked for. */
  readonly on: readonly string[];
  readonly instead: readonly Instead[];
  /** The line to remember. */
  readonly lesson?: string;
}

const journalsAndVfat = ['ext4', 'xfs', 'btrfs', 'vfat'] as const;
const oldFile: LitmusCall = ['write', 'f', 0, 4096, 'A'];
const newFile: LitmusCall = ['write', 'f.new', 0, 4096, 'B'];
const renameOver: LitmusCall = ['rename', 'f.new', 'f'];

const oneSector =
  'A rename over a file is never safe on vfat. An exchange of two names is one write when both are in the same sector of the folder, which is what was measured; Linux has it on vfat since 6.0.';

const safeRename: readonly Instead[] = [
  { on: ['ext4', 'xfs', 'btrfs'], ops: [newFile, ['fsync', 'f.new'], renameOver, ['fsync', '/']] },
  {
    on: ['vfat'],
    ops: [newFile, ['syncfs'], ['exchange', 'f.new', 'f'], ['syncfs']],
    note: oneSector,
  },
];

/** Every case that ships. */
export const cases: readonly ExplainCase[] = [
  {
    id: 'rename-over',
    title: 'Rename over a file, without fsync',
    story:
      'A program writes a new version beside the old one and renames it over. While the machine runs, everybody sees the old file or the new one. The program never waits for the disk.',
    setup: [oldFile],
    ops: [newFile, renameOver],
    observe: ['f'],
    on: journalsAndVfat,
    instead: safeRename,
    lesson:
      'A rename swaps the name. Only an fsync before it makes sure that there is something to name, and on vfat not even that.',
  },
  {
    id: 'fsync-then-rename',
    title: 'fsync of the new file, then rename',
    story:
      'The program writes the new version, waits for it with fsync, and renames it over the old one. It does not wait for the name.',
    setup: [oldFile],
    ops: [newFile, ['fsync', 'f.new'], renameOver],
    observe: ['f'],
    on: journalsAndVfat,
    instead: safeRename,
    lesson:
      'On ext4, XFS and btrfs, fsync before the rename makes it old or new, and fsync of the folder after it makes it new. vfat promises neither.',
  },
  {
    id: 'fsync-directory-only',
    title: 'fsync of the folder only',
    story:
      'The program renames the new version over the old one and then calls fsync on the folder, believing that this saves the files in it.',
    setup: [oldFile],
    ops: [newFile, renameOver, ['fsync', '/']],
    observe: ['f'],
    on: journalsAndVfat,
    instead: safeRename,
    lesson:
      'fsync of a folder is for the names in it. The content behind them needs an fsync of its own, and first.',
  },
  {
    id: 'link-before-rename',
    title: 'A backup by link, then a rename over',
    story:
      'Before it replaces f, the program keeps the old version under a second name, f.bak. It waits for the new file with fsync, and for nothing else.',
    setup: [oldFile],
    ops: [['link', 'f', 'f.bak'], newFile, ['fsync', 'f.new'], renameOver],
    observe: ['f', 'f.bak', 'f.new'],
    on: journalsAndVfat,
    instead: [
      {
        ops: [
          ['link', 'f', 'f.bak'],
          ['fsync', '/'],
          newFile,
          ['fsync', 'f.new'],
          renameOver,
          ['fsync', '/'],
        ],
      },
    ],
    lesson:
      'On ext4 and XFS an fsync carries every change of names before it. On btrfs it carries its own file: fsync the folder for the backup.',
  },
  {
    id: 'write-in-place',
    title: 'cat new > grub.cfg',
    story:
      'The shell opens grub.cfg with O_TRUNC: the file is emptied first and filled again. The boot loader needs this file at the next start.',
    setup: [['write', 'grub.cfg', 0, 4096, 'A']],
    ops: [['writetrunc', 'grub.cfg', 4096, 'B']],
    observe: ['grub.cfg'],
    on: journalsAndVfat,
    instead: [
      {
        on: ['ext4', 'xfs', 'btrfs'],
        ops: [
          ['write', 'grub.cfg.new', 0, 4096, 'B'],
          ['fsync', 'grub.cfg.new'],
          ['rename', 'grub.cfg.new', 'grub.cfg'],
          ['fsync', '/'],
        ],
      },
      {
        on: ['vfat'],
        ops: [
          ['write', 'grub.cfg.new', 0, 4096, 'B'],
          ['syncfs'],
          ['exchange', 'grub.cfg.new', 'grub.cfg'],
          ['syncfs'],
        ],
        note: oneSector,
      },
    ],
    lesson: 'Emptying a file is a change of its own, and a power cut can leave just that.',
  },
  {
    id: 'editor-save',
    title: 'An editor that saves in place and calls fsync',
    story:
      'The editor opens the text with O_TRUNC, writes all of it, and waits with fsync before it says "saved". Nothing is renamed.',
    setup: [['write', 'thesis.txt', 0, 4096, 'A']],
    ops: [
      ['writetrunc', 'thesis.txt', 4096, 'B'],
      ['fsync', 'thesis.txt'],
    ],
    observe: ['thesis.txt'],
    on: journalsAndVfat,
    instead: [
      {
        on: ['ext4', 'xfs', 'btrfs'],
        ops: [
          ['write', 'thesis.new', 0, 4096, 'B'],
          ['fsync', 'thesis.new'],
          ['rename', 'thesis.new', 'thesis.txt'],
          ['fsync', '/'],
        ],
      },
      {
        on: ['vfat'],
        ops: [
          ['write', 'thesis.new', 0, 4096, 'B'],
          ['syncfs'],
          ['exchange', 'thesis.new', 'thesis.txt'],
          ['syncfs'],
        ],
        note: oneSector,
      },
    ],
    lesson:
      '"Saved" is true once fsync has returned. Until then a power cut can leave neither: the old text given up, and the new one not there yet.',
  },
  {
    id: 'set-default',
    title: 'Setting the default subvolume, without a commit',
    story:
      'A rollback tool makes another subvolume the default root with btrfs subvolume set-default, and the user switches off at once. version-1 lies in the old root, version-2 in the new one; the machine starts with one of them.',
    setup: [
      ['subvol', 's'],
      ['write', 's/version-2', 0, 4096, 'S'],
      ['write', 'version-1', 0, 4096, 'M'],
    ],
    ops: [['setdefault', 's']],
    observe: ['version-1', 'version-2'],
    on: ['btrfs'],
    instead: [{ ops: [['setdefault', 's'], ['syncfs']] }],
    lesson: 'All or nothing does not mean now: the choice waits for the next commit.',
  },
  {
    id: 'entry-before-files',
    title: 'A boot entry that is there before the files it names',
    story:
      'An installer copies a kernel, then writes the small boot entry that names it, and waits only for the entry.',
    setup: [],
    ops: [
      ['write', 'vmlinuz', 0, 65536, 'K'],
      ['write', 'entry.conf', 0, 512, 'E'],
      ['fsync', 'entry.conf'],
    ],
    observe: ['vmlinuz', 'entry.conf'],
    on: journalsAndVfat,
    instead: [
      {
        ops: [
          ['write', 'vmlinuz', 0, 65536, 'K'],
          ['syncfs'],
          ['write', 'entry.new', 0, 512, 'E'],
          ['syncfs'],
          ['rename', 'entry.new', 'entry.conf'],
          ['syncfs'],
        ],
      },
    ],
    lesson: 'First the files, then a wait for all of them, then the entry that names them.',
  },
  {
    id: 'append-log',
    title: 'Appending to a log',
    story: 'A service adds 100 bytes to its log and goes on. It never calls fsync.',
    setup: [['write', 'log', 0, 100, 'A']],
    ops: [['append', 'log', 100, 'B']],
    observe: ['log'],
    on: journalsAndVfat,
    instead: [
      {
        ops: [
          ['append', 'log', 100, 'B'],
          ['fsync', 'log'],
        ],
      },
    ],
    lesson:
      'A line in a log is a promise only after fsync. Whoever reads the log after a power cut must expect it to end early, and on some file systems to end in zeros.',
  },
  {
    id: 'rename-between-directories',
    title: 'Rename between folders, with fsync of the new one',
    story:
      'A mail is moved from one folder to another, and the program calls fsync on the folder that receives it.',
    setup: [
      ['mkdir', 'new'],
      ['mkdir', 'cur'],
      ['write', 'new/mail', 0, 10, 'A'],
    ],
    ops: [
      ['rename', 'new/mail', 'cur/mail'],
      ['fsync', 'cur'],
    ],
    observe: ['new/mail', 'cur/mail'],
    on: journalsAndVfat,
    instead: [
      {
        ops: [
          ['rename', 'new/mail', 'cur/mail'],
          ['fsync', 'cur'],
          ['fsync', 'new'],
        ],
      },
      { ops: [['rename', 'new/mail', 'cur/mail'], ['syncfs']] },
    ],
    lesson:
      'A rename between folders is one step while the machine runs. On the disk it is one on ext4 and XFS; on btrfs an fsync can split it, and on vfat anything can.',
  },
  {
    id: 'exchange',
    title: 'Exchanging two names (RENAME_EXCHANGE)',
    story: 'Two files change names in one call: the new version takes the place of the old one.',
    setup: [
      ['write', 'a', 0, 10, 'A'],
      ['write', 'b', 0, 10, 'B'],
    ],
    ops: [['exchange', 'a', 'b']],
    observe: ['a', 'b'],
    on: journalsAndVfat,
    instead: [{ ops: [['exchange', 'a', 'b'], ['syncfs']] }],
    lesson:
      'The exchange is all or nothing with a journal and on btrfs, and on vfat where both names share a sector. Whether it has happened, only a sync tells.',
  },
  {
    id: 'data-journal',
    title: 'data=journal beside the default of ext4',
    story:
      'The same rename without fsync, on ext4 as it comes and on ext4 that puts the content into its journal as well.',
    setup: [oldFile],
    ops: [newFile, renameOver],
    observe: ['f'],
    on: ['ext4', 'ext4-data-journal'],
    instead: [{ ops: [newFile, ['fsync', 'f.new'], renameOver, ['fsync', '/']] }],
    lesson: 'data=journal makes it old or new, never empty. It does not make it sooner.',
  },
  {
    id: 'slot-image',
    title: 'Writing an image into a slot',
    story:
      'An A/B system writes a new image over the old one in the slot that is not running, and then tells the boot loader to use it. It does not wait for the image.',
    setup: [['write', 'slot-b', 0, 16384, 'A']],
    ops: [['owrite', 'slot-b', 0, 16384, 'B']],
    observe: ['slot-b'],
    on: ['raw-slot', 'raw-slot-verity'],
    instead: [
      {
        ops: [
          ['owrite', 'slot-b', 0, 16384, 'B'],
          ['fsync', 'slot-b'],
        ],
        note: 'Only then name the slot to the boot loader, and flush that as well. Until then the old slot boots, and what is in this one harms nobody.',
      },
    ],
    lesson:
      'Flush the image before anything names it: until then its blocks are on the disk in any order. dm-verity notices what is wrong, and mends nothing.',
  },
];
