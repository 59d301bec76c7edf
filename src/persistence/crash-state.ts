/**
 * One possible disk, as the set of micro-operations that reached it. Including or excluding one moves only the cells
 * that it concerns: the value of a cell is the newest included write, found along the chain of writes of that cell.
 */
import type { Cell, Inode } from '../model/cell-table.ts';
import { overwrite, resize, zeros, type Content } from '../model/content.ts';
import type { CellTable } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';

/** Called when a cell changes its value. */
export type CellListener = (cell: Cell, value: number) => void;

/** A set of included micro-operations and the state that it comes to. */
export class CrashState {
  readonly compiled: Compiled;
  /** One value per cell of the table. */
  readonly cells: Int32Array;
  /** One flag per micro-operation. */
  readonly included: Uint8Array;
  readonly #table: CellTable;
  readonly #holder: Int32Array;
  readonly #microOfWrite: Int32Array;
  readonly #changed: CellListener;

  constructor(compiled: Compiled, changed: CellListener = () => undefined) {
    this.compiled = compiled;
    this.#table = compiled.base.table;
    this.cells = new Int32Array(this.#table.size);
    this.cells.set(compiled.base.cells.subarray(0, this.cells.length));
    this.included = new Uint8Array(compiled.count);
    this.#holder = new Int32Array(this.#table.size).fill(-1);
    this.#microOfWrite = new Int32Array(compiled.writeCell.length);
    for (let micro = 0; micro < compiled.count; micro++) {
      const end = compiled.writeStart[micro + 1] ?? 0;
      this.#microOfWrite.fill(micro, compiled.writeStart[micro] ?? 0, end);
    }
    this.#changed = changed;
  }

  /** Adds or removes one micro-operation. */
  set(micro: number, present: boolean): void {
    const flag = present ? 1 : 0;
    if (this.included[micro] === flag) return;
    this.included[micro] = flag;
    const { writeStart } = this.compiled;
    const end = writeStart[micro + 1] ?? 0;
    for (let write = writeStart[micro] ?? 0; write < end; write++) {
      if (present) this.#include(write);
      else this.#exclude(write);
    }
    if (this.compiled.steps[micro] !== undefined) this.#fold(this.compiled.inodeOf[micro] ?? 0);
  }

  #assign(cell: Cell, value: number): void {
    if (this.cells[cell] === value) return;
    this.cells[cell] = value;
    this.#changed(cell, value);
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

  /** The content of an inode is a code of the choices made for its writes; bytes are folded once per code. */
  #fold(inode: Inode): void {
    const cell = this.compiled.contentCells.get(inode) ?? 0;
    const micros = this.compiled.contentMicros.get(inode) ?? [];
    const choice = this.#choice(micros);
    let memo = this.compiled.folded.get(inode);
    if (memo === undefined) this.compiled.folded.set(inode, (memo = new Map<string, number>()));
    let value = memo.get(choice);
    if (value === undefined) {
      value = this.#value(inode, cell, micros, memo);
      memo.set(choice, value);
    }
    this.#assign(cell, value);
  }

  /** Names the included steps: `3` for exactly the first three, else one digit per step. */
  #choice(micros: readonly number[]): string {
    const count = this.#prefixLength(micros);
    if (count >= 0) return String(count);
    return `=${micros.map((micro) => this.included[micro] ?? 0).join('')}`;
  }

  /** How many steps are included when they are the first ones, else -1. */
  #prefixLength(micros: readonly number[]): number {
    let count = 0;
    while (count < micros.length && this.included[micros[count] ?? 0] === 1) count++;
    for (let later = count + 1; later < micros.length; later++) {
      if (this.included[micros[later] ?? 0] === 1) return -1;
    }
    return count;
  }

  #value(
    inode: Inode,
    cell: Cell,
    micros: readonly number[],
    memo: ReadonlyMap<string, number>,
  ): number {
    const base = this.compiled.base.cells[cell] ?? 0;
    const count = this.#prefixLength(micros);
    const before = count > 0 ? memo.get(String(count - 1)) : undefined;
    const last = micros[count - 1];
    if (before !== undefined && last !== undefined) {
      const content =
        before === base ? this.compiled.base.content(inode) : this.#table.content(before);
      const next = this.#step(last, content);
      return next === content ? before : this.#table.contentValue(next);
    }
    let content: Content = this.compiled.base.content(inode);
    let touched = false;
    for (const micro of micros) {
      if (this.included[micro] === 0) continue;
      const next = this.#step(micro, content);
      touched ||= next !== content;
      content = next;
    }
    return touched ? this.#table.contentValue(content) : base;
  }

  #step(micro: number, content: Content): Content {
    const step = this.compiled.steps[micro];
    switch (step?.kind) {
      case 'resize':
        return resize(content, step.sizeBytes);
      case 'in-place':
        return overwrite(content, step.offsetBytes, step.data);
      case 'zero-tail': {
        const lengthBytes = Math.min(step.data.sizeBytes, content.sizeBytes - step.offsetBytes);
        return lengthBytes <= 0
          ? content
          : overwrite(content, step.offsetBytes, zeros(lengthBytes));
      }
      case 'attach': {
        const arrived = step.dataMicro < 0 || this.included[step.dataMicro] === 1;
        const data = arrived ? step.data : zeros(step.data.sizeBytes);
        return overwrite(content, step.offsetBytes, data);
      }
      case 'data':
      case undefined:
        return content;
    }
  }
}
