/**
 * /etc/fstab with a mistake in it: a line for a device that is not there, without `nofail`, keeps local-fs.target from
 * being reached, and systemd starts emergency mode instead of the rest. Source: systemd.mount(5), systemd-fstab-generator(8).
 */
import type { BootEntry } from '../model/boot-entry.ts';
import { contentText } from '../model/content.ts';
import type { RootTree } from '../model/root-tree.ts';
import { typoMark } from '../model/typo.ts';
import { initramfsMaker } from './console-words.ts';
import type { Stop } from './kernel.ts';
import { reason } from './sources.ts';

const path = '/etc/fstab';

/**
 * Why a start ends in emergency mode, or undefined. NixOS makes /etc/fstab anew at every start, so a mistake that
 * somebody made there by hand is gone. Source: conformance/survive, config matrix (Nix: edited by hand).
 */
export function fileSystemTableStop(tree: RootTree, entry: BootEntry): Stop | undefined {
  if (initramfsMaker(entry) === 'nixos') return undefined;
  const content = tree.file(path);
  if (content === undefined) return undefined;
  if (!contentText(content, tree.disk.blobs).includes(typoMark)) return undefined;
  const [device = ''] = typoMark.split(' ');
  return {
    reached: 'init',
    failure: { stage: 'services', kind: 'damaged', path },
    because: reason(
      `${path} names a device that is not there, so the start ends in emergency mode. Root has no password on this machine, so nobody gets a shell there either.`,
      'fileSystemTable',
    ),
    console: [
      `[ TIME ] Timed out waiting for device /dev/disk/by-uuid/${device.replace('UUID=', '')}.`,
      '[DEPEND] Dependency failed for /data.',
      '[DEPEND] Dependency failed for local-fs.target - Local File Systems.',
      'You are in emergency mode.',
      'Cannot open access to console, the root account is locked.',
    ],
    rescue: `correct ${path}`,
  };
}
