/**
 * Attributes of a kernel partition: priority, tries left, successful. The firmware takes the highest priority among those
 * that were successful or have tries left; one that was never successful loses a try before it starts, and with its last
 * one its priority as well. Source: https://github.com/coreboot/vboot/blob/main/firmware/lib/cgptlib/cgptlib.c
 * (GptNextKernelEntry, GptUpdateKernelWithEntry).
 */
import { slots, type Slot } from './slot.ts';
import type { SlotWords } from './partition-table.ts';

/** Attributes of one slot: priority and tries from 0 to 15. */
export interface KernelAttributes {
  readonly priority: number;
  readonly tries: number;
  readonly successful: boolean;
}

/** A slot that the firmware does not start. */
export const unbootable: KernelAttributes = { priority: 0, tries: 0, successful: false };

/** As the table says it. */
export function attributeWords({ priority, tries, successful }: KernelAttributes): string {
  return `priority=${String(priority)} tries=${String(tries)} successful=${successful ? '1' : '0'}`;
}

/** Reads them; words that are none make a slot that cannot be started. */
export function attributesOf(table: SlotWords, { letter }: Slot): KernelAttributes {
  const found = /^priority=(\d+) tries=(\d+) successful=([01])$/.exec(table[letter]);
  if (found === null) return unbootable;
  const [, priority, tries, successful] = found;
  return { priority: Number(priority), tries: Number(tries), successful: successful === '1' };
}

/** Slots that the firmware would start, in its order; equal priorities as the partitions lie. */
export function startOrder(table: SlotWords): readonly Slot[] {
  const priority = (slot: Slot): number => attributesOf(table, slot).priority;
  return slots
    .filter((slot) => {
      const { tries, successful } = attributesOf(table, slot);
      return priority(slot) > 0 && (successful || tries > 0);
    })
    .sort((left, right) => priority(right) - priority(left));
}

/** What the firmware leaves of them when it starts the slot. */
export function afterTry(attributes: KernelAttributes): KernelAttributes {
  const { successful, tries } = attributes;
  if (successful) return attributes;
  return tries > 1 ? { ...attributes, tries: tries - 1 } : unbootable;
}
