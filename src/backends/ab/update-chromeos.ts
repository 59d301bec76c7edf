/**
 * update_engine in its order: the slot that does not run is marked not bootable, written, read again, and given the
 * higher priority with six tries; a start that succeeds is marked. Source: systems.md 3.1,
 * https://github.com/LineageOS/android_system_update_engine/blob/HEAD/README.md and
 * https://www.chromium.org/chromium-os/chromiumos-design-docs/filesystem-autoupdate/
 */
import type { Work } from '../backend.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { VersionName } from '../../model/release.ts';
import { whySlotFails } from './chromeos.ts';
import {
  afterTry,
  attributesOf,
  attributeWords,
  startOrder,
  unbootable,
} from './kernel-attributes.ts';
import { optionsOf } from './options.ts';
import { readTable, writeTable, writeWords } from './partition-table.ts';
import { otherSlot, slotImage, writeImage, slots, type Slot } from './slot.ts';

/** Tries of a new slot. Source: ChromiumOS, File System/Autoupdate. */
const firstTries = 6;

/** Not measured. */
const bufferBytes = 1_048_576;

function* runningSlot({ os }: Work): Procedure<Slot> {
  const { volume } = yield* os.stat('/');
  return slots.find((slot) => slot.volume === volume) ?? slots[0];
}

/** Writes a version to the slot that does not run, and lets it start. */
export function* updateChromeos(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  const running = yield* runningSlot(work);
  const target = otherSlot(running);
  if (startOrder(yield* readTable(work))[0] === target) {
    os.print('An update is waiting for a restart.', 'error');
    return;
  }
  if (optionsOf(brief.options).flag === 'before') {
    yield* activate(work, target);
    yield* writeSlot(work, target, to);
    return;
  }
  os.stage('mark the target slot not bootable', {
    note: 'From here on there is no way back until the update has finished.',
  });
  yield* writeTable(work, target, attributeWords(unbootable), 'flush');
  yield* writeSlot(work, target, to);
  os.stage('read the slot again', { note: 'The hash of the whole partition is compared.' });
  yield* os.readBlocks(target.volume);
  yield* activate(work, target);
}

function* writeSlot({ os, brief }: Work, target: Slot, to: VersionName): Procedure {
  os.stage(`write the image to slot ${target.letter}`, {
    note: 'Block by block over what the slot held: its former version is gone.',
  });
  yield* writeImage(os, target, slotImage(brief, to), bufferBytes);
  yield* os.flushBlocks(target.volume);
}

function* activate(work: Work, target: Slot): Procedure {
  work.os.stage('give the slot the higher priority', {
    commitPoint: true,
    note: `With ${String(firstTries)} tries, and not yet a success: the firmware takes one off before each start.`,
  });
  const other = otherSlot(target);
  const lower = { ...attributesOf(yield* readTable(work), other), priority: 1 };
  const higher = { priority: 2, tries: firstTries, successful: false };
  const words = { A: '', B: '', [other.letter]: attributeWords(lower) };
  yield* writeWords(work, { ...words, [target.letter]: attributeWords(higher) }, 'flush');
}

/** For people there is no command; with developer mode or an administrator there is, and it wipes what people wrote. */
export function* rollbackChromeos({ os }: Work): Procedure {
  yield* os.compute(0);
  os.print(
    'Going back is for administrators and developer mode only, and wipes the stateful partition.',
    'error',
  );
}

/** What the firmware did to the attributes on the way to this start, and that it was a success. */
export function* markStarts(work: Work): Procedure {
  const { os, brief } = work;
  const running = yield* runningSlot(work);
  const order = startOrder(yield* readTable(work));
  for (const slot of order.slice(0, Math.max(0, order.indexOf(running)))) {
    let attributes = attributesOf(yield* readTable(work), slot);
    const fails = whySlotFails(brief, yield* os.readBlocks(slot.volume)) !== undefined;
    while (fails && !attributes.successful && attributes.tries > 0) {
      attributes = afterTry(attributes);
      yield* writeTable(work, slot, attributeWords(attributes), 'flush');
    }
  }
  const own = attributesOf(yield* readTable(work), running);
  if (own.successful || !order.includes(running)) return;
  yield* writeTable(work, running, attributeWords(afterTry(own)), 'flush');
  // With its last try the priority had gone as well; a success gets both back.
  const good = { ...own, tries: 0, successful: true };
  yield* writeTable(work, running, attributeWords(good), 'flush');
}
