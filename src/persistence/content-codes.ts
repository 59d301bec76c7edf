/**
 * The content of a file as a code of the choices made for its steps. Toggling a step moves the code, and each code is
 * folded into bytes once. A file of few steps has a table with a place for each choice. The code of a log of thousands
 * of steps is two 32-bit words; two of its choices share them with odds of one in 10^19, so among a million choices a
 * mistake has odds of one in ten million.
 */
import type { Cell, Inode } from '../model/cell-table.ts';
import { slice, zeros, type Content } from '../model/content.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import { mix } from '../model/mix.ts';
import { holesBetween, withRange, type ByteRanges } from './allocated-ranges.ts';
import { CodeTable } from './code-table.ts';
import type { ContentStep } from './compiled.ts';
import type { RoomSize } from './file-rooms.ts';
import { LongContent } from './long-content.ts';

/** Steps up to which every choice has a place of its own in a table. */
const tabledStepsMax = 10;

const notFolded = -1;

/** What a compiled window tells about contents. */
export interface ContentSteps {
  readonly base: FileSystemState;
  readonly count: number;
  readonly steps: readonly (ContentStep | undefined)[];
  readonly contentMicros: ReadonlyMap<Inode, readonly number[]>;
  readonly contentCells: ReadonlyMap<Inode, Cell>;
}

/** Codes and folded contents of a window; shared by all states of it, so that nothing is folded twice. */
export class ContentCodes {
  /** Micro-operation → one more than the number of the file whose content it concerns, or 0. */
  readonly fileOf: Uint16Array | Int32Array;
  /** Micro-operation → its place among the steps of its file. */
  readonly orderOf: Uint16Array | Int32Array;
  /** File → its content cell, the value of that cell before any step, its number of steps. */
  readonly cells: Int32Array;
  readonly baseValues: Int32Array;
  readonly stepCounts: Int32Array;
  readonly #window: ContentSteps;
  readonly #inodes: Int32Array;
  readonly #micros: readonly (readonly number[])[];
  /** File → where its table starts, or -1 for a file of many steps. */
  readonly #tableStart: Int32Array;
  readonly #table: Int32Array;
  readonly #large = new CodeTable();

  constructor(window: ContentSteps) {
    this.#window = window;
    const files = [...window.contentMicros];
    this.fileOf = narrow(window.count, files.length);
    const longest = files.reduce((most, [, micros]) => Math.max(most, micros.length), 0);
    this.orderOf = narrow(window.count, longest);
    this.#inodes = Int32Array.from(files, ([inode]) => inode);
    this.#micros = files.map(([, micros]) => micros);
    this.stepCounts = Int32Array.from(this.#micros, (micros) => micros.length);
    this.cells = this.#inodes.map((inode) => window.contentCells.get(inode) ?? 0);
    this.baseValues = this.cells.map((cell) => window.base.cells[cell] ?? 0);
    this.#tableStart = new Int32Array(files.length).fill(-1);
    this.#table = new Int32Array(this.#number()).fill(notFolded);
  }

  /** Numbers files and steps; returns the places that the tables need together. */
  #number(): number {
    let places = 0;
    this.#micros.forEach((micros, file) => {
      const tabled = micros.length <= tabledStepsMax;
      if (tabled) this.#tableStart[file] = places;
      if (tabled) places += 2 ** micros.length;
      micros.forEach((micro, order) => {
        this.fileOf[micro] = file + 1;
        this.orderOf[micro] = order;
      });
    });
    return places;
  }

  /** What a step adds to the lower word of its file's code. */
  low(file: number, order: number): number {
    return (this.#tableStart[file] ?? -1) >= 0 ? 1 << order : mix(order + 1, 0x9e3779b1);
  }

  /** What a step adds to the upper word of its file's code. */
  high(file: number, order: number): number {
    return (this.#tableStart[file] ?? -1) >= 0 ? 0 : mix(order + 1, 0x85ebca77);
  }

  /** Value of the content cell of a file whose included steps have this code. */
  value(file: number, low: number, high: number, included: Uint8Array): number {
    const start = this.#tableStart[file] ?? -1;
    if (start < 0) return this.#largeValue(file, low, high, included);
    const known = this.#table[start + low] ?? notFolded;
    if (known !== notFolded) return known;
    const value = this.#fold(file, included);
    this.#table[start + low] = value;
    return value;
  }

  #largeValue(file: number, low: number, high: number, included: Uint8Array): number {
    const key = low ^ mix(file, 0x27d4eb2f);
    const known = this.#large.get(key, high);
    if (known !== undefined) return known;
    const value = this.#fold(file, included);
    this.#large.set(key, high, value);
    return value;
  }

  #fold(file: number, included: Uint8Array): number {
    const { table } = this.#window.base;
    const base = this.#window.base.content(this.#inodes[file] ?? 0);
    const micros = this.#micros[file] ?? [];
    if (micros.length > tabledStepsMax) return this.#foldLater(file, base, included);
    const content = this.#contentOf(micros, base, included);
    return content === base ? (this.baseValues[file] ?? 0) : table.contentValue(content);
  }

  /** Nobody may ever read it, so a long fold waits until somebody does; until then one bit a step is kept. */
  #foldLater(file: number, base: Content, included: Uint8Array): number {
    const micros = this.#micros[file] ?? [];
    const bits = new Uint8Array((micros.length >> 3) + 1);
    let count = 0;
    for (let order = 0; order < micros.length; order++) {
      if (included[micros[order] ?? 0] !== 1) continue;
      bits[order >> 3] = (bits[order >> 3] ?? 0) | (1 << (order & 7));
      count++;
    }
    if (count === 0) return this.baseValues[file] ?? 0;
    return this.#window.base.table.derivedContentValue(() => this.#joined(micros, bits, base));
  }

  /** `base` itself when no step is there. */
  #contentOf(micros: readonly number[], base: Content, included: Uint8Array): Content {
    if (!micros.some((micro) => included[micro] === 1)) return base;
    const content = new LongContent(base);
    for (const micro of micros) {
      if (included[micro] === 0) continue;
      takeStep(content, this.#window.steps[micro], (other) => included[other] === 1);
    }
    return content.content();
  }

  /** A log takes thousands of steps, so they change one list of segments. */
  #joined(micros: readonly number[], bits: Uint8Array, base: Content): Content {
    const has = (order: number): boolean => ((bits[order >> 3] ?? 0) & (1 << (order & 7))) !== 0;
    const arrived = (micro: number): boolean => has(this.orderOf[micro] ?? 0);
    const content = new LongContent(base);
    for (let order = 0; order < micros.length; order++) {
      if (has(order)) takeStep(content, this.#window.steps[micros[order] ?? 0], arrived);
    }
    return content.content();
  }
}

/** One more step on a file's content; `arrived` says whether another micro-operation of the same file is there. */
function takeStep(
  content: LongContent,
  step: ContentStep | undefined,
  arrived: (micro: number) => boolean,
): void {
  switch (step?.kind) {
    case 'resize':
      content.resize(step.sizeBytes);
      break;
    case 'lengthen':
      lengthen(content, step.rooms, arrived);
      break;
    case 'in-place':
      if (step.lengthens) content.write(step.offsetBytes, step.data);
      else writeInside(content, step.offsetBytes, step.data);
      break;
    case 'zero-tail':
      writeInside(content, step.offsetBytes, step.data);
      break;
    case 'attach':
      attach(content, step, step.dataMicro < 0 || arrived(step.dataMicro));
      break;
    case 'data':
    case undefined:
  }
}

function lengthen(
  content: LongContent,
  rooms: readonly RoomSize[],
  arrived: (micro: number) => boolean,
): void {
  for (const { attachMicro, sizeBytes } of rooms) {
    const isThere = attachMicro < 0 || arrived(attachMicro);
    if (isThere && sizeBytes > content.sizeBytes) content.resize(sizeBytes);
  }
}

/** Bytes over bytes; those behind the end of the file are nowhere to be seen, since its size is metadata. */
function writeInside(content: LongContent, offsetBytes: number, data: Content): void {
  const lengthBytes = Math.min(data.sizeBytes, content.sizeBytes - offsetBytes);
  if (lengthBytes > 0) content.write(offsetBytes, slice(data, 0, lengthBytes));
}

type AttachStep = Extract<ContentStep, { kind: 'attach' }>;

function attach(content: LongContent, step: AttachStep, isThere: boolean): void {
  const { offsetBytes, data, except = [], given = [] } = step;
  const shown = isThere ? data : zeros(data.sizeBytes);
  const end = offsetBytes + data.sizeBytes;
  const kept = isThere ? except : [...except, ...given];
  if (kept.length === 0) {
    content.write(offsetBytes, shown);
    return;
  }
  let left: ByteRanges = [];
  for (const { fromBytes, toBytes } of kept) left = withRange(left, fromBytes, toBytes);
  if (content.sizeBytes < end) content.resize(end);
  for (const { fromBytes, toBytes } of holesBetween(left, offsetBytes, end)) {
    content.write(fromBytes, slice(shown, fromBytes - offsetBytes, toBytes - offsetBytes));
  }
}

/** Numbers up to `most` for each of `count`, in as few bytes as they need. */
function narrow(count: number, most: number): Uint16Array | Int32Array {
  return most < 0xffff ? new Uint16Array(count) : new Int32Array(count);
}
