/**
 * An image written to the slot that is not running, and a flag that says which slot starts: the recorded runs ab and
 * ab-flag-first, and RAUC's order (systems.md 3.4).
 */
import type { MachineBrief, Work } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView } from '../../model/boot-entry.ts';
import type { Content } from '../../model/content.ts';
import type { MountPlan } from '../../model/system.ts';
import type { VersionName } from '../../model/release.ts';
import { sameContent } from '../../model/expected-file.ts';
import type { Procedure } from '../../kernel/process.ts';
import { textContent } from '../machine-files.ts';
import { optionsOf } from './options.ts';
import { versionNames } from './roots.ts';
import {
  environmentText,
  otherSlot,
  parseEnvironment,
  slotImage,
  writeImage,
  slots,
  tryOrder,
  type Environment,
  type Slot,
} from './slot.ts';
import { firmwareStop, textOf, volumeTree } from './volume-tree.ts';

const environmentPath = '/grub/grubenv';

/** The buffer of dd: recorded, three writes for 2.6 MB. */
const ddBufferBytes = 1_048_576;

/** Starting and ending dd, starting and ending grub-editenv: of the shares of time in recorded runs ab and ab-flag-first. */
const copyStartMicroseconds = 1_000;
const copyExitMicroseconds = 500;
const editorStartMicroseconds = 3_000;
const editorExitMicroseconds = 2_800;

/** The menu of this disk: the slots in the order in which GRUB tries them. */
export function bootMenuSlots(brief: MachineBrief, disk: DiskView): BootMenu {
  const { verity } = optionsOf(brief.options);
  const nothing = firmwareStop(disk, 'lab') ?? missingScript(disk);
  const environment = parseEnvironment(textOf(disk, volumeTree(disk, 'boot'), environmentPath));
  return {
    loader: 'grub',
    entries:
      nothing === undefined
        ? tryOrder(environment).map((slot) => slotEntry(brief, disk, slot, verity))
        : [],
    ...(nothing === undefined ? {} : { nothing }),
    wayToOther: verity
      ? {
          kind: 'automatic',
          how: 'A slot that dm-verity refuses counts as tried; the other one starts.',
        }
      : { kind: 'menu', how: 'Choose the other slot in the GRUB menu.' },
  };
}

function missingScript(disk: DiskView): BootMenu['nothing'] {
  if ((volumeTree(disk, 'boot').file('/grub/grub.cfg')?.sizeBytes ?? 0) > 0) return undefined;
  return {
    stage: 'loader',
    because: {
      text: 'GRUB starts, but grub/grub.cfg is missing: it knows no slot.',
      source: 'https://github.com/rauc/rauc/blob/master/contrib/grub.conf',
    },
    console: ['grub>'],
  };
}

function slotEntry(brief: MachineBrief, disk: DiskView, slot: Slot, verity: boolean): BootEntry {
  const { volume, letter } = slot;
  const view = disk.volumes.get(volume);
  const reference = { volume, directory: view?.root ?? 0, path: '' };
  const expected: { [version in VersionName]?: Content } = {};
  for (const version of versionNames) {
    if (brief.release.kernels[version] !== undefined) expected[version] = slotImage(brief, version);
  }
  const content = view?.content(view.root);
  const holds = versionNames.find((version) => {
    const image = expected[version];
    return image !== undefined && content !== undefined && sameContent(image, content);
  });
  return {
    id: volume,
    title: `slot ${letter}`,
    version: holds ?? 'v2',
    kernel: reference,
    initramfs: reference,
    root: ['data', 'boot'].map((name) => ({
      mountPoint: name === 'data' ? '/' : '/boot',
      volume: name,
      directory: disk.volumes.get(name)?.root ?? 0,
    })),
    image: { volume, expected, verity },
    init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
  };
}

/** What is mounted: the files inside the image are not simulated one by one, so `/` shows the shared data alone. */
export function mountsSlots(brief: MachineBrief): readonly MountPlan[] {
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  return [
    { mountPoint: '/', volume: 'data', readOnly: false },
    { mountPoint: '/boot', volume: 'boot', readOnly: false },
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}

/** Writes the image of a version to the slot that does not start by default, and lets it start. */
export function* updateSlots(work: Work, to: VersionName): Procedure {
  const { flag } = optionsOf(work.brief.options);
  const { order } = yield* readEnvironment(work);
  const target = otherSlot(order[0]);
  const after: Environment = { order: [target, order[0]], good: slots };
  if (flag === 'rauc') {
    work.os.stage('mark the target slot not bootable', {
      note: 'From here on there is no fallback until the update has succeeded.',
    });
    yield* writeEnvironment(work, { order, good: [order[0]] });
  }
  if (flag === 'before') yield* flip(work, after);
  yield* writeSlot(work, target, to);
  if (flag !== 'before') yield* flip(work, after);
}

/** The other slot starts next; its image is not looked at. */
export function* rollbackSlots(work: Work): Procedure {
  const { order } = yield* readEnvironment(work);
  yield* flip(work, { order: [otherSlot(order[0]), order[0]], good: slots });
}

function* readEnvironment({ os }: Work): Procedure<Environment> {
  return parseEnvironment(yield* os.readText(`/boot${environmentPath}`));
}

function* writeSlot(work: Work, target: Slot, to: VersionName): Procedure {
  const { os, brief } = work;
  const { slotWrite } = optionsOf(brief.options);
  os.stage(`write the image to slot ${target.letter}`, {
    note: 'Block by block over what the slot held: its former version is gone.',
  });
  yield* os.compute(copyStartMicroseconds);
  yield* writeImage(os, target, slotImage(brief, to), ddBufferBytes);
  if (slotWrite === 'write-then-fsync') yield* os.flushBlocks(target.volume);
  // Held open elsewhere, closing writes nothing out, and nobody waits.
  if (slotWrite === 'write-then-close') yield* os.closeBlocks(target.volume);
  yield* os.compute(copyExitMicroseconds);
}

function* flip(work: Work, environment: Environment): Procedure {
  work.os.stage('set the boot flag', {
    commitPoint: true,
    note: 'grub-editenv truncates its file and writes it anew, then fsync.',
  });
  yield* writeEnvironment(work, environment);
}

function* writeEnvironment({ os, brief }: Work, environment: Environment): Procedure {
  yield* os.compute(editorStartMicroseconds);
  const fd = yield* os.open(`/boot${environmentPath}`, { access: 'write', truncate: true });
  yield* os.write(fd, textContent(brief.blobs, environmentText(environment)));
  yield* os.fsync(fd);
  yield* os.close(fd);
  yield* os.compute(editorExitMicroseconds);
}
