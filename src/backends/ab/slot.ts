/** Raw slots: their images, and the environment block that says which one starts. Source: recorded runs ab*. */
import type { MachineBrief } from '../backend.ts';
import { wholeBlob, type Content } from '../../model/content.ts';
import type { VersionName } from '../../model/release.ts';
import type { Procedure, Process } from '../../kernel/process.ts';
import { piecesOf } from '../tool-calls.ts';
import { imageFiles, imageSizeBytes } from './image-tree.ts';

/** One of the two slots. */
export interface Slot {
  readonly letter: 'A' | 'B';
  readonly volume: 'slot-a' | 'slot-b';
}

/** Both; A is tried first when nothing says otherwise. */
export const slots: readonly [Slot, Slot] = [
  { letter: 'A', volume: 'slot-a' },
  { letter: 'B', volume: 'slot-b' },
];

/** The other one. */
export function otherSlot(slot: Slot): Slot {
  return slot === slots[0] ? slots[1] : slots[0];
}

/** The unit in which an image fills a slot. */
const blockBytes = 4096;

/** The whole image of a version: one blob, because all its files share one fate. */
export function slotImage(brief: MachineBrief, version: VersionName): Content {
  const kernel = brief.release.kernels[version];
  const files = imageSizeBytes(imageFiles(brief, version)) + (kernel?.initramfs.sizeBytes ?? 0);
  const sizeBytes = Math.ceil(files / blockBytes) * blockBytes;
  return wholeBlob(brief.blobs.intern(`image ${version}`, sizeBytes), sizeBytes);
}

/** What the environment block says. Names as in RAUC's GRUB script, contrib/grub.conf. */
export interface Environment {
  readonly order: readonly [Slot, Slot];
  /** Slots that may be started. */
  readonly good: readonly Slot[];
}

/** Size of an environment block. Source: GRUB manual, "The GRUB environment block". */
const environmentBytes = 1024;

/** The text of an environment block. */
export function environmentText({ order, good }: Environment): string {
  const lines = [
    '# GRUB Environment Block',
    `ORDER=${order.map(({ letter }) => letter).join(' ')}`,
    ...slots.map((slot) => `${slot.letter}_OK=${good.includes(slot) ? '1' : '0'}`),
    '',
  ];
  return lines.join('\n').padEnd(environmentBytes, '#');
}

/** An environment block, read back; one that is not whole leaves GRUB with the defaults of its script: A first. */
export function parseEnvironment(text: string): Environment {
  const orders: readonly (readonly [Slot, Slot])[] = [
    [slots[0], slots[1]],
    [slots[1], slots[0]],
  ];
  for (const order of orders) {
    for (const good of [slots, [slots[0]], [slots[1]], []]) {
      if (text === environmentText({ order, good })) return { order, good };
    }
  }
  return { order: slots, good: slots };
}

/** The slots in the order in which GRUB tries them: those that may be started first. */
export function tryOrder({ order, good }: Environment): readonly Slot[] {
  return [...order].sort(
    (left, right) => Number(good.includes(right)) - Number(good.includes(left)),
  );
}

/** Fills a slot with an image from its first block on, as many bytes at once as the tool's buffer holds; syncs nothing. */
export function* writeImage(
  os: Process,
  { volume }: Slot,
  image: Content,
  bufferBytes: number,
): Procedure {
  let offsetBytes = 0;
  for (const piece of piecesOf(image, bufferBytes)) {
    yield* os.writeBlocks(volume, offsetBytes, piece);
    offsetBytes += piece.sizeBytes;
  }
}
