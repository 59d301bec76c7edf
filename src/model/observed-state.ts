/**
 * A state that is changed in place and notes which cells are read: whoever computed something from it knows which
 * later changes concern it. This is what makes a sweep over thousands of instants cheap.
 */
import type { Cell, CellTable } from './cell-table.ts';
import { FileSystemState } from './file-system-state.ts';

/** A state over a complete table; `reads`, when set, collects the cells that are read. */
export class ObservedState extends FileSystemState {
  reads: Set<Cell> | undefined;

  constructor(table: CellTable, cells: Int32Array) {
    super(table, cells);
    this.reads = undefined;
  }

  override value(cell: Cell): number {
    this.reads?.add(cell);
    return super.value(cell);
  }
}
