/** The disk of a Fedora Workstation as its installer leaves it. Source: systems.md 1.1 and {@link subvolumes}. */
import type { MachineBrief } from '../backend.ts';
import { carve, carveInto } from '../carve.ts';
import { textContent } from '../machine-files.ts';
import { archivesOf } from '../package-tools/archive.ts';
import { rpmDatabaseContent } from '../package-tools/rpm-database.ts';
import { populateRoot } from '../populate.ts';
import { versionFile } from '../version-files.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import {
  bootCopy,
  entriesDirectory,
  environmentPath,
  fedoraKernel,
  fedoraMenuPath,
  fedoraPath,
  subvolumes,
} from './fedora-names.ts';
import { entryId, entryText, savedEntryText } from './loader-entries.ts';
import { loaderVolume } from './loader-files.ts';
import { fedoraDatabasePath } from './rpm-lifecycle.ts';

const fstabText = [
  'UUID=root / btrfs subvol=root,compress=zstd:1 0 0',
  'UUID=boot /boot ext4 defaults 1 2',
  'UUID=esp /boot/efi vfat umask=0077,shortname=winnt 0 2',
  'UUID=root /home btrfs subvol=home,compress=zstd:1 0 0',
  '',
].join('\n');

/** What GRUB reads first: it asks for the entries. Source: Fedora's grub2, util/grub.d/10_linux.in. */
export const fedoraMenuText = 'load_env\nset default="${saved_entry}"\ninsmod blscfg\nblscfg\n';

/** EFI system partition, ext4 for /boot, and one btrfs with two subvolumes. */
export function installFedora(brief: MachineBrief): readonly Volume[] {
  const disk = new ImageBuilder();
  const root = disk.subvolume(disk.root, subvolumes['/']);
  populateRoot(brief, disk, root, 'v1', (path) => fedoraPath(brief, { path }));
  disk.file(root, '/etc/fstab', textContent(brief.blobs, fstabText));
  putDatabase(brief, disk, root);
  putBootFiles(brief, disk, root);
  const home = disk.subvolume(disk.root, subvolumes['/home']);
  carveInto(disk, { root, path: '/home' }, disk, home);
  const boot = carve(disk, '/boot', root);
  return [
    loaderVolume(brief),
    new Volume({ id: 'boot', profile: 'ext4', label: 'boot' }, boot.state()),
    new Volume({ id: 'root', profile: 'btrfs', label: 'root' }, disk.state()),
  ];
}

function putBootFiles(brief: MachineBrief, disk: ImageBuilder, root: number): void {
  const put = (path: string, text: string): void => {
    disk.file(root, path, textContent(brief.blobs, text));
  };
  disk.directory(root, '/boot/efi');
  put(fedoraMenuPath, fedoraMenuText);
  const kernel = brief.release.kernels['v1'];
  if (kernel === undefined) return;
  const { release, image } = kernel;
  const copy = bootCopy(release);
  disk.file(root, copy, versionFile(brief, image, copy).content);
  put(`${entriesDirectory}/${entryId(release)}.conf`, entryText(brief.system.name, release));
  put(environmentPath, savedEntryText(entryId(release)));
}

/** rpm's database, with everything of `v1` installed. */
function putDatabase(brief: MachineBrief, disk: ImageBuilder, root: number): void {
  const archives = [
    ...archivesOf(brief, 'v1'),
    ...[fedoraKernel(brief, 'v1')].flatMap((one) => one ?? []),
  ];
  const records = new Map(archives.map(({ name, version }) => [name, new Set([version])]));
  disk.file(root, fedoraDatabasePath, rpmDatabaseContent(brief.blobs, records));
}
