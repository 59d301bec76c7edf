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
  const lines = contentText(content, tree.disk.blobs).split('\n');
  const index = lines.findIndex((line) => line.startsWith(typoMark));
  if (index < 0) return undefined;
  const [device = '', mountPoint = ''] = typoMark.split(' ');
  return {
    reached: 'init',
    failure: { stage: 'services', kind: 'damaged', path },
    because: reason(
      `Line ${String(index + 1)} of ${path} asks for ${device} at ${mountPoint}, and this machine has no such device. Without the word nofail there, ${mountPoint} must be mounted before the services start, so the start ends in emergency mode. Root has no password on this machine, so nobody gets a shell there either.`,
      'fileSystemTable',
    ),
    console: [
      `[ TIME ] Timed out waiting for device /dev/disk/by-uuid/${device.replace('UUID=', '')}.`,
      `[DEPEND] Dependency failed for ${mountPoint}.`,
      '[DEPEND] Dependency failed for local-fs.target - Local File Systems.',
      'You are in emergency mode.',
      'Cannot open access to console, the root account is locked.',
    ],
    rescue: `correct or remove line ${String(index + 1)} of ${path}, “${typoMark}”`,
  };
}
