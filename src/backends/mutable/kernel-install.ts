/**
 * What a kernel package runs when the transaction is over, on a Fedora Workstation: `kernel-install add`, its plugins by
 * their numbers. 20-grub copies the kernel, writes the boot entry under its final name and makes it the default; only
 * then 50-depmod and 50-dracut run. So an entry names an initramfs for as long as dracut needs to make it. Source:
 * Fedora's grub2 package, 20-grub.install, https://src.fedoraproject.org/rpms/grub2; dracut, install.d/50-dracut.install
 * and the end of dracut.sh, https://github.com/dracutdevs/dracut; kernel-install(8).
 */
import type { Work } from '../backend.ts';
import { runDepmod } from '../depmod.ts';
import { textContent } from '../machine-files.ts';
import { makeDirectories, removeTree, statusOf, writeInPieces } from '../tool-calls.ts';
import { initramfsMicroseconds } from '../tool-cost.ts';
import { versionFile } from '../version-files.ts';
import { SystemError, type Procedure, type Process } from '../../kernel/process.ts';
import type { ReleaseKernel } from '../../model/release.ts';
import { bootCopy, bootInitramfsOf, entriesDirectory, environmentPath } from './fedora-names.ts';
import { entryId, entryText, savedEntryText } from './loader-entries.ts';

/** What cp writes at once. Source: coreutils src/ioblksize.h, IO_BUFSIZE. */
const bufferBytes = 131_072;

/** `kernel-install add`. */
export function* kernelInstall(work: Work, kernel: ReleaseKernel): Procedure {
  yield* copyKernel(work, kernel);
  yield* addEntry(work, kernel);
  yield* runDepmod(work, kernel);
  yield* makeInitramfs(work, kernel);
}

function* copyKernel({ os, brief }: Work, { release, image }: ReleaseKernel): Procedure {
  os.stage('copy the kernel to /boot', { note: 'Under its final name; nothing is synced.' });
  const path = bootCopy(release);
  if ((yield* statusOf(os, path)) !== undefined) yield* os.unlink(path);
  const { content, mode } = versionFile(brief, image, path);
  yield* whileThereIsRoom(os, path, () => writeInPieces(os, path, content, { bufferBytes, mode }));
}

/** Copies; says whether there was room. The plugins of kernel-install are scripts that go on after a failed copy. */
function* whileThereIsRoom(os: Process, path: string, copy: () => Procedure): Procedure<boolean> {
  try {
    yield* copy();
    return true;
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOSPC') throw error;
    os.print(`cp: error writing '${path}': No space left on device`, 'error');
    return false;
  }
}

function* addEntry({ os, brief }: Work, { release }: ReleaseKernel): Procedure {
  os.stage('write the boot entry', {
    commitPoint: true,
    note: 'A file of its own, and GRUB’s note of the default: from here on the new kernel is to start, and its initramfs is not made yet.',
  });
  yield* makeDirectories(os, entriesDirectory);
  const text = entryText(brief.system.name, release);
  yield* os.writeFile(`${entriesDirectory}/${entryId(release)}.conf`, text);
  // grub2-editenv truncates its file and writes it anew, then fsync.
  const fd = yield* os.open(environmentPath, { access: 'write', create: true, truncate: true });
  yield* os.write(fd, textContent(brief.blobs, savedEntryText(entryId(release))));
  yield* os.fsync(fd);
  yield* os.close(fd);
}

/** On a machine that runs, dracut syncs its image and freezes /boot, which writes the journal home for GRUB. */
function* makeInitramfs({ os, brief }: Work, { release, initramfs }: ReleaseKernel): Procedure {
  os.stage('make the initramfs', {
    note: 'Collected in /var/tmp, copied straight to its final name, then synced with all of /boot.',
  });
  yield* os.compute(initramfsMicroseconds(initramfs.sizeBytes));
  const path = bootInitramfsOf(release);
  const { content } = versionFile(brief, initramfs, path);
  const write = (): Procedure => writeInPieces(os, path, content, { bufferBytes, mode: 0o600 });
  if (!(yield* whileThereIsRoom(os, path, write))) {
    // dracut takes away what it could not finish.
    yield* removeTree(os, path);
    os.print(`dracut[F]: Creation of ${path} failed`, 'error');
    return;
  }
  yield* os.fsyncPath(path);
  yield* os.freezeAndThaw('/boot');
}
