/** Fedora Workstation as its graphical tools update it: prepared, then installed in a start of its own. */
import type { System } from '../model/system.ts';
import { fedoraWorkstation } from './fedora-workstation.ts';

/** The same machine, updated offline. Facts: systems.md 1.3 and its sources. */
export const fedoraWorkstationOffline: System = {
  ...fedoraWorkstation,
  id: 'fedora-workstation-offline',
  name: 'Fedora Workstation, offline',
  mechanism: 'rpm offline · btrfs',
  options: { ...fedoraWorkstation.options, updates: 'offline' },
  commands: {
    ...fedoraWorkstation.commands,
    update: 'dnf upgrade --offline && dnf offline reboot',
  },
  protections: [
    'While the update runs nothing else does: no program meets libraries of another version.',
    'A power cut before the update has begun leaves a link, and the next start installs it; once begun, the link is gone and nothing remembers the update.',
    ...fedoraWorkstation.protections,
  ],
  sources: [
    'https://www.freedesktop.org/software/systemd/man/latest/systemd.offline-updates.html',
    'https://github.com/rpm-software-management/dnf5/blob/main/dnf5/commands/offline/offline.cpp',
    'https://github.com/rpm-software-management/dnf5/blob/main/doc/commands/offline.8.rst',
    ...fedoraWorkstation.sources,
  ],
  simplified: [
    'Both restarts take no time, and what was running until then stays in memory here: only what is on the disk counts.',
    'GNOME Software works through PackageKit, with files of its own and the same link; simulated is dnf5.',
    ...fedoraWorkstation.simplified,
  ],
};
