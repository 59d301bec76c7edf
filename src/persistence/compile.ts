/** Operations in, micro-operations out, by the rules of persistence.md section 3.2. */
import type { Cell, Inode } from '../model/cell-table.ts';
import { rootOf } from '../model/cell-table.ts';
import { slice, zeros, type Content } from '../model/content.ts';
import { recordedDrive } from '../model/device.ts';
import { metadataWrites, type CellWrite } from '../model/effect-cells.ts';
import type { Effect, Operation, RenameEffect, WriteEffect } from '../model/operation.ts';
import type { Volume } from '../model/volume.ts';
import { holesBetween, rangesBetween, type ByteRanges } from './allocated-ranges.ts';
import { microClass, type Compiled, type ContentStep } from './compiled.ts';
import { ContentCodes } from './content-codes.ts';
import { blockBytes } from './file-blocks.ts';
import { FileRooms } from './file-rooms.ts';
import type { Profile } from './profile.ts';

/** Pieces that a raw volume's write is cut into; enough to show a torn image, few enough to enumerate. */
const slotPieceCount = 8;

type AttachStep = Extract<ContentStep, { kind: 'attach' }>;

interface Place {
  readonly inode: Inode;
  readonly directory?: Inode;
}

class Compiler {
  readonly profile: Profile;
  readonly volume: Volume;
  readonly classes: number[] = [];
  readonly operationOf: number[] = [];
  readonly inodeOf: number[] = [];
  readonly directoryOf: number[] = [];
  readonly writeStart: number[] = [];
  readonly writeCell: number[] = [];
  readonly writeValue: number[] = [];
  readonly writePrevious: number[] = [];
  readonly lastWrite = new Map<Cell, number>();
  readonly steps: (ContentStep | undefined)[] = [];
  readonly contentMicros = new Map<Inode, number[]>();
  readonly contentCells = new Map<Inode, Cell>();
  readonly microStart: number[] = [];
  readonly rooms = new Map<Inode, FileRooms>();
  /** Inodes that were written to since the last barrier. */
  readonly unsynced = new Set<Inode>();

  constructor(profile: Profile, volume: Volume) {
    this.profile = profile;
    this.volume = volume;
  }

  add(
    kind: number,
    operation: number,
    place: Place,
    writes: readonly CellWrite[],
    step?: ContentStep,
  ): number {
    const micro = this.classes.length;
    this.classes.push(kind);
    this.operationOf.push(operation);
    this.inodeOf.push(place.inode);
    this.directoryOf.push(place.directory ?? 0);
    this.writeStart.push(this.writeCell.length);
    this.steps.push(step);
    for (const { cell, value } of writes) {
      this.writePrevious.push(this.lastWrite.get(cell) ?? -1);
      this.lastWrite.set(cell, this.writeCell.length);
      this.writeCell.push(cell);
      this.writeValue.push(value);
    }
    if (step !== undefined) this.#noteContent(place.inode, micro);
    return micro;
  }

  #noteContent(inode: Inode, micro: number): void {
    const known = this.contentMicros.get(inode);
    if (known !== undefined) known.push(micro);
    else {
      this.contentMicros.set(inode, [micro]);
      this.contentCells.set(inode, this.volume.table.contentCell(inode));
    }
  }

  operation(index: number, { effect }: Operation): void {
    this.microStart.push(this.classes.length);
    switch (effect.kind) {
      case 'write':
        this.#write(index, effect);
        break;
      case 'write-blocks':
        this.#writeBlocks(index, effect.inode, effect.offsetBytes, effect.data);
        break;
      case 'truncate':
        this.#truncate(index, effect);
        break;
      case 'barrier':
        this.#barrier(effect.inode);
        break;
      case 'start-writeback':
        break;
      default:
        this.#metadata(index, effect);
    }
  }

  #metadata(index: number, effect: Effect): void {
    const writes = metadataWrites(this.volume.table, effect);
    if (effect.kind === 'rename' && this.#hasHalves(effect)) this.#halves(index, effect, writes);
    else this.add(microClass.metadata, index, placeOf(effect), writes);
    if (effect.kind === 'subvolume') this.#barrier(0);
  }

  /** Where nothing keeps both names together, a rename is a new name and the loss of the old one. */
  #hasHalves({ fromDirectory, toDirectory }: RenameEffect): boolean {
    const { renameHalves } = this.profile;
    return renameHalves === 'always' || (renameHalves !== 'never' && fromDirectory !== toDirectory);
  }

  #halves(index: number, effect: RenameEffect, [removed, added]: readonly CellWrite[]): void {
    const { inode, fromDirectory, toDirectory } = effect;
    const place = (directory: Inode): Place => ({ inode, directory });
    if (added !== undefined) this.add(microClass.metadata, index, place(toDirectory), [added]);
    if (removed !== undefined) {
      this.add(microClass.metadata, index, place(fromDirectory), [removed]);
    }
  }

  #roomsOf(inode: Inode): FileRooms {
    const known = this.rooms.get(inode);
    if (known !== undefined) return known;
    const rooms = new FileRooms(this.volume.base.content(inode));
    this.rooms.set(inode, rooms);
    return rooms;
  }

  #write(index: number, effect: Extract<Effect, { kind: 'write' }>): void {
    const { inode, offsetBytes, data } = effect;
    if (this.profile.overwrite === 'with-operation') {
      this.#withOperation(index, inode, offsetBytes, data);
      return;
    }
    const end = offsetBytes + data.sizeBytes;
    const rooms = this.#roomsOf(inode);
    const owned = this.profile.overwrite === 'in-place' ? rooms.allocated : [];
    const inside = rangesBetween(owned, offsetBytes, end);
    this.#grow(index, effect, inside.at(-1)?.toBytes ?? 0);
    for (const { fromBytes, toBytes } of inside) {
      const part = slice(data, fromBytes - offsetBytes, toBytes - offsetBytes);
      const step = { kind: 'in-place', offsetBytes: fromBytes, data: part } as const;
      this.add(microClass.data, index, { inode }, [], { ...step, lengthens: false });
    }
    this.#fillHoles(index, effect, holesBetween(owned, offsetBytes, end));
    rooms.wrote(end);
    this.unsynced.add(inode);
  }

  /**
   * Where a write ends in blocks that its file has, the new size is metadata of the call itself; whether a disk has the
   * blocks hangs on the extent that brought them. Source: persistence.md 3.2 and 3.4 point 6 g.
   */
  #grow(index: number, effect: WriteEffect, insideEnd: number): void {
    const { inode, offsetBytes, data, sizeBeforeBytes } = effect;
    const { metadataOrder, overwrite, allocation } = this.profile;
    const isLonger = insideEnd > sizeBeforeBytes;
    const isLate = metadataOrder === 'prefix' && allocation !== 'with-operation';
    const rooms =
      isLate && overwrite === 'in-place'
        ? this.#roomsOf(inode).grow(offsetBytes, offsetBytes + data.sizeBytes)
        : [];
    if (rooms.length > (isLonger ? 1 : 0)) {
      this.add(microClass.metadata, index, { inode }, [], { kind: 'lengthen', rooms });
    } else if (isLonger) {
      const step = { kind: 'resize', sizeBytes: insideEnd } as const;
      this.add(microClass.metadata, index, { inode }, [], step);
    }
  }

  /** The blocks that a write needs come to its file together, whatever lies between them. */
  #fillHoles(index: number, { inode, offsetBytes, data }: WriteEffect, holes: ByteRanges): void {
    const [first] = holes;
    const last = holes.at(-1);
    if (first === undefined || last === undefined) return;
    const rooms = this.#roomsOf(inode);
    const from = first.fromBytes;
    const part = slice(data, from - offsetBytes, last.toBytes - offsetBytes);
    if (this.profile.allocation === 'with-operation') {
      for (const { fromBytes, toBytes } of holes) {
        const piece = slice(data, fromBytes - offsetBytes, toBytes - offsetBytes);
        this.#withOperation(index, inode, fromBytes, piece);
      }
    } else {
      const between = holesBetween(holes, from, last.toBytes);
      const given = rooms.given(from, last.toBytes);
      this.#newBlocks(index, inode, {
        kind: 'attach',
        offsetBytes: from,
        data: part,
        ...(between.length > 0 ? { except: between } : {}),
        ...(given.length > 0 ? { given } : {}),
      });
    }
    const attachMicro = this.classes.length - 1;
    for (const hole of holes) rooms.attach(hole, attachMicro, last.toBytes);
  }

  /** The bytes arrive with the metadata of their operation, or not at all. */
  #withOperation(index: number, inode: Inode, offsetBytes: number, data: Content): void {
    const step = { kind: 'in-place', offsetBytes, data, lengthens: true } as const;
    this.add(microClass.metadata, index, { inode }, [], step);
  }

  #newBlocks(index: number, inode: Inode, step: Omit<AttachStep, 'dataMicro'>): void {
    // Where data goes first it needs no step of its own: it is on the disk by then for certain.
    const dataMicro =
      this.profile.allocation === 'after-data'
        ? -1
        : this.add(microClass.data, index, { inode }, [], { kind: 'data' });
    this.add(microClass.attach, index, { inode }, [], { ...step, dataMicro });
  }

  #writeBlocks(index: number, inode: Inode, offsetBytes: number, data: Content): void {
    const pieceBytes = Math.max(blockBytes, Math.ceil(data.sizeBytes / slotPieceCount));
    for (let at = 0; at < data.sizeBytes; at += pieceBytes) {
      const piece = slice(data, at, Math.min(data.sizeBytes, at + pieceBytes));
      const step = { kind: 'in-place', offsetBytes: offsetBytes + at, data: piece } as const;
      this.add(microClass.data, index, { inode }, [], { ...step, lengthens: true });
    }
  }

  #truncate(index: number, effect: Extract<Effect, { kind: 'truncate' }>): void {
    const { inode, sizeBytes } = effect;
    const kept = Math.ceil(sizeBytes / blockBytes) * blockBytes;
    this.#zeroTail(index, effect, kept);
    this.#roomsOf(inode).truncate(sizeBytes);
    this.unsynced.add(inode);
    this.add(microClass.metadata, index, { inode }, [], { kind: 'resize', sizeBytes });
  }

  /** The rest of the last kept block is zeroed over the old bytes, and nothing makes the size change come first. */
  #zeroTail(index: number, effect: Extract<Effect, { kind: 'truncate' }>, kept: number): void {
    const { inode, sizeBytes, sizeBeforeBytes } = effect;
    const end = Math.min(kept, sizeBeforeBytes);
    if (!this.profile.zeroesTruncatedTail || sizeBytes >= end) return;
    if (rangesBetween(this.#roomsOf(inode).allocated, sizeBytes, end).length === 0) return;
    const step = {
      kind: 'zero-tail',
      offsetBytes: sizeBytes,
      data: zeros(end - sizeBytes),
    } as const;
    this.add(microClass.data, index, { inode }, [], step);
  }

  /** Unsynced blocks of the inode, or of all, exist for certain from here on. */
  #barrier(inode: Inode): void {
    for (const dirty of inode === 0 ? [...this.unsynced] : [inode]) {
      if (this.unsynced.delete(dirty)) this.#roomsOf(dirty).settle();
    }
  }
}

function placeOf(effect: Effect): Place {
  switch (effect.kind) {
    case 'link':
    case 'unlink':
      return { inode: effect.inode, directory: effect.directory };
    case 'rename':
      return { inode: effect.inode, directory: effect.toDirectory };
    case 'exchange':
      return { inode: effect.fromInode, directory: effect.toDirectory };
    case 'set-attributes':
      return { inode: effect.inode };
    case 'subvolume':
      return { inode: rootOf(effect.subvolume), directory: effect.directory };
    default:
      return { inode: 0 };
  }
}

/** Compiles everything that was done to a volume since its base, by the rules of a profile, on a drive. */
export function compile(volume: Volume, profile: Profile, drive = recordedDrive): Compiled {
  const compiler = new Compiler(profile, volume);
  volume.operations.forEach((operation, index) => {
    compiler.operation(index, operation);
  });
  return {
    profile,
    drive,
    base: volume.base,
    operations: volume.operations,
    count: compiler.classes.length,
    classes: Uint8Array.from(compiler.classes),
    operationOf: Int32Array.from(compiler.operationOf),
    inodeOf: Int32Array.from(compiler.inodeOf),
    directoryOf: Int32Array.from(compiler.directoryOf),
    writeStart: Int32Array.from([...compiler.writeStart, compiler.writeCell.length]),
    writeCell: Int32Array.from(compiler.writeCell),
    writeValue: Int32Array.from(compiler.writeValue),
    writePrevious: Int32Array.from(compiler.writePrevious),
    steps: compiler.steps,
    contentMicros: compiler.contentMicros,
    contentCells: compiler.contentCells,
    kindOf: (inode) => volume.live.attributes(inode)?.kind,
    contentCodes: new ContentCodes({
      base: volume.base,
      count: compiler.classes.length,
      steps: compiler.steps,
      contentMicros: compiler.contentMicros,
      contentCells: compiler.contentCells,
    }),
    microStart: Int32Array.from([...compiler.microStart, compiler.classes.length]),
  };
}
