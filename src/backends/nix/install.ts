/** The disk of a NixOS system as its installer leaves it. Source: systems.md 5.1. */
import type { MachineBrief } from '../backend.ts';
import {
  installedConfiguration,
  ownerOf,
  putFile,
  textContent,
  writtenByPeople,
} from '../machine-files.ts';
import { attributes } from '../../model/attributes.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import {
  bootCopies,
  entryOf,
  entryText,
  firstGeneration,
  grubText,
  kernelsStayInStore,
  loaderText,
} from './boot-files.ts';
import { closureOf, isMutable, outsidePrograms, type StorePath } from './closure.ts';
import { configurationFile, configurationText, declarable } from './configuration.ts';
import { configurationPath, database, profiles, state, store, systemPath } from './names.ts';
import { optionsOf, type NixOptions } from './options.ts';

/** Directories that every machine has; activation and systemd-tmpfiles make them again. */
export const machineDirectories: readonly string[] = [
  '/etc',
  '/home',
  '/root',
  '/tmp',
  '/var/lib',
  '/var/log',
  '/var/tmp',
];

/** Directories that things are mounted on, or that the first stage of the start makes. */
const mountPoints: readonly string[] = ['/boot', '/dev', '/proc', '/run', '/sys'];

/** The volumes of a fresh machine with `v1`. */
export function install(brief: MachineBrief): readonly Volume[] {
  const options = optionsOf(brief.options);
  const root = new ImageBuilder();
  for (const path of [...machineDirectories, ...mountPoints]) root.directory(root.root, path);
  const closure = closureOf(brief, 'v1');
  for (const path of closure) putStorePath(root, path);
  fillState(brief, root, closure);
  fillConfiguration(brief, root, closure);
  fillPeople(brief, root);
  const esp = new ImageBuilder();
  const boot = new ImageBuilder();
  const builders = { root, esp, boot };
  fillLoader(brief, options, builders[options.loaderVolume]);
  fillBoot(brief, options, builders[options.bootVolume], root);
  if (options.bootFilesystem === 'root') root.directory(root.root, '/boot/efi');
  const volumes: Volume[] = [];
  if (options.loaderVolume === 'esp') {
    const label = 'EFI system partition';
    volumes.push(new Volume({ id: 'esp', profile: 'vfat', label }, esp.state()));
  } else {
    const profile = options.bootFilesystem;
    volumes.push(new Volume({ id: 'boot', profile, label: 'boot' }, boot.state()));
  }
  const { filesystem } = options;
  volumes.push(new Volume({ id: 'root', profile: filesystem, label: 'root' }, root.state()));
  return volumes;
}

function putStorePath(root: ImageBuilder, { path, files, directories }: StorePath): void {
  const readOnly = attributes('directory', 0o555);
  const top = root.directory(root.directory(root.root, store), path.slice(store.length), readOnly);
  for (const directory of directories) root.directory(top, directory, readOnly);
  for (const file of files) {
    if (file.target !== undefined) root.symlink(top, file.path, file.target);
    else root.file(top, file.path, file.content, attributes('file', file.mode));
  }
}

function fillState(brief: MachineBrief, root: ImageBuilder, closure: readonly StorePath[]): void {
  for (const name of ['db', 'gcroots/auto', 'profiles', 'temproots']) {
    root.directory(root.root, `${state}/${name}`);
  }
  const valid = closure.map(({ path }) => `${path}\n`).join('');
  root.file(root.root, database, textContent(brief.blobs, valid), attributes('file', 0o600));
  const { number, system } = firstGeneration(brief);
  const link = `system-${String(number)}-link`;
  root.symlink(root.root, `${profiles}/${link}`, system);
  root.symlink(root.root, `${profiles}/system`, link);
}

/** /etc after its first activation: links into the store, and the files that stay plain. */
function fillConfiguration(
  brief: MachineBrief,
  root: ImageBuilder,
  closure: readonly StorePath[],
): void {
  const path = configurationPath(brief, 'v1');
  root.symlink(root.root, '/etc/static', `${path}/etc`);
  for (const file of closure.find((entry) => entry.path === path)?.files ?? []) {
    root.symlink(root.root, file.path, file.path.replace('/etc/', '/etc/static/'));
  }
  for (const file of installedConfiguration(brief)) {
    if (isMutable(file.path)) putFile(root, root.root, file.path, file, { user: 0, group: 0 });
  }
  const text = configurationText(declarable(brief.release));
  root.file(root.root, configurationFile, textContent(brief.blobs, text));
  for (const [outside, inside] of outsidePrograms(brief)) {
    root.symlink(root.root, outside, `${systemPath(brief, 'v1')}${inside}`);
  }
}

function fillPeople(brief: MachineBrief, root: ImageBuilder): void {
  const { accounts } = brief.release;
  for (const { uid, home } of accounts) {
    root.directory(root.root, home, attributes('directory', 0o700, { user: uid, group: uid }));
  }
  for (const file of writtenByPeople(brief)) {
    if (brief.release.editedConfig.some(({ path }) => path === file.path)) continue;
    putFile(root, root.root, file.path, file, ownerOf(accounts, file.path));
  }
}

/** The program that the firmware starts. */
export function loaderPaths(options: NixOptions): readonly string[] {
  const name =
    options.loader === 'grub' ? 'EFI/NixOS-boot/grubx64.efi' : 'EFI/systemd/systemd-bootx64.efi';
  return [name, 'EFI/BOOT/BOOTX64.EFI'];
}

function fillLoader(brief: MachineBrief, options: NixOptions, builder: ImageBuilder): void {
  for (const path of loaderPaths(options)) {
    builder.file(builder.root, path, textContent(brief.blobs, `boot loader ${path}\n`));
  }
}

function fillBoot(
  brief: MachineBrief,
  options: NixOptions,
  builder: ImageBuilder,
  root: ImageBuilder,
): void {
  const top = builder.directory(builder.root, options.bootPrefix);
  const entry = entryOf(brief, options, firstGeneration(brief));
  const put = (path: string, text: string): void => {
    builder.file(top, path, textContent(brief.blobs, text));
  };
  if (options.loader === 'grub') {
    put('grub/grub.cfg', grubText([entry]));
  } else {
    put(`loader/entries/${entry.id}.conf`, entryText(entry));
    put('loader/loader.conf', loaderText(entry));
  }
  if (kernelsStayInStore(options)) return;
  for (const { from, to } of bootCopies(brief, options, 'v1')) {
    const cut = from.lastIndexOf('/');
    const inode = root.lookup(root.directory(root.root, from.slice(0, cut)), from.slice(cut + 1));
    builder.file(top, to, root.state().content(inode));
  }
}
