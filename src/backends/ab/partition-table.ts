/**
 * What the table of partitions says about the slots: labels for systemd-sysupdate, attributes for ChromeOS. A GPT has
 * two copies with checksums, and an entry of 128 bytes lies in one sector, so that a change is there or not; here the
 * table is that one sector. Source: UEFI specification, chapter 5, GUID partition table disk layout.
 */
import type { MachineBrief, Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { DiskView } from '../../model/boot-entry.ts';
import { contentText, type Content } from '../../model/content.ts';
import type { BlobTable } from '../../model/content.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import type { Slot } from './slot.ts';

const tableVolume = 'partition-table';

const sectorBytes = 512;

/** What the table says of each slot, a word or several. */
export interface SlotWords {
  readonly A: string;
  readonly B: string;
}

function tableContent(blobs: BlobTable, { A, B }: SlotWords): Content {
  return textContent(blobs, `A ${A}\nB ${B}\n`.padEnd(sectorBytes, '#'));
}

function wordsOf(text: string): SlotWords {
  const of = (letter: Slot['letter']): string =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${letter} `))
      ?.slice(2) ?? '';
  return { A: of('A'), B: of('B') };
}

/** The table as the installer leaves it. */
export function partitionTable(brief: MachineBrief, words: SlotWords): Volume {
  const builder = new ImageBuilder();
  builder.setContent(builder.root, tableContent(brief.blobs, words));
  const description = { id: tableVolume, profile: 'raw-slot', label: 'partition table' };
  return new Volume(description, builder.state());
}

/** What the table on this disk says; empty words where it says nothing. */
export function tableOn(disk: DiskView): SlotWords {
  const view = disk.volumes.get(tableVolume);
  return wordsOf(view === undefined ? '' : contentText(view.content(view.root), disk.blobs));
}

/** What the table says, as a program reads it. */
export function* readTable({ os, brief }: Work): Procedure<SlotWords> {
  return wordsOf(contentText(yield* os.readBlocks(tableVolume), brief.blobs));
}

/** Writes the words of one slot, and waits for the drive where asked. */
export function* writeTable(
  work: Work,
  { letter }: Slot,
  word: string,
  manner: 'flush' | 'do not wait',
): Procedure {
  yield* writeWords(work, { ...(yield* readTable(work)), [letter]: word }, manner);
}

/** Writes the words of both slots in one step. */
export function* writeWords(
  { os, brief }: Work,
  words: SlotWords,
  manner: 'flush' | 'do not wait',
): Procedure {
  yield* os.writeBlocks(tableVolume, 0, tableContent(brief.blobs, words));
  if (manner === 'flush') yield* os.flushBlocks(tableVolume);
}
