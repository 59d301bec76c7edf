/**
 * One possible disk, as the set of micro-operations that reached it. Including or excluding one moves only the cells
 * that it concerns: the value of a cell is the newest included write, found along the chain of writes of that cell.
 * The digest moves with the cells, so that equal disks are recognised without a look at all of them.
 */
import type { Cell } from '../model/cell-table.ts';
import { mix } from '../model/mix.ts';
import type { Compiled } from './compiled.ts';
import type { ContentCodes } from './content-codes.ts';

/** Called when a cell changes its value. */
export type CellListener = (cell: Cell, value: number, before: number) => void;

const ignore: CellListener = () => undefined;

/** A set of included micro-operations and the state that it comes to. */
export class CrashState {
  readonly compiled: Compiled;
  /** One value per cell of the table. */
  readonly cells: Int32Array;
  /** One flag per micro-operation. */
  readonly included: Uint8Array;
  /** How many micro-operations are included. */
  includedCount = 0;
  /** XOR of one hash per cell that differs from the base, in two 32-bit words. */
  digestLow = 0;
  digestHigh = 0;
  readonly #codes: ContentCodes;
  readonly #holder: Int32Array;
  readonly #microOfWrite: Int32Array;
  readonly #codeLow: Int32Array;
  readonly #codeHigh: Int32Array;
  readonly #changed: CellListener;
  /** Files whose content is worked out when a batch ends; undefined outside one. */
  #waiting: Set<number> | undefined;

  constructor(compiled: Compiled, changed: CellListener = ignore) {
    const { base, contentCodes, count, writeCell, writeStart } = compiled;
    this.compiled = compiled;
    this.cells = new Int32Array(base.table.size);
    this.cells.set(base.cells.subarray(0, this.cells.length));
    this.included = new Uint8Array(count);
    this.#codes = contentCodes;
    this.#holder = new Int32Array(base.table.size).fill(-1);
    this.#microOfWrite = new Int32Array(writeCell.length);
    this.#codeLow = new Int32Array(contentCodes.cells.length);
    this.#codeHigh = new Int32Array(contentCodes.cells.length);
    for (let micro = 0; micro < count; micro++) {
      this.#microOfWrite.fill(micro, writeStart[micro] ?? 0, writeStart[micro + 1] ?? 0);
    }
    this.#changed = changed;
  }

  /** Adds or removes one micro-operation. */
  set(micro: number, present: boolean): void {
    const flag = present ? 1 : 0;
    if (this.included[micro] === flag) return;
    this.included[micro] = flag;
    this.includedCount += present ? 1 : -1;
    const { writeStart } = this.compiled;
    const end = writeStart[micro + 1] ?? 0;
    for (let write = writeStart[micro] ?? 0; write < end; write++) {
      if (present) this.#include(write);
      else this.#exclude(write);
    }
    const file = this.#codes.fileOf[micro] ?? 0;
    if (file > 0) this.#moveContent(file - 1, micro);
  }

  /** Makes many changes at once; contents in between are nobody's business and are not folded. */
  batch(change: () => void): void {
    const waiting = new Set<number>();
    this.#waiting = waiting;
    change();
    this.#waiting = undefined;
    for (const file of waiting) this.#showContent(file);
  }

  /** Shows other values of some cells for a moment: what a log makes of names that lack what they name. */
  showing(values: readonly (readonly [Cell, number])[], show: () => void): void {
    const before = values.map(([cell]) => this.cells[cell] ?? 0);
    for (const [cell, value] of values) this.#assign(cell, value);
    show();
    values.forEach(([cell], index) => {
      this.#assign(cell, before[index] ?? 0);
    });
  }

  #moveContent(file: number, micro: number): void {
    const codes = this.#codes;
    const order = codes.orderOf[micro] ?? 0;
    this.#codeLow[file] = (this.#codeLow[file] ?? 0) ^ codes.low(file, order);
    this.#codeHigh[file] = (this.#codeHigh[file] ?? 0) ^ codes.high(file, order);
    if (this.#waiting === undefined) this.#showContent(file);
    else this.#waiting.add(file);
  }

  #showContent(file: number): void {
    const codes = this.#codes;
    const low = this.#codeLow[file] ?? 0;
    const high = this.#codeHigh[file] ?? 0;
    this.#assign(codes.cells[file] ?? 0, codes.value(file, low, high, this.included));
  }

  #assign(cell: Cell, value: number): void {
    const before = this.cells[cell] ?? 0;
    if (before === value) return;
    this.cells[cell] = value;
    const salt = Math.imul(cell, 0x9e3779b1);
    this.digestLow ^= mix(before, salt) ^ mix(value, salt);
    this.digestHigh ^= mix(before, ~salt) ^ mix(value, ~salt);
    this.#changed(cell, value, before);
  }

  #include(write: number): void {
    const cell = this.compiled.writeCell[write] ?? 0;
    if (write < (this.#holder[cell] ?? -1)) return;
    this.#holder[cell] = write;
    this.#assign(cell, this.compiled.writeValue[write] ?? 0);
  }

  #exclude(write: number): void {
    const cell = this.compiled.writeCell[write] ?? 0;
    if (this.#holder[cell] !== write) return;
    let earlier = this.compiled.writePrevious[write] ?? -1;
    while (earlier >= 0 && this.included[this.#microOfWrite[earlier] ?? 0] === 0) {
      earlier = this.compiled.writePrevious[earlier] ?? -1;
    }
    this.#holder[cell] = earlier;
    const base = this.compiled.base.cells[cell] ?? 0;
    this.#assign(cell, earlier < 0 ? base : (this.compiled.writeValue[earlier] ?? 0));
  }
}
