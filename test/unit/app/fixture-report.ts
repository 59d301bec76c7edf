/**
 * A report made by hand for tests of the page's layout. Its figures are invented; nothing of it ships.
 */
import { recordedDrive } from '../../../src/model/device.ts';
import type { Datum, DatumFate, Fates } from '../../../src/model/fate.ts';
import type { Screen, SystemReport, TimelineRun } from '../../../src/model/report.ts';
import type { OutcomeClass, PlainVerdict } from '../../../src/model/verdict.ts';

const source = 'recorded run mutable-dpkg';

const data: readonly Datum[] = [
  { id: 'boot-loader', kind: 'boot-loader', label: 'Boot loader', paths: ['/boot/efi'] },
  { id: 'operating-system', kind: 'operating-system', label: 'Operating system', paths: ['/usr'] },
  { id: 'applications', kind: 'applications', label: 'Applications', paths: ['/usr/bin'] },
  { id: 'edited-config', kind: 'edited-config', label: 'Edited config', paths: ['/etc/hosts'] },
  { id: 'service-data', kind: 'service-data', label: 'Service data', paths: ['/var/lib/db'] },
  { id: 'thesis', kind: 'document', label: 'Thesis', paths: ['~/thesis.txt'] },
  { id: 'key', kind: 'secret', label: 'SSH key', paths: ['~/.ssh/id'] },
];

const calm: Fates = { content: 'intact', reach: 'open', secrecy: 'safe', author: 'owner' };

function fatesFor(outcome: OutcomeClass): readonly DatumFate[] {
  const system: Partial<Record<OutcomeClass, Fates['content']>> = {
    new: 'updated',
    'mixed-ok': 'mixed',
    'broken-torn': 'torn',
  };
  return data.map(({ id }): DatumFate => {
    const why = [{ text: `What became of ${id} after ${outcome}.`, source }];
    const locked = outcome === 'broken-torn' && id !== 'boot-loader';
    const reach = locked ? 'locked away' : 'open';
    if (id === 'thesis') return { datum: id, fates: { ...calm, content: 'reverted', reach }, why };
    if (id === 'operating-system' || id === 'applications') {
      const content = system[outcome] ?? 'intact';
      return {
        datum: id,
        fates: { ...calm, content },
        counts: { [content]: 120, intact: 180 },
        why,
      };
    }
    return { datum: id, fates: { ...calm, reach }, why };
  });
}

const plain: { readonly [outcome: string]: PlainVerdict } = {
  new: 'starts, new version',
  old: 'starts, old version',
  'mixed-ok': 'starts, half updated',
  'broken-torn': 'does not start',
};

/** A screen of one class. */
export function screenOf(outcome: OutcomeClass): Screen {
  const starts = outcome !== 'broken-torn';
  return {
    outcome,
    plain: plain[outcome] ?? 'starts, damaged',
    verdict: {
      starts,
      ...(outcome === 'mixed-ok' ? {} : { version: outcome === 'new' ? 'v2' : 'v1' }),
      reached: starts ? 'applications' : 'init',
      because: {
        text: starts ? 'Everything that the start needs is there.' : 'The init program is empty.',
        source: starts ? source : 'https://nixos.org/manual/nixos/stable/',
      },
      console: starts
        ? ['login:']
        : [
            '[    1.31] Run /nix/store/v2/init as init process',
            '[    1.32] Failed to execute init (error -8)',
            'Kernel panic - not syncing: No working init found.',
          ],
      wayBack: starts
        ? { kind: 'not needed', how: 'It starts.' }
        : { kind: 'menu', how: 'Choose generation 17 in the boot menu.' },
      loader: 'same',
    },
    fates: fatesFor(outcome),
  };
}

const second = 1_000_000;
const classes = ['old', 'mixed-ok', 'broken-torn', 'new'] as const;
type Piece = readonly [from: number, to: number, outcome: (typeof classes)[number]];

function runsOf(pieces: readonly Piece[]): readonly TimelineRun[] {
  return pieces.map(([from, to, outcome]) => ({
    fromMicroseconds: from * second,
    toMicroseconds: to * second,
    screen: classes.indexOf(outcome),
    worstLikely: outcome,
    worstPossible: outcome,
  }));
}

interface Shape {
  readonly id: string;
  readonly name: string;
  readonly mechanism: string;
  readonly backend: SystemReport['backend'];
  readonly exit: number;
  readonly pieces: readonly Piece[];
  readonly stages: readonly (readonly [number, string, boolean])[];
}

/** A report of one machine, from the pieces of its lane in seconds. */
export function reportOf({
  id,
  name,
  mechanism,
  backend,
  exit,
  pieces,
  stages,
}: Shape): SystemReport {
  return {
    id,
    name,
    mechanism,
    backend,
    drive: recordedDrive,
    states: 1295,
    searched: { complete: true, notSearched: [] },
    outcomes: { old: 0.4, 'mixed-ok': 0.6 },
    settlingFates: {},
    possibleFates: {},
    settling: { new: 1 },
    possible: ['old', 'mixed-ok', 'new'],
    fates: {},
    reasons: [{ outcome: 'mixed-ok', text: 'Each file has its own rename.', source }],
    data,
    screens: classes.map(screenOf),
    timeline: {
      exitMicroseconds: exit * second,
      endMicroseconds: (exit + 38) * second,
      stages: stages.map(([at, label, commit], index) => ({
        id: index,
        label,
        startMicroseconds: at * second,
        ...(commit ? { commitPoint: true as const } : {}),
      })),
      runs: runsOf(pieces),
    },
    terminal: [
      { atMicroseconds: 0, text: 'apt-get -y dist-upgrade', kind: 'command' },
      { atMicroseconds: 1, text: 'Reading package lists...', kind: 'output' },
    ],
    terminalDropped: 0,
  };
}

const debian: Shape = {
  id: 'debian',
  name: 'Debian',
  mechanism: 'dpkg · ext4',
  backend: 'mutable',
  exit: 94,
  pieces: [
    [0, 11, 'old'],
    [11, 40, 'mixed-ok'],
    [40, 42, 'broken-torn'],
    [42, 69, 'mixed-ok'],
    [69, 70, 'broken-torn'],
    [70, 86, 'mixed-ok'],
    [86, 132, 'new'],
  ],
  stages: [
    [0, 'read lists', false],
    [11, 'unpack', false],
    [40, 'libc6', false],
    [69, 'grub.cfg', true],
    [86, 'done', false],
  ],
};

/** Five machines, as in the picture that the page was built towards. */
export const fixtureReports: readonly SystemReport[] = [
  reportOf(debian),
  reportOf({
    ...debian,
    id: 'fedora-silverblue',
    name: 'Fedora Silverblue',
    mechanism: 'OSTree · staged',
    backend: 'ostree',
    exit: 70,
    pieces: [
      [0, 62, 'old'],
      [62, 108, 'new'],
    ],
    stages: [
      [0, 'pull', false],
      [48, 'staged in RAM', false],
      [62, 'link renamed', true],
    ],
  }),
  reportOf({
    ...debian,
    id: 'vanilla-os',
    name: 'Vanilla OS',
    mechanism: 'A/B · ABRoot',
    backend: 'ab',
    exit: 80,
    pieces: [
      [0, 78, 'old'],
      [78, 118, 'new'],
    ],
    stages: [
      [16, 'way back gone', false],
      [78, 'menu exchanged', true],
    ],
  }),
  reportOf({
    ...debian,
    id: 'opensuse-microos',
    name: 'openSUSE MicroOS',
    mechanism: 'btrfs · transactional-update',
    backend: 'btrfs',
    exit: 60,
    pieces: [
      [0, 57, 'old'],
      [57, 98, 'new'],
    ],
    stages: [
      [1, 'snapshot', false],
      [50, 'set-default', true],
    ],
  }),
  reportOf({
    ...debian,
    id: 'nixos',
    name: 'NixOS',
    mechanism: 'Nix · systemd-boot',
    backend: 'nix',
    exit: 74,
    pieces: [
      [0, 42, 'old'],
      [42, 58, 'broken-torn'],
      [58, 112, 'new'],
    ],
    stages: [
      [36, 'profile', false],
      [42, 'entry', true],
      [58, 'sync', true],
    ],
  }),
];
