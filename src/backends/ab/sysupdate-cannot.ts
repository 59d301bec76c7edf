/** What a system that systemd-sysupdate keeps cannot do. */
import type { Inability } from '../backend.ts';

const only = { tool: 'sysupdate' };

const gnomeOs = 'https://github.com/GNOME/gnome-build-meta';

/** Each with its reason. */
export const sysupdateCannot: readonly Inability[] = [
  {
    capability: 'unlock',
    only,
    because:
      '/usr is an image that cannot be written file by file. systemd can lay a directory over it with system extensions; that is not simulated.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/systemd-sysext.html',
  },
  {
    capability: 'pin',
    only,
    because:
      'The running version is protected from an update, the other one is not, and nothing marks it to be kept.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html',
  },
  {
    capability: 'installPackage',
    only,
    because:
      'The system is one image under dm-verity, and no package manager is in it. Applications come as Flatpaks, further tools as images of their own; neither is simulated.',
    source: gnomeOs,
  },
  {
    capability: 'removePackage',
    only,
    because:
      'The system is one image under dm-verity: nothing can be taken out of it, and the next version brings all of it again.',
    source: gnomeOs,
  },
  {
    capability: 'collectGarbage',
    only,
    because:
      'There is nothing to collect: two versions fit, and an update that needs room gives up the one that does not run.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html',
  },
  {
    capability: 'factoryReset',
    only,
    because:
      'systemd has a target for it, but nothing that uses it was found in what was read of GNOME OS; none is simulated.',
    source: gnomeOs,
  },
  {
    capability: 'verify',
    only,
    because:
      'No command compares the image with anything: dm-verity checks each block when it is read, and nothing reads those that nobody asks for.',
    source: 'https://docs.kernel.org/admin-guide/device-mapper/verity.html',
  },
];
