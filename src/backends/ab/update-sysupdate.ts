/**
 * `systemd-sysupdate update` in the order of its source: room is made, everything is fetched, then everything is put in
 * place, in the order of the transfer files: /usr (81), kernel image (90). Source: systemd src/sysupdate/sysupdate.c
 * (context_apply), src/sysupdate/sysupdate-transfer.c (transfer_install_instance).
 */
import type { Work } from '../backend.ts';
import { namesIn, writeInPieces } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { countedName, imageDirectory, menuOrder } from './boot-counter.ts';
import { espMount, runningSlot, withEsp } from './count-boots.ts';
import { nameDefault } from './firmware-variables.ts';
import { optionsOf } from './options.ts';
import { readTable, writeTable } from './partition-table.ts';
import { otherSlot, slotImage, writeImage, type Slot } from './slot.ts';
import { emptyLabel, partitionLabel, slotOf, unifiedImage } from './unified-image.ts';

const directory = `${espMount}${imageDirectory}`;

/** The buffer in which systemd-pull writes; not measured. */
const bufferBytes = 1_048_576;

/** Tries that a new image gets. Source: GNOME OS, files/sysupdate, 90 (`TriesLeft=3`). */
const firstTries = 3;

/** Writes a version beside the one that runs. */
export function* updateSysupdate(work: Work, to: VersionName): Procedure {
  yield* withEsp(work, () => update(work, to));
}

function* update(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  const { bootFile } = optionsOf(brief.options);
  const installed = menuOrder(yield* namesIn(os, directory)).some(({ version }) => version === to);
  if (slotOf(yield* readTable(work), to) !== undefined && installed) {
    os.print('No update needed.');
    return;
  }
  const target = otherSlot(yield* runningSlot(work));
  yield* makeRoom(work, target, to);
  yield* os.sync();
  if (bootFile === 'first') {
    yield* fetchKernelImage(work, to);
    yield* putKernelImage(work, to);
  }
  yield* fetchPartition(work, target, to);
  if (bootFile === 'last') yield* fetchKernelImage(work, to);
  yield* os.sync();
  os.stage(`label partition ${target.letter}`, {
    note: 'Only now the partition carries its version; until then it counted as empty.',
  });
  yield* writeTable(work, target, partitionLabel(to), 'flush');
  if (bootFile === 'last') yield* putKernelImage(work, to);
  os.print(`Successfully installed update '${to}'.`);
}

/** The version that does not run goes, so that there is a free place; a free one is left alone. */
function* makeRoom(work: Work, target: Slot, to: VersionName): Procedure {
  const { os } = work;
  const label = (yield* readTable(work))[target.letter];
  if (label === emptyLabel || label === partitionLabel(to)) return;
  os.stage('make room', {
    note: 'The version that does not run is given up: its partition loses its label, its kernel image is deleted. From here on there is nothing to go back to until the update has succeeded.',
  });
  yield* writeTable(work, target, emptyLabel, 'flush');
  const running = (yield* readTable(work))[otherSlot(target).letter];
  for (const { name, version } of menuOrder(yield* namesIn(os, directory))) {
    if (partitionLabel(version) !== running) yield* os.unlink(`${directory}/${name}`);
  }
}

function* fetchPartition({ os, brief }: Work, target: Slot, to: VersionName): Procedure {
  os.stage(`write /usr to partition ${target.letter}`, {
    note: 'Its label says that it is empty: what is written there has no name yet.',
  });
  yield* writeImage(os, target, slotImage(brief, to), bufferBytes);
  yield* os.flushBlocks(target.volume);
}

function temporaryName(to: VersionName): string {
  return `${directory}/.#sysupdate${countedName(to)}`;
}

function* fetchKernelImage({ os, brief }: Work, to: VersionName): Procedure {
  os.stage('write the kernel image under a temporary name', {
    note: 'The loader reads names that end in .efi and begin otherwise: it does not see this one.',
  });
  const content = unifiedImage(brief, to);
  yield* writeInPieces(os, temporaryName(to), content, { bufferBytes, sync: 'fsync' });
}

function* putKernelImage({ os, brief }: Work, to: VersionName): Procedure {
  const { bootCounting } = optionsOf(brief.options);
  const name = countedName(to, bootCounting ? firstTries : undefined);
  os.stage('give the kernel image its name', {
    commitPoint: true,
    note: bootCounting
      ? `A rename to ${name}: the loader now starts it first, and takes one of its ${String(firstTries)} tries off each time.`
      : `A rename to ${name}: the loader now starts it first, however often that fails.`,
  });
  yield* os.fsyncPath(temporaryName(to));
  yield* os.rename(temporaryName(to), `${directory}/${name}`);
  yield* os.fsyncPath(directory);
}

/** `bootctl set-default @current`: the running version starts from now on, whatever newer one is beside it. */
export function* rollbackSysupdate(work: Work): Procedure {
  const { os } = work;
  const label = (yield* readTable(work))[(yield* runningSlot(work)).letter];
  let own: VersionName | undefined;
  yield* withEsp(work, function* () {
    own = menuOrder(yield* namesIn(os, directory)).find(
      ({ version }) => partitionLabel(version) === label,
    )?.version;
  });
  if (own === undefined) {
    os.print('The running version has no kernel image.', 'error');
    return;
  }
  os.stage('name the default entry', {
    commitPoint: true,
    note: 'A firmware variable: it wins over the order of the menu, for later updates too, until it is cleared.',
  });
  yield* nameDefault(work, countedName(own));
}
