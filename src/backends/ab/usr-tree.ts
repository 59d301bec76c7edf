/**
 * The files inside a slot, so that they can be walked: below the bytes of the image lies a directory for each version,
 * and which of them is mounted follows from the bytes. What is written to a slot is the image as a whole; no file of it
 * can be written alone. Source: erofs has no way to write, https://docs.kernel.org/filesystems/erofs.html
 */
import type { MachineBrief } from '../backend.ts';
import { factoryPath, generatedFiles, versionFiles } from '../version-files.ts';
import { attributes } from '../../model/attributes.ts';
import type { DiskView } from '../../model/boot-entry.ts';
import type { ReleaseFile, VersionName } from '../../model/release.ts';
import type { ImageBuilder } from '../../model/volume.ts';
import { versionNames } from './roots.ts';
import type { Slot } from './slot.ts';
import { volumeTree } from './volume-tree.ts';

/** Configuration as the image brings it; a layer over it takes what people change. Source: systems.md 3.6. */
const shippedConfiguration = '/usr/lib/confexts/gnomeos';

/**
 * Where a file lies in the root: what is not in /usr goes to the places in /usr that a start takes it from. Empty for
 * kernel and initramfs, which lie in the kernel image on the EFI system partition.
 */
export function pathInUsr(brief: MachineBrief, { path }: Pick<ReleaseFile, 'path'>): string {
  for (const { image, initramfs } of Object.values(brief.release.kernels)) {
    if (path === image.path || path === initramfs.path) return '';
  }
  return path.startsWith('/etc/') ? `${shippedConfiguration}${path}` : factoryPath(path);
}

/** Where the /usr of a version lies in a slot. */
export function usrDirectory(version: VersionName): string {
  return `${version}/usr`;
}

/** Puts the files of all versions into a slot, as they can be read once its image is the one of their version. */
export function putUsrTrees(brief: MachineBrief, builder: ImageBuilder): void {
  for (const version of versionNames) {
    if (brief.release.kernels[version] === undefined) continue;
    const files = versionFiles(brief, version, (path) => pathInUsr(brief, { path }));
    const top = builder.directory(builder.root, version);
    for (const { path, content, mode, target } of [...files, ...generatedFiles(brief)]) {
      if (!path.startsWith('/usr/')) continue;
      if (target !== undefined) builder.symlink(top, path, target);
      else builder.file(top, path, content, attributes('file', mode));
    }
  }
}

/** The directory of a version's /usr in a slot; undefined where the slot has none. */
export function usrOf(disk: DiskView, { volume }: Slot, version: VersionName): number | undefined {
  return volumeTree(disk, volume).walk(`/${usrDirectory(version)}`)?.inode;
}
