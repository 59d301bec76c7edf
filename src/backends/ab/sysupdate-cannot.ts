/** What a system that systemd-sysupdate keeps cannot do. */
import type { Inability } from '../backend.ts';

const gnomeOs = 'https://github.com/GNOME/gnome-build-meta';

/** Each with its reason. */
export const sysupdateCannot: readonly Inability[] = [
  {
    capability: 'installPackage',
    because:
      'The system is one image under dm-verity, and no package manager is in it. Applications come as Flatpaks, further tools as images of their own; neither is simulated.',
    source: gnomeOs,
  },
  {
    capability: 'removePackage',
    because:
      'The system is one image under dm-verity: nothing can be taken out of it, and the next version brings all of it again.',
    source: gnomeOs,
  },
  {
    capability: 'collectGarbage',
    because:
      'There is nothing to collect: two versions fit, and an update that needs room gives up the one that does not run.',
    source: 'https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html',
  },
  {
    capability: 'factoryReset',
    because:
      'systemd has a target for it, but nothing that uses it was found in what was read of GNOME OS; none is simulated.',
    source: gnomeOs,
  },
  {
    capability: 'verify',
    because:
      'No command compares the image with anything: dm-verity checks each block when it is read, and nothing reads those that nobody asks for.',
    source: 'https://docs.kernel.org/admin-guide/device-mapper/verity.html',
  },
];
