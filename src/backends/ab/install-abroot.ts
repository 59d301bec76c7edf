/**
 * The disk of an ABRoot system as a first upgrade would leave it: both roots hold `v1`, A is current. A fresh
 * installation has an empty root B; here the machine has been in use, so that its previous state exists. Source:
 * systems.md 3.3, https://github.com/Vanilla-OS/vanilla-installer/blob/main/vanilla_installer/utils/processor.py.
 */
import type { MachineBrief } from '../backend.ts';
import {
  installedConfiguration,
  ownerOf,
  putFile,
  textContent,
  writtenByPeople,
  type MachineFile,
} from '../machine-files.ts';
import type { VersionFile } from '../version-files.ts';
import { attributes } from '../../model/attributes.ts';
import type { Inode } from '../../model/cell-table.ts';
import { wholeBlob } from '../../model/content.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { mainMenu, rootMenu } from './grub-menu.ts';
import { imageFiles } from './image-tree.ts';
import {
  configurationDirectory,
  imageRecord,
  imageRecordPath,
  otherRoot,
  rootA,
  rootDirectories,
  rootMenuPath,
  roots,
  varDirectories,
  varLinks,
  type Root,
} from './roots.ts';

/** The volumes of a machine with `v1` in both roots. */
export function installAbroot(brief: MachineBrief): readonly Volume[] {
  const files = imageFiles(brief, 'v1');
  return [
    espVolume(brief, 'vanilla'),
    bootVolume(brief),
    ...roots.map((root) => rootVolume(brief, root, files)),
    varVolume(brief, files),
  ];
}

/** Files of the boot loader on the EFI system partition; `vendor` names its directory. */
export function espFiles(vendor: string): readonly string[] {
  return ['EFI/BOOT/BOOTX64.EFI', `EFI/${vendor}/grubx64.efi`, `EFI/${vendor}/grub.cfg`];
}

/** The EFI system partition. */
export function espVolume(brief: MachineBrief, vendor: string): Volume {
  const esp = new ImageBuilder();
  for (const path of espFiles(vendor)) {
    esp.file(esp.root, path, textContent(brief.blobs, `boot loader ${path}\n`));
  }
  const label = 'EFI system partition';
  return new Volume({ id: 'esp', profile: 'vfat', label }, esp.state());
}

function bootVolume(brief: MachineBrief): Volume {
  const boot = new ImageBuilder();
  const text = (content: string) => textContent(brief.blobs, content);
  boot.file(boot.root, 'grub/grub.cfg', text(mainMenu(rootA)));
  boot.file(boot.root, 'grub/grub.cfg.future', text(mainMenu(otherRoot(rootA))));
  boot.file(boot.root, 'grub/grubenv', text('# GRUB Environment Block\n'));
  return new Volume({ id: 'boot', profile: 'ext4', label: 'vos-boot' }, boot.state());
}

function putVersionFile(builder: ImageBuilder, root: Inode, file: VersionFile, path: string): void {
  if (file.target !== undefined) builder.symlink(root, path, file.target);
  else builder.file(root, path, file.content, attributes('file', file.mode));
}

function rootVolume(brief: MachineBrief, root: Root, files: readonly VersionFile[]): Volume {
  const builder = new ImageBuilder();
  const { blobs, release } = brief;
  for (const path of rootDirectories) builder.directory(builder.root, path);
  for (const file of files) putVersionFile(builder, builder.root, file, file.path);
  const kernel = release.kernels.v1;
  if (kernel !== undefined) {
    const { path, text, sizeBytes, mode } = kernel.initramfs;
    const content = wholeBlob(blobs.intern(text, sizeBytes), sizeBytes);
    builder.file(builder.root, path, content, attributes('file', mode));
  }
  const text = (path: string, content: string) =>
    builder.file(builder.root, path, textContent(blobs, content));
  text(imageRecordPath, imageRecord(brief, 'v1'));
  text('/boot/grub/grub.cfg', grubMkconfigText('v1'));
  text(rootMenuPath, rootMenu(brief, root, 'v1'));
  const id = root.volume;
  return new Volume({ id, profile: 'btrfs', label: root.label }, builder.state());
}

/** What grub-mkconfig prints in a root; nothing starts from it, ABRoot copies it into abroot.cfg. */
export function grubMkconfigText(version: string): string {
  return `# grub.cfg made by grub-mkconfig for ${version}\nREPLACED_BY_ABROOT\n`;
}

/** The shared volume. Each root has its own configuration; root B's is as old as its last use. */
function varVolume(brief: MachineBrief, files: readonly VersionFile[]): Volume {
  const builder = new ImageBuilder();
  const top = builder.root;
  const { accounts } = brief.release;
  for (const name of varDirectories) builder.directory(top, name);
  for (const { name, uid, home } of accounts) {
    if (home === '/root') continue;
    const owner = { user: uid, group: uid };
    builder.directory(top, `home/${name}`, attributes('directory', 0o700, owner));
  }
  builder.directory(top, 'lib/abroot/storage/overlay');
  const people = writtenByPeople(brief);
  const before = new Set(brief.release.editedConfig.map(({ path }) => path));
  for (const root of roots) {
    const own = root === rootA ? people : people.filter(({ path }) => before.has(path));
    fillConfiguration(brief, builder, root, files, own);
  }
  for (const file of people) {
    const link = varLinks.find(([from]) => file.path.startsWith(from));
    if (link === undefined) continue;
    const owner = ownerOf(accounts, file.path);
    putFile(builder, top, `${link[1]}${file.path.slice(link[0].length)}`, file, owner);
  }
  return new Volume({ id: 'var', profile: 'btrfs', label: 'vos-var' }, builder.state());
}

function fillConfiguration(
  brief: MachineBrief,
  builder: ImageBuilder,
  root: Root,
  files: readonly VersionFile[],
  people: readonly MachineFile[],
): void {
  const directory = builder.directory(builder.root, configurationDirectory(root));
  for (const file of files) {
    if (!file.path.startsWith('/etc/')) continue;
    putVersionFile(builder, directory, file, file.path.slice('/etc/'.length));
  }
  for (const file of [...installedConfiguration(brief), ...people]) {
    if (!file.path.startsWith('/etc/')) continue;
    const owner = ownerOf(brief.release.accounts, file.path);
    putFile(builder, directory, file.path.slice('/etc'.length), file, owner);
  }
}
