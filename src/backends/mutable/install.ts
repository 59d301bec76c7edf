/** The disk of a Debian system as its installer leaves it. Source: systems.md 1.1. */
import type { MachineBrief } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { archivesOf, kernelArchive, type Archive } from '../package-tools/archive.ts';
import { digestOf } from '../package-tools/dpkg-database.ts';
import { sumsText } from '../package-tools/dpkg-unpack.ts';
import {
  descriptionText,
  fileListText,
  localDatabase,
  recordDirectory,
} from '../package-tools/pacman-database.ts';
import { rpmDatabaseContent } from '../package-tools/rpm-database.ts';
import { statusText, type PackageRecord } from '../package-tools/status-file.ts';
import { populateRoot } from '../populate.ts';
import { carve } from '../carve.ts';
import { attributes } from '../../model/attributes.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { versionFile } from '../version-files.ts';
import { archKernel, archPath, bootImage, bootInitramfs } from './arch-kernel.ts';
import { isFedora } from './fedora-names.ts';
import { menuPath, menuText } from './grub-menu.ts';
import { installFedora } from './install-fedora.ts';
import { loaderVolume } from './loader-files.ts';
import { putFirstSnapshot } from './timeshift-names.ts';
import { optionsOf } from './options.ts';
import { recordedDatabasePath } from './rpm-lifecycle.ts';

const fstabText =
  'UUID=root / ext4 errors=remount-ro 0 1\nUUID=esp /boot/efi vfat umask=0077 0 1\n';

/** The volumes of a fresh machine with `v1`. */
export function install(brief: MachineBrief): readonly Volume[] {
  if (isFedora(brief)) return installFedora(brief);
  const { layout, tool, filesystem, bootFilesystem, snapshots } = optionsOf(brief.options);
  const root = new ImageBuilder();
  const isArch = tool === 'pacman';
  populateRoot(brief, root, root.root, 'v1', (path) => (isArch ? archPath(brief, { path }) : path));
  const kernel = brief.release.kernels['v1'];
  if (kernel !== undefined) {
    const { release, image, initramfs } = kernel;
    const menu = isArch
      ? menuText([{ release: 'linux', kernel: bootImage, initramfs: bootInitramfs }], 'Arch Linux')
      : menuText([{ release, kernel: image.path, initramfs: initramfs.path }]);
    root.file(root.root, menuPath, textContent(brief.blobs, menu));
    if (isArch) root.file(root.root, bootImage, versionFile(brief, image, bootImage).content);
  }
  root.file(root.root, '/etc/fstab', textContent(brief.blobs, fstabText));
  if (tool === 'rpm') putRpmDatabase(brief, root);
  else if (tool === 'pacman') putPacmanDatabase(brief, root);
  else putDpkgDatabase(brief, root);
  if (layout === 'esp-and-root') root.directory(root.root, '/boot/efi');
  if (snapshots === 'timeshift-rsync') putFirstSnapshot(brief.blobs, root);
  const volumes: Volume[] = layout === 'root-only' ? [] : [loaderVolume(brief)];
  if (bootFilesystem !== 'none') {
    const boot = { id: 'boot', profile: bootFilesystem, label: 'boot' };
    volumes.push(new Volume(boot, carve(root, '/boot').state()));
  }
  return [...volumes, new Volume({ id: 'root', profile: filesystem, label: 'root' }, root.state())];
}

/** Archives of all packages as they are installed, the kernel last. */
function installedArchives(brief: MachineBrief): readonly Archive[] {
  const kernel = kernelArchive(brief, 'v1');
  return [...archivesOf(brief, 'v1'), ...(kernel === undefined ? [] : [kernel])];
}

/** pacman's database, with everything installed. */
function putPacmanDatabase(brief: MachineBrief, root: ImageBuilder): void {
  const put = (path: string, text: string): void => {
    root.file(root.root, path, textContent(brief.blobs, text));
  };
  put(`${localDatabase}/ALPM_DB_VERSION`, '9\n');
  const kernel = archKernel(brief, 'v1');
  for (const archive of [...archivesOf(brief, 'v1'), ...(kernel === undefined ? [] : [kernel])]) {
    put(`${recordDirectory(archive)}/desc`, descriptionText(archive));
    put(`${recordDirectory(archive)}/files`, fileListText(archive));
  }
}

/** rpm's database, with everything installed. */
function putRpmDatabase(brief: MachineBrief, root: ImageBuilder): void {
  const records = new Map(
    installedArchives(brief).map(({ name, version }) => [name, new Set([version])]),
  );
  root.file(root.root, recordedDatabasePath, rpmDatabaseContent(brief.blobs, records));
}

/** dpkg's database, with everything installed. */
function putDpkgDatabase(brief: MachineBrief, root: ImageBuilder): void {
  const { blobs } = brief;
  const top = root.directory(root.root, '/var/lib/dpkg');
  const put = (path: string, text: string): void => {
    root.file(top, path, textContent(blobs, text), attributes('file'));
  };
  const archives = installedArchives(brief);
  const records = archives.map((archive) => installedRecord(brief, archive));
  put('status', statusText(records));
  put('status-old', statusText(records));
  for (const name of ['info', 'triggers', 'updates']) root.directory(top, name);
  for (const name of ['lock', 'lock-frontend', 'triggers/Lock']) put(name, '');
  for (const { name, files } of archives) {
    put(`info/${name}.list`, files.map(({ path }) => `${path}\n`).join(''));
    put(`info/${name}.md5sums`, sumsText(blobs, files));
    const conffiles = files.filter(({ conffile }) => conffile === true);
    if (conffiles.length === 0) continue;
    put(`info/${name}.conffiles`, conffiles.map(({ path }) => `${path}\n`).join(''));
  }
}

function installedRecord({ blobs }: MachineBrief, archive: Archive): PackageRecord {
  const conffiles = archive.files
    .filter(({ conffile }) => conffile === true)
    .map(({ path, content }): readonly [string, string] => [path, digestOf(blobs, content)]);
  const { name, version } = archive;
  return {
    name,
    version,
    want: 'install',
    flag: 'ok',
    state: 'installed',
    conffiles: new Map(conffiles),
  };
}
