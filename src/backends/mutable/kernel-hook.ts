/**
 * What the postinst of a kernel package does: indexes of its modules, an initramfs, then the menu. Source: Debian initramfs-tools,
 * update-initramfs; Debian grub2, util/grub-mkconfig.in; recorded run mutable-dpkg.
 */
import type { Work } from '../backend.ts';
import { runDepmod } from '../depmod.ts';
import { textContent } from '../machine-files.ts';
import { kernelArchive } from '../package-tools/archive.ts';
import type { AfterConfigure } from '../package-tools/dpkg-configure.ts';
import { namesIn, removeTree, writeInPieces } from '../tool-calls.ts';
import { initramfsMicroseconds } from '../tool-cost.ts';
import { versionFile } from '../version-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { ReleaseKernel } from '../../model/release.ts';
import { menuPath, menuText, type InstalledKernel } from './grub-menu.ts';
import { optionsOf, versionNames } from './options.ts';

/** Bytes that cp and cat write at once. Source: coreutils src/ioblksize.h, IO_BUFSIZE. */
const bufferBytes = 131_072;

/** Making the text of the menu, fitted to recorded run mutable-dpkg; other systems on the drive are not looked for. */
const menuMicroseconds = 15_000;

/** The part of configuring that differs from package to package: only kernels have one. */
export function kernelHook(work: Work): AfterConfigure {
  return function* (name: string, packaged: string): Procedure {
    const kernel = versionNames
      .map((version) => kernelArchive(work.brief, version))
      .find((archive) => archive?.name === name && archive.version === packaged)?.kernel;
    if (kernel === undefined) return;
    yield* runDepmod(work, kernel);
    yield* makeInitramfs(work, kernel);
    yield* writeMenu(work);
  };
}

function* makeInitramfs({ os, brief }: Work, { initramfs }: ReleaseKernel): Procedure {
  const { path } = initramfs;
  const { kernelHookSyncs } = optionsOf(brief.options);
  os.stage('make the initramfs', {
    note: 'Written beside its place and renamed: whole or not there, as far as names go.',
  });
  os.print(`update-initramfs: Generating ${path}`);
  yield* os.compute(initramfsMicroseconds(initramfs.sizeBytes));
  const { content } = versionFile(brief, initramfs, path);
  try {
    yield* writeInPieces(os, `${path}.new`, content, { bufferBytes });
  } catch (error) {
    yield* removeTree(os, `${path}.new`);
    // run-parts stops at the first script that fails, so the one that writes the menu does not run.
    os.print(`update-initramfs: failed for ${path} with 1.`, 'error');
    throw error;
  }
  yield* os.rename(`${path}.new`, path);
  if (kernelHookSyncs) yield* os.syncfs(path);
  else yield* os.fsyncPath(path);
}

/** `update-grub`: a menu of all kernels in /boot. */
export function* writeMenu(work: Work): Procedure {
  const { os, brief } = work;
  const { menuWrite } = optionsOf(brief.options);
  const inPlace = menuWrite === 'truncate-in-place';
  os.stage('write the boot menu', {
    commitPoint: true,
    note: inPlace
      ? 'Debian empties grub.cfg and writes it again, without syncing it: for a moment there is no menu.'
      : 'The new menu is renamed over the old one.',
  });
  os.print('Generating grub configuration file ...');
  yield* os.compute(menuMicroseconds);
  const kernels = yield* kernelsInBoot(work);
  const menu = textContent(brief.blobs, menuText(kernels));
  yield* writeInPieces(os, `${menuPath}.new`, menu, { bufferBytes });
  if (inPlace) {
    yield* writeInPieces(os, menuPath, menu, { bufferBytes });
    yield* os.unlink(`${menuPath}.new`);
  } else {
    yield* os.rename(`${menuPath}.new`, menuPath);
  }
  for (const { kernel, initramfs } of kernels) {
    os.print(`Found linux image: ${kernel}`);
    os.print(`Found initrd image: ${initramfs}`);
  }
  os.print('done');
}

/** Kernels of the release whose image lies in /boot, with an initramfs. */
function* kernelsInBoot({ os, brief }: Work): Procedure<readonly InstalledKernel[]> {
  const names = new Set((yield* namesIn(os, '/boot')).map((name) => `/boot/${name}`));
  const found = new Map<string, InstalledKernel>();
  for (const version of versionNames) {
    const known = brief.release.kernels[version];
    if (known === undefined || !names.has(known.image.path)) continue;
    const { release, image, initramfs } = known;
    if (!names.has(initramfs.path)) continue;
    found.set(release, { release, kernel: image.path, initramfs: initramfs.path });
  }
  return [...found.values()];
}
