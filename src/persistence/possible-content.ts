/** What a file may hold on a possible disk: its writes and truncations, each with what may have become of it. */
import type { Inode } from '../model/cell-table.ts';
import { slice, zeros, type Content } from '../model/content.ts';
import type { TruncateEffect } from '../model/operation.ts';
import { microClass } from './compiled.ts';
import { blockBytes, blocksBetween, blocksOf, generationOf, type Blocks } from './file-blocks.ts';
import {
  allocated,
  exactly,
  patternKey,
  perhapsWritten,
  resized,
  written,
  type BytesPattern,
  type Pattern,
} from './pattern.ts';
import type { PossibleDisk } from './possible.ts';
import { verified } from './verified-content.ts';

/**
 * What became of one step of a file's content: it is there; it is not; the room for its bytes is there, and of each
 * sector the bytes or zeros; of each sector the new bytes or the old ones; the room is named and cannot be read.
 */
export type StepFate = 'there' | 'missing' | 'room' | 'perhaps' | 'unreadable';

/** A set of contents, and by which fates of the steps it comes about; steps that were not called have none. */
export interface PossibleContent {
  readonly pattern: Pattern;
  readonly fates: ReadonlyMap<number, StepFate>;
}

/** A content in the making. */
interface Draft extends PossibleContent {
  readonly blocks: Blocks;
  /** Blocks whose bytes are in memory alone: a later write to one of them cannot be there without the earlier. */
  readonly unwritten: ReadonlySet<number>;
  /** How many blocks so far were told apart as old or new. */
  readonly toldApart: number;
}

/** What a file may hold on this disk; each pattern is a set of contents. */
export function patternsOf(disk: PossibleDisk, inode: Inode): readonly Pattern[] {
  return contentsOf(disk, inode).map(({ pattern }) => pattern);
}

/** The same, with what became of each step; of several ways to a pattern, the one that lacks the fewest. */
export function contentsOf(disk: PossibleDisk, inode: Inode): readonly PossibleContent[] {
  const { compiled, duties } = disk;
  const base = compiled.base.content(inode);
  const untouched = { pattern: exactly(base), fates: new Map(), blocks: blocksOf(base) };
  let drafts: readonly Draft[] = [{ ...untouched, unwritten: new Set(), toldApart: 0 }];
  for (const index of contentOperations(disk, inode)) {
    if (index >= duties.moment.issued) break;
    drafts = fewestLacking(
      drafts.flatMap((draft) => afterOperation(disk, draft, index)),
      draftKey,
    );
  }
  const found = fewestLacking(drafts, ({ pattern }) => patternKey(pattern));
  return compiled.profile.verifiesReads === true ? verified(compiled, inode, found) : found;
}

function contentOperations({ compiled }: PossibleDisk, inode: Inode): readonly number[] {
  const micros = compiled.contentMicros.get(inode) ?? [];
  return [...new Set(micros.map((micro) => compiled.operationOf[micro] ?? 0))];
}

function draftKey({ pattern, blocks, unwritten }: Draft): string {
  return [patternKey(pattern), [...blocks].join(), [...unwritten].sort().join()].join('|');
}

/** One content for each key. */
function fewestLacking<Kind extends PossibleContent>(
  contents: readonly Kind[],
  keyOf: (content: Kind) => string,
): readonly Kind[] {
  const best = new Map<string, Kind>();
  for (const content of contents) {
    const key = keyOf(content);
    const known = best.get(key);
    if (known === undefined || lacking(content) < lacking(known)) best.set(key, content);
  }
  return [...best.values()];
}

function lacking({ fates }: PossibleContent): number {
  return [...fates.values()].filter((fate) => fate !== 'there').length;
}

function afterOperation(disk: PossibleDisk, draft: Draft, index: number): readonly Draft[] {
  const effect = disk.compiled.operations[index]?.effect;
  if (draft.pattern.kind === 'unreadable') return [fated(disk, draft, index, 'unreadable')];
  const bytes = { ...draft, pattern: draft.pattern };
  switch (effect?.kind) {
    case 'truncate':
      return truncated(disk, bytes, index, effect);
    case 'write':
      return afterWrite(disk, bytes, { index, ...effect });
    case 'write-blocks':
      return landedInPlace(disk, bytes, { index, ...effect }, undefined);
    default:
      return [draft];
  }
}

type BytesDraft = Draft & { readonly pattern: BytesPattern };

interface Write {
  readonly index: number;
  readonly inode: Inode;
  readonly offsetBytes: number;
  readonly data: Content;
}

/** Notes what became of the content steps of an operation. */
function fated(disk: PossibleDisk, draft: Draft, index: number, fate: StepFate): Draft {
  const { compiled, landed } = disk;
  const fates = new Map(draft.fates);
  const end = compiled.microStart[index + 1] ?? 0;
  for (let micro = compiled.microStart[index] ?? 0; micro < end; micro++) {
    const step = compiled.steps[micro];
    if (step === undefined) continue;
    const isMetadata = compiled.classes[micro] === microClass.metadata;
    const ofMetadata = landed.has(micro) ? 'there' : 'missing';
    fates.set(micro, isMetadata ? ofMetadata : step.kind === 'data' ? 'there' : fate);
  }
  return { ...draft, fates };
}

/** Whether the metadata of an operation on a file's content is on the disk. */
function isLanded({ compiled, cut, duties, landed }: PossibleDisk, index: number): boolean {
  const { metadataOrder } = compiled.profile;
  const end = compiled.microStart[index + 1] ?? 0;
  for (let micro = compiled.microStart[index] ?? 0; micro < end; micro++) {
    if (compiled.classes[micro] === microClass.metadata) return landed.has(micro);
    const isEntry = compiled.classes[micro] === microClass.attach;
    if (metadataOrder === 'sectors' && isEntry) return landed.has(micro);
  }
  return metadataOrder !== 'prefix' || duties.anySubset || index < cut.at;
}

/** Where sectors land one by one, only a write that changed the size brings one; others find it in the entry. */
function isSizeElsewhere({ compiled }: PossibleDisk, index: number): boolean {
  if (compiled.profile.metadataOrder !== 'sectors') return false;
  const first = compiled.microStart[index] ?? 0;
  const own = compiled.classes.subarray(first, compiled.microStart[index + 1] ?? 0);
  return own.every((kind) => kind === microClass.data);
}

const isForced = ({ duties, cut }: PossibleDisk, { inode, index }: Write): boolean =>
  duties.isDataForced(inode, index, cut.at);

function truncated(
  disk: PossibleDisk,
  draft: BytesDraft,
  index: number,
  { inode, sizeBytes, sizeBeforeBytes }: TruncateEffect,
): readonly Draft[] {
  const kept = (block: number): boolean => block * blockBytes < sizeBytes;
  if (isLanded(disk, index)) {
    const blocks = new Map([...draft.blocks].filter(([block]) => kept(block)));
    const unwritten = new Set([...draft.unwritten].filter(kept));
    const pattern = resized(draft.pattern, sizeBytes);
    return [fated(disk, { ...draft, pattern, blocks, unwritten }, index, 'there')];
  }
  const { zeroesTruncatedTail } = disk.compiled.profile;
  const tail = Math.floor(sizeBytes / blockBytes);
  const owns = draft.blocks.get(tail) === generationOf(disk.compiled, inode, tail, index);
  const zeroes = zeroesTruncatedTail && sizeBytes < sizeBeforeBytes && sizeBytes % blockBytes > 0;
  if (!zeroes || !owns) return [fated(disk, draft, index, 'missing')];
  const data = zeros((tail + 1) * blockBytes - sizeBytes);
  const part = { block: tail, offsetBytes: sizeBytes, data };
  if (isToldApart(disk, draft, [part])) return overWholeBlocks(disk, draft, index, [part]);
  const pattern = perhapsWritten(draft.pattern, sizeBytes, data);
  return [fated(disk, { ...draft, pattern }, index, 'perhaps')];
}

/** The part of a write that lies in a block. */
interface BlockPart {
  readonly block: number;
  readonly offsetBytes: number;
  readonly data: Content;
}

/** Blocks of a file of which each is told apart as old or new; what comes after them is any mix, which is too much. */
const toldApartMax = 8;

/** Whether the drive writes each of these blocks in one piece, and they are few enough to tell them apart. */
function isToldApart(
  { compiled }: PossibleDisk,
  { toldApart }: Draft,
  parts: readonly BlockPart[],
): boolean {
  return compiled.drive.sectorBytes >= blockBytes && toldApart + parts.length <= toldApartMax;
}

/**
 * Bytes over bytes, block by block: each is wholly old or wholly new. A block is one page in memory, so a later write
 * to it brings the earlier ones along, and is not there without them.
 */
function overWholeBlocks(
  disk: PossibleDisk,
  draft: BytesDraft,
  index: number,
  parts: readonly BlockPart[],
): readonly Draft[] {
  let ways = [{ pattern: draft.pattern, unwritten: draft.unwritten, landed: 0 }];
  for (const { block, offsetBytes, data } of parts) {
    ways = ways.flatMap(({ pattern, unwritten, landed }) => [
      { pattern, unwritten: new Set([...unwritten, block]), landed },
      ...(unwritten.has(block)
        ? []
        : [{ pattern: writtenInside(pattern, offsetBytes, data), unwritten, landed: landed + 1 }]),
    ]);
  }
  const toldApart = draft.toldApart + parts.length;
  return ways.map(({ pattern, unwritten, landed }) => {
    const fate = landed === parts.length ? 'there' : landed === 0 ? 'missing' : 'perhaps';
    return fated(disk, { ...draft, pattern, unwritten, toldApart }, index, fate);
  });
}

/** Bytes over bytes; those behind the end of the file are nowhere to be seen. */
function writtenInside(pattern: BytesPattern, offsetBytes: number, data: Content): BytesPattern {
  const inside = Math.min(data.sizeBytes, pattern.sizeBytes - offsetBytes);
  return inside <= 0 ? pattern : written(pattern, offsetBytes, slice(data, 0, inside));
}

function afterWrite(disk: PossibleDisk, draft: BytesDraft, write: Write): readonly Draft[] {
  const { profile } = disk.compiled;
  const { index, inode, offsetBytes, data } = write;
  if (profile.overwrite === 'with-operation') {
    const isThere = isLanded(disk, index) || isForced(disk, write);
    if (!isThere) return [fated(disk, draft, index, 'missing')];
    const pattern = written(draft.pattern, offsetBytes, data);
    return [fated(disk, { ...draft, pattern }, index, 'there')];
  }
  const touched = blocksBetween(offsetBytes, offsetBytes + data.sizeBytes);
  const owns = (block: number): boolean =>
    profile.overwrite === 'in-place' &&
    draft.blocks.get(block) === generationOf(disk.compiled, inode, block, index);
  const inside = touched.filter(owns);
  const outside = touched.filter((block) => !owns(block));
  const befores = inside.length === 0 ? [draft] : landedInPlace(disk, draft, write, inside);
  if (outside.length === 0) return befores;
  return befores.flatMap((before) =>
    before.pattern.kind === 'unreadable'
      ? [before]
      : attached(disk, { ...before, pattern: before.pattern }, write, outside),
  );
}

function partIn(write: Write, block: number): BlockPart {
  const from = Math.max(write.offsetBytes, block * blockBytes);
  const to = Math.min(write.offsetBytes + write.data.sizeBytes, (block + 1) * blockBytes);
  return {
    block,
    offsetBytes: from,
    data: slice(write.data, from - write.offsetBytes, to - write.offsetBytes),
  };
}

/** Bytes over bytes: sector by sector, whatever the metadata does. */
function landedInPlace(
  disk: PossibleDisk,
  draft: BytesDraft,
  write: Write,
  blocks: readonly number[] | undefined,
): readonly Draft[] {
  const forced = isForced(disk, write);
  const grows = isLanded(disk, write.index) && !isSizeElsewhere(disk, write.index);
  const end = write.offsetBytes + write.data.sizeBytes;
  const touched = blocks ?? blocksBetween(write.offsetBytes, end);
  const whole = touched.map((block) => partIn(write, block));
  let { pattern } = draft;
  if (!forced && isToldApart(disk, draft, whole)) {
    const last = whole.at(-1);
    const size = last === undefined ? 0 : last.offsetBytes + last.data.sizeBytes;
    if (grows && size > pattern.sizeBytes) pattern = resized(pattern, size);
    return overWholeBlocks(disk, { ...draft, pattern }, write.index, whole);
  }
  for (const { offsetBytes, data } of blocks === undefined ? [write] : whole) {
    const size = offsetBytes + data.sizeBytes;
    if (grows && size > pattern.sizeBytes) pattern = resized(pattern, size);
    pattern = forced
      ? written(pattern, offsetBytes, data)
      : perhapsWritten(pattern, offsetBytes, data);
  }
  return [fated(disk, { ...draft, pattern }, write.index, forced ? 'there' : 'perhaps')];
}

/** Bytes for which the file gets blocks. */
function attached(
  disk: PossibleDisk,
  draft: BytesDraft,
  write: Write,
  blocks: readonly number[],
): readonly Draft[] {
  return attachFates(disk, write).flatMap((fate): readonly Draft[] => {
    if (fate === 'missing') {
      const unwritten = new Set([...draft.unwritten, ...blocks]);
      return [fated(disk, { ...draft, unwritten }, write.index, fate)];
    }
    if (blocks.some((block) => draft.unwritten.has(block))) return [];
    const room = fate === 'room' ? roomByBlock(disk, draft, write, blocks) : undefined;
    return room ?? [fated(disk, withBlocks(disk, draft, write, blocks, fate), write.index, fate)];
  });
}

function withBlocks(
  disk: PossibleDisk,
  draft: BytesDraft,
  write: Write,
  blocks: readonly number[],
  fate: StepFate,
): Draft {
  if (fate === 'unreadable') {
    const [errno = 5] = disk.compiled.profile.errorsOfMissing ?? [];
    return { ...draft, pattern: { kind: 'unreadable', errno } };
  }
  const owned = new Map(draft.blocks);
  let { pattern } = draft;
  for (const block of blocks) {
    const { offsetBytes, data } = partIn(write, block);
    pattern = (fate === 'there' ? written : allocated)(pattern, offsetBytes, data);
    owned.set(block, generationOf(disk.compiled, write.inode, block, write.index));
  }
  const end = write.offsetBytes + write.data.sizeBytes;
  if (end > pattern.sizeBytes) pattern = resized(pattern, end);
  return { ...draft, pattern, blocks: owned };
}

/** The room is there, and each block of it holds its bytes or zeros; undefined where sectors are smaller than blocks. */
function roomByBlock(
  disk: PossibleDisk,
  draft: BytesDraft,
  write: Write,
  blocks: readonly number[],
): readonly Draft[] | undefined {
  const parts = blocks.map((block) => partIn(write, block));
  if (!isToldApart(disk, draft, parts)) return undefined;
  const zeroed = { ...write, data: zeros(write.data.sizeBytes) };
  const empty = withBlocks(disk, draft, zeroed, blocks, 'there');
  if (empty.pattern.kind === 'unreadable') return undefined;
  return overWholeBlocks(disk, { ...empty, pattern: empty.pattern }, write.index, parts).map(
    (way) => fated(disk, way, write.index, 'room'),
  );
}

/** What may have become of a write to new blocks. Source: persistence.md 3.4 point 3. */
function attachFates(disk: PossibleDisk, write: Write): readonly StepFate[] {
  const { allocation, metadataOrder, errorsOfMissing } = disk.compiled.profile;
  if (isForced(disk, write)) return ['there'];
  if (!isLanded(disk, write.index)) return ['missing'];
  if (allocation === 'with-operation') return ['there'];
  // Room for data that never arrived reads as zeros; it may also have arrived, in part or whole.
  const there: readonly StepFate[] = allocation === 'after-data' ? ['there'] : ['there', 'room'];
  if (metadataOrder === 'prefix') return ['missing', ...there];
  // The entry is there; its chain may not be.
  return errorsOfMissing === undefined ? there : [...there, 'unreadable'];
}
