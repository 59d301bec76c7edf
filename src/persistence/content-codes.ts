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
import { CodeTable } from './code-table.ts';
import type { ContentStep } from './compiled.ts';
import type { RoomSize } from './file-rooms.ts';
import { LoneSteps, ownParts } from './lone-steps.ts';
import { LongContent } from './long-content.ts';

/** Steps up to which every choice has a place of its own in a table. */
const tabledStepsMax = 10;

const notFolded = -1;

/** A choice of many steps, one bit a step, and the value of the content that it comes to. */
interface Choice {
  readonly value: number;
  readonly bits: Uint8Array;
  readonly count: number;
}

function hasStep(bits: Uint8Array, order: number): boolean {
  return ((bits[order >> 3] ?? 0) & (1 << (order & 7))) !== 0;
}

function withStep(bits: Uint8Array, order: number, present: boolean): Uint8Array {
  const others = bits.slice();
  const byte = others[order >> 3] ?? 0;
  const bit = 1 << (order & 7);
  others[order >> 3] = present ? byte | bit : byte & ~bit;
  return others;
}

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
  /** Code → twice the value, and one more where no other content can be made from it by a step. */
  readonly #large = new CodeTable();
  /** Value of the content of a long file → the choice that it is folded from, for those that others are made from. */
  readonly #choices = new Map<number, Choice>();
  /** File → code and value that were asked for last, as a place from which one more step leads to the next; -1 for none. */
  readonly #lastLow: Int32Array;
  readonly #lastHigh: Int32Array;
  readonly #lastValue: Int32Array;
  readonly #loneSteps = new Map<number, LoneSteps>();
  /** The content that others were made from last. */
  #whole: { readonly value: number; readonly content: LongContent } | undefined;
  /** Lower word that a step adds to a code → its place among the steps. */
  readonly #orderOfWord = new Map<number, number>();

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
    this.#lastLow = new Int32Array(files.length);
    this.#lastHigh = new Int32Array(files.length);
    this.#lastValue = new Int32Array(files.length).fill(-1);
    this.#table = new Int32Array(this.#number()).fill(notFolded);
    if (longest <= tabledStepsMax) return;
    for (let order = 0; order < longest; order++) this.#orderOfWord.set(longLow(order), order);
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
    return (this.#tableStart[file] ?? -1) >= 0 ? 1 << order : longLow(order);
  }

  /** What a step adds to the upper word of its file's code. */
  high(file: number, order: number): number {
    return (this.#tableStart[file] ?? -1) >= 0 ? 0 : longHigh(order);
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
    const known = this.#large.get(key, high) ?? this.#newLargeValue(file, low, high, included);
    const value = known >> 1;
    if ((known & 1) === 0) {
      this.#lastLow[file] = low;
      this.#lastHigh[file] = high;
      this.#lastValue[file] = value;
    }
    return value;
  }

  #newLargeValue(file: number, low: number, high: number, included: Uint8Array): number {
    const order = this.#stepFromLast(file, low, high);
    const choice = this.#choices.get(this.#lastValue[file] ?? -1);
    const micro = order === undefined ? undefined : this.#micros[file]?.[order];
    const value =
      micro === undefined || order === undefined || choice === undefined
        ? this.#foldLater(file, included)
        : included[micro] === 1
          ? this.#valueOf(file, withStep(choice.bits, order, true), choice.count + 1)
          : this.#valueWithout(file, choice, order);
    // A content that lacks a step of another is nothing to go on from.
    const known = value * 2 + (this.#choices.has(value) ? 0 : 1);
    this.#large.set(low ^ mix(file, 0x27d4eb2f), high, known);
    return known;
  }

  /** The one step by which a code differs from the last one of its file, if it is one. */
  #stepFromLast(file: number, low: number, high: number): number | undefined {
    const order = this.#orderOfWord.get(low ^ (this.#lastLow[file] ?? 0));
    if (order === undefined) return undefined;
    return longHigh(order) === (high ^ (this.#lastHigh[file] ?? 0)) ? order : undefined;
  }

  #fold(file: number, included: Uint8Array): number {
    const { table } = this.#window.base;
    const base = this.#window.base.content(this.#inodes[file] ?? 0);
    const content = this.#contentOf(this.#micros[file] ?? [], base, included);
    return content === base ? (this.baseValues[file] ?? 0) : table.contentValue(content);
  }

  /** Nobody may ever read it, so a long fold waits until somebody does; until then one bit a step is kept. */
  #foldLater(file: number, included: Uint8Array): number {
    const micros = this.#micros[file] ?? [];
    const bits = new Uint8Array((micros.length >> 3) + 1);
    let count = 0;
    for (let order = 0; order < micros.length; order++) {
      if (included[micros[order] ?? 0] !== 1) continue;
      bits[order >> 3] = (bits[order >> 3] ?? 0) | (1 << (order & 7));
      count++;
    }
    return this.#valueOf(file, bits, count);
  }

  #valueOf(file: number, bits: Uint8Array, count: number): number {
    if (count === 0) return this.baseValues[file] ?? 0;
    const { table } = this.#window.base;
    const value = table.derivedContentValue(() => this.#joined(file, bits).content());
    this.#choices.set(value, { value, bits, count });
    return value;
  }

  /** There are as many of these as writes in a log, times the operations that find them missing: nothing is kept of one. */
  #valueWithout(file: number, whole: Choice, order: number): number {
    if (whole.count === 1) return this.baseValues[file] ?? 0;
    const { table } = this.#window.base;
    return table.derivedContentValue(() => this.#contentWithout(file, whole, order), 'fleeting');
  }

  #contentWithout(file: number, { value, bits }: Choice, order: number): Content {
    if (this.#whole?.value !== value) {
      const content = this.#window.base.table.content(value);
      this.#whole = { value, content: new LongContent(content) };
    }
    const content = this.#whole.content.copy();
    const has = (one: number): boolean => hasStep(bits, one);
    const instead = this.#lonesOf(file).without(order, has, content.sizeBytes);
    if (instead === undefined) return this.#joined(file, withStep(bits, order, false)).content();
    for (const { fromBytes, data } of instead) content.write(fromBytes, data);
    return content.content();
  }

  #lonesOf(file: number): LoneSteps {
    let lone = this.#loneSteps.get(file);
    if (lone === undefined) {
      const { base, steps } = this.#window;
      const own = (this.#micros[file] ?? []).map((micro) => steps[micro]);
      const content = base.content(this.#inodes[file] ?? 0);
      lone = new LoneSteps(own, content, (micro) => this.orderOf[micro] ?? 0);
      this.#loneSteps.set(file, lone);
    }
    return lone;
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
  #joined(file: number, bits: Uint8Array): LongContent {
    const micros = this.#micros[file] ?? [];
    const arrived = (micro: number): boolean => hasStep(bits, this.orderOf[micro] ?? 0);
    const content = new LongContent(this.#window.base.content(this.#inodes[file] ?? 0));
    for (let order = 0; order < micros.length; order++) {
      if (hasStep(bits, order)) takeStep(content, this.#window.steps[micros[order] ?? 0], arrived);
    }
    return content;
  }
}

/** What a step of a long file adds to the two words of its code. */
function longLow(order: number): number {
  return mix(order + 1, 0x9e3779b1);
}

function longHigh(order: number): number {
  return mix(order + 1, 0x85ebca77);
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
  if (content.sizeBytes < end) content.resize(end);
  for (const { fromBytes, toBytes } of ownParts(step, kept)) {
    content.write(fromBytes, slice(shown, fromBytes - offsetBytes, toBytes - offsetBytes));
  }
}

/** Numbers up to `most` for each of `count`, in as few bytes as they need. */
function narrow(count: number, most: number): Uint16Array | Int32Array {
  return most < 0xffff ? new Uint16Array(count) : new Int32Array(count);
}
