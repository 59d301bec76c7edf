/**
 * An update that fails at the shutdown, when nobody looks any more: a note in /boot, read and deleted by the next start.
 * Source: https://github.com/ostreedev/ostree/blob/main/src/libostree/ostree-sysroot-deploy.c,
 * _ostree_sysroot_finalize_staged and _ostree_sysroot_boot_complete; src/boot/ostree-boot-complete.service.
 */
import type { Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import { makeDirectories, statusOf, writeInPieces } from '../tool-calls.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { optionsOf } from './options.ts';
import { bufferBytes } from './repository.ts';

function stampPath({ brief }: Work): string {
  return `${optionsOf(brief.options).bootDirectory}/ostree/finalize-failure.stamp`;
}

/** Runs the work of ostree-finalize-staged.service; why it fails is written down, and the failure goes on. */
export function* notingFailure(work: Work, body: Procedure): Procedure {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof SystemError) yield* noteFailure(work, error);
    throw error;
  }
}

function* noteFailure(work: Work, failure: SystemError): Procedure {
  const { os, brief } = work;
  const path = stampPath(work);
  const text = `${failure.call}(${failure.path}): ${failure.code}`;
  try {
    yield* makeDirectories(os, path.slice(0, path.lastIndexOf('/')));
    const content = textContent(brief.blobs, text);
    yield* writeInPieces(os, `${path}.tmp`, content, { bufferBytes, sync: 'fdatasync' });
    yield* os.rename(`${path}.tmp`, path);
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    os.print(`Failed to write ${path}: ${error.code}`, 'error');
  }
}

/** `ostree admin boot-complete`: the failure of the last shutdown fails a service of this start, once. */
export function* reportFailure(work: Work): Procedure {
  const { os } = work;
  const path = stampPath(work);
  if ((yield* statusOf(os, path)) === undefined) return;
  const text = yield* os.readText(path);
  yield* os.unlink(path);
  const unit = 'ostree-finalize-staged.service';
  os.print(`ostree-boot-complete: error: ${unit} failed on previous boot: ${text}`, 'error');
}
