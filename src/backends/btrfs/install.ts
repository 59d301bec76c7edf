/** The disk of a MicroOS as its installer leaves it: snapshot 1 holds `v1` and is the default. */
import type { MachineBrief } from '../backend.ts';
import {
  installedConfiguration,
  ownerOf,
  putFile,
  textContent,
  writtenByPeople,
} from '../machine-files.ts';
import { archivesOf, kernelArchive } from '../package-tools/archive.ts';
import { rpmDatabaseContent } from '../package-tools/rpm-database.ts';
import {
  factoryPath,
  generatedFiles,
  versionFile,
  versionFiles,
  type VersionFile,
} from '../version-files.ts';
import { attributes } from '../../model/attributes.ts';
import type { Inode } from '../../model/cell-table.ts';
import type { VersionName } from '../../model/release.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { putDpkgDatabase } from './dpkg-database.ts';
import { informationText, menuText } from './menu-text.ts';
import {
  menuPath,
  packageDatabasePath,
  recordedDatabasePath,
  recordedRpmDatabasePath,
  rootDirectories,
  rootLinks,
  sharedSubvolume,
  sharedSubvolumes,
} from './names.ts';
import { optionsOf } from './options.ts';

/** Files of the boot loader on the EFI system partition. */
export const espFiles: readonly string[] = [
  'EFI/BOOT/BOOTX64.EFI',
  'EFI/opensuse/grubx64.efi',
  'EFI/opensuse/grub.cfg',
];

/** Where a package's file lies in a snapshot; where /var is inside, it keeps its path. */
export function pathInSnapshot(brief: MachineBrief, path: string): string {
  return optionsOf(brief.options).varInRoot ? path : factoryPath(path);
}

/** Every packaged file of a version, at its place in a snapshot. */
export function snapshotFiles(brief: MachineBrief, version: VersionName): readonly VersionFile[] {
  return versionFiles(brief, version, (path) => pathInSnapshot(brief, path));
}

/** The volumes of a fresh machine. */
export function install(brief: MachineBrief): readonly Volume[] {
  const builder = new ImageBuilder();
  const at = builder.subvolume(builder.root, '@');
  const snapshots = builder.subvolume(at, '.snapshots');
  const shared = new Map<string, Inode>();
  for (const mountPoint of sharedSubvolumes) {
    const path = sharedSubvolume(mountPoint).slice('@/'.length);
    shared.set(mountPoint, builder.subvolume(at, path));
  }
  const snapshot = builder.subvolume(snapshots, '1/snapshot');
  const information = informationText(1, 'first root filesystem', false);
  builder.file(snapshots, '1/info.xml', textContent(brief.blobs, information));
  fillSnapshot(brief, builder, snapshot);
  fillShared(brief, builder, snapshot, shared);
  builder.setDefaultSubvolume(snapshot);
  return [
    espVolume(brief),
    new Volume({ id: 'root', profile: 'btrfs', label: 'root' }, builder.state()),
  ];
}

function espVolume(brief: MachineBrief): Volume {
  const esp = new ImageBuilder();
  for (const path of espFiles) {
    esp.file(esp.root, path, textContent(brief.blobs, `boot loader ${path}\n`));
  }
  const label = 'EFI system partition';
  return new Volume({ id: 'esp', profile: 'vfat', label }, esp.state());
}

function fillSnapshot(brief: MachineBrief, builder: ImageBuilder, snapshot: Inode): void {
  const { layout, tool, varInRoot } = optionsOf(brief.options);
  const microos = layout === 'microos';
  const put = (file: VersionFile): void => {
    if (file.target !== undefined) builder.symlink(snapshot, file.path, file.target);
    else builder.file(snapshot, file.path, file.content, attributes('file', file.mode));
  };
  if (microos) builder.subvolume(snapshot, 'etc');
  for (const path of rootDirectories) {
    if (!varInRoot || path !== '/var') builder.directory(snapshot, path);
  }
  for (const [path, target] of rootLinks) builder.symlink(snapshot, path, target);
  for (const file of [...snapshotFiles(brief, 'v1'), ...generatedFiles(brief)]) put(file);
  const kernel = brief.release.kernels.v1;
  if (kernel !== undefined) put(versionFile(brief, kernel.initramfs, kernel.initramfs.path));
  builder.file(snapshot, menuPath, textContent(brief.blobs, menuText(brief, 'v1')));
  if (microos || tool === 'rpm') putRpmDatabase(brief, builder, snapshot);
  else putDpkgDatabase(brief, builder, snapshot);
  if (!microos) return;
  builder.setAttributes(snapshot, { ...attributes('directory'), readOnlySubvolume: true });
}

/** The package database of a snapshot, in its root. */
export function databasePath(brief: MachineBrief): string {
  const { layout, tool } = optionsOf(brief.options);
  if (layout !== 'recorded') return packageDatabasePath;
  return tool === 'rpm' ? recordedRpmDatabasePath : recordedDatabasePath;
}

/** rpm's database, with everything of `v1` installed. */
function putRpmDatabase(brief: MachineBrief, builder: ImageBuilder, snapshot: Inode): void {
  const kernel = kernelArchive(brief, 'v1');
  const archives = [...archivesOf(brief, 'v1'), ...(kernel === undefined ? [] : [kernel])];
  const records = new Map(archives.map(({ name, version }) => [name, new Set([version])]));
  builder.file(snapshot, databasePath(brief), rpmDatabaseContent(brief.blobs, records));
}

function fillShared(
  brief: MachineBrief,
  builder: ImageBuilder,
  snapshot: Inode,
  shared: ReadonlyMap<string, Inode>,
): void {
  const { accounts } = brief.release;
  const home = shared.get('/home');
  for (const account of accounts) {
    if (home === undefined || account.home === '/root') continue;
    const owner = { user: account.uid, group: account.uid };
    builder.directory(home, account.name, attributes('directory', 0o700, owner));
  }
  const { varInRoot } = optionsOf(brief.options);
  for (const file of [...installedConfiguration(brief), ...writtenByPeople(brief)]) {
    const owner = ownerOf(accounts, file.path);
    const mountPoint = sharedSubvolumes.find(
      (path) => file.path.startsWith(`${path}/`) && (!varInRoot || path !== '/var'),
    );
    const subvolume = mountPoint === undefined ? undefined : shared.get(mountPoint);
    if (mountPoint === undefined || subvolume === undefined) {
      putFile(builder, snapshot, file.path, file, owner);
    } else {
      putFile(builder, subvolume, file.path.slice(mountPoint.length), file, owner);
    }
  }
}
