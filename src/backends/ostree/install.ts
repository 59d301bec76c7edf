/** The disk of an OSTree system as its installer leaves it. Source: systems.md 2.1, recorded `base-ostree`. */
import type { MachineBrief } from '../backend.ts';
import {
  installedConfiguration,
  ownerOf,
  putFile,
  textContent,
  writtenByPeople,
} from '../machine-files.ts';
import { attributes } from '../../model/attributes.ts';
import type { Inode } from '../../model/cell-table.ts';
import { nameOf, parentOf } from '../../model/path.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import {
  bootLinkPath,
  bootLinkTarget,
  entryName,
  entryText,
  kernelDirectory,
  kernelNames,
  place,
} from './boot-files.ts';
import { commitTree, type CommitTree } from './commit-tree.ts';
import { commitOf, deploymentPath, followedRef, objectPath, stateroot } from './names.ts';
import { optionsOf, type OstreeOptions } from './options.ts';

/**
 * Links in the top directory of a deployment. Source: Fedora Kinoite technical information (fed-kin). The recorded tree
 * had none; they are here all the same, because nobody could work in a root without them.
 */
export const rootLinks: readonly (readonly [string, string])[] = [
  ['bin', 'usr/bin'],
  ['home', 'var/home'],
  ['lib', 'usr/lib'],
  ['lib64', 'usr/lib64'],
  ['media', 'run/media'],
  ['mnt', 'var/mnt'],
  ['opt', 'var/opt'],
  ['ostree', 'sysroot/ostree'],
  ['root', 'var/roothome'],
  ['sbin', 'usr/sbin'],
  ['srv', 'var/srv'],
];

/** Empty directories in the top directory of a deployment: mount points. */
export const rootDirectories: readonly string[] = [
  'boot',
  'dev',
  'proc',
  'run',
  'sys',
  'sysroot',
  'tmp',
  'var',
];

/** Directories that /var has on every machine; systemd-tmpfiles makes them again at each start. */
export const varDirectories: readonly string[] = [
  'home',
  'lib',
  'log',
  'mnt',
  'opt',
  'roothome',
  'srv',
  'tmp',
  'usrlocal',
];

/** Where the links of the root lead, longest first: what lies in /home is in /var/home. */
const varLinks: readonly (readonly [string, string])[] = [
  ['/usr/local/', 'usrlocal/'],
  ['/home/', 'home/'],
  ['/root/', 'roothome/'],
  ['/opt/', 'opt/'],
  ['/srv/', 'srv/'],
  ['/mnt/', 'mnt/'],
  ['/var/', ''],
];

/** The volumes of a fresh machine with `v1`. */
export function install(brief: MachineBrief): readonly Volume[] {
  const options = optionsOf(brief.options);
  const root = new ImageBuilder();
  const tree = commitTree(brief, 'v1');
  fillRepository(brief, root, tree);
  const top = root.directory(root.root, deploymentPath(tree.commit, 0));
  checkOut(root, tree, top);
  fillMachine(brief, root, tree, top);
  if (!options.composefs) {
    root.setAttributes(top, { ...attributes('directory'), immutable: true });
  } else {
    root.file(top, '.ostree.cfs', textContent(brief.blobs, `composefs image of ${tree.commit}\n`));
  }
  const single = options.layout === 'single';
  const boot = single ? root : new ImageBuilder();
  const bootTop = single ? root.directory(root.root, 'boot') : boot.root;
  fillBoot(brief, options, { boot, bootTop, root, top });
  return [
    espVolume(brief),
    ...(single
      ? []
      : [new Volume({ id: 'boot', profile: options.bootFilesystem, label: 'boot' }, boot.state())]),
    new Volume({ id: 'root', profile: options.filesystem, label: 'root' }, root.state()),
  ];
}

function fillRepository(brief: MachineBrief, root: ImageBuilder, tree: CommitTree): void {
  const repository = root.directory(root.root, 'ostree/repo');
  for (const name of ['tmp', 'state', 'refs/heads', 'refs/remotes']) {
    root.directory(repository, name);
  }
  const config = '[core]\nrepo_version=1\nmode=bare\n\n[sysroot]\nreadonly=true\n';
  root.file(repository, 'config', textContent(brief.blobs, config));
  const commitLine = textContent(brief.blobs, `${tree.commit}\n`);
  root.file(repository, `refs/heads/${followedRef}`, commitLine);
  root.file(repository, 'refs/heads/ostree/1/1/0', commitLine);
  const objects = root.directory(repository, 'objects');
  for (const { name, content, mode, target } of tree.objects) {
    const path = objectPath(name);
    if (target !== undefined) root.symlink(objects, path, target);
    else root.file(objects, path, content, attributes('file', mode));
  }
}

/** The hard-link farm: regular files are the objects themselves, empty files and links are made anew. */
function checkOut(root: ImageBuilder, tree: CommitTree, top: Inode): void {
  const objects = root.directory(root.root, 'ostree/repo/objects');
  for (const directory of tree.directories) root.directory(top, directory);
  for (const { path, object } of tree.files) {
    const directory = root.directory(top, parentOf(path));
    if (object.target !== undefined) {
      root.symlink(directory, nameOf(path), object.target);
    } else if (object.content.sizeBytes === 0) {
      root.file(directory, nameOf(path), object.content, attributes('file', object.mode));
    } else {
      const shard = root.lookup(objects, object.name.slice(0, 2));
      root.link(directory, nameOf(path), root.lookup(shard, object.name.slice(2)));
    }
    if (path.startsWith('/usr/etc/')) copyConfiguration(root, top, path, object);
  }
  for (const [name, target] of rootLinks) root.symlink(top, name, target);
  for (const name of rootDirectories) root.directory(top, name);
}

function copyConfiguration(
  root: ImageBuilder,
  top: Inode,
  path: string,
  object: CommitTree['files'][number]['object'],
): void {
  const copy = path.slice('/usr'.length);
  if (object.target !== undefined) root.symlink(top, copy, object.target);
  else root.file(top, copy, object.content, attributes('file', object.mode));
}

function fillMachine(brief: MachineBrief, root: ImageBuilder, tree: CommitTree, top: Inode): void {
  const variable = root.directory(root.root, `ostree/deploy/${stateroot}/var`);
  const { accounts } = brief.release;
  for (const name of varDirectories) root.directory(variable, name);
  for (const { name, uid, home } of accounts) {
    if (home === '/root') continue;
    const owner = { user: uid, group: uid };
    root.directory(variable, `home/${name}`, attributes('directory', 0o700, owner));
  }
  const origin = `${deploymentPath(tree.commit, 0)}.origin`;
  root.file(root.root, origin, textContent(brief.blobs, `[origin]\nrefspec=${followedRef}\n`));
  for (const file of [...installedConfiguration(brief), ...writtenByPeople(brief)]) {
    const link = varLinks.find(([from]) => file.path.startsWith(from));
    const owner = ownerOf(accounts, file.path);
    if (link === undefined) putFile(root, top, file.path, file, owner);
    else putFile(root, variable, `${link[1]}${file.path.slice(link[0].length)}`, file, owner);
  }
}

interface BootTarget {
  readonly boot: ImageBuilder;
  readonly bootTop: Inode;
  readonly root: ImageBuilder;
  readonly top: Inode;
}

function fillBoot(brief: MachineBrief, options: OstreeOptions, target: BootTarget): void {
  const { boot, bootTop, root, top } = target;
  const { blobs } = brief;
  const [placed] = place(brief, [
    { commit: commitOf(brief, 'v1'), serial: 0, version: 'v1', without: [] },
  ]);
  if (placed === undefined) return;
  boot.symlink(bootTop, 'loader', 'loader.1');
  const text = entryText(brief, options, placed, 1, 1);
  boot.file(bootTop, `loader.1/entries/${entryName(placed, 1)}`, textContent(blobs, text));
  boot.directory(bootTop, 'efi');
  boot.file(bootTop, 'grub2/grub.cfg', textContent(blobs, 'load_env\nblscfg\n'));
  boot.file(bootTop, 'grub2/grubenv', textContent(blobs, '# GRUB Environment Block\n'));
  const kernel = brief.release.kernels.v1;
  const { kernel: kernelName, initramfs } = kernelNames(placed);
  const directory = kernelDirectory(placed);
  const modules = `/usr/lib/modules/${placed.kernelRelease}`;
  for (const [from, to] of kernel === undefined
    ? []
    : ([
        ['vmlinuz', kernelName],
        ['initramfs.img', initramfs],
      ] as const)) {
    const inode = root.lookup(root.directory(top, modules), from);
    if (boot === root) boot.link(boot.directory(bootTop, directory), to, inode);
    else boot.file(bootTop, `${directory}/${to}`, root.state().content(inode));
  }
  root.symlink(root.root, 'ostree/boot.1', 'boot.1.1');
  root.symlink(root.root, `ostree/boot.1.1/${bootLinkPath(placed)}`, bootLinkTarget(placed));
}

/** Files of the boot loader that Fedora puts on the EFI system partition. */
export const espFiles: readonly string[] = [
  'EFI/BOOT/BOOTX64.EFI',
  'EFI/fedora/shimx64.efi',
  'EFI/fedora/grubx64.efi',
  'EFI/fedora/grub.cfg',
];

function espVolume(brief: MachineBrief): Volume {
  const esp = new ImageBuilder();
  for (const path of espFiles) {
    esp.file(esp.root, path, textContent(brief.blobs, `boot loader ${path}\n`));
  }
  const label = 'EFI system partition';
  return new Volume({ id: 'esp', profile: 'vfat', label }, esp.state());
}
