/** The names and attributes that a set of metadata micro-operations comes to, replayed in program order. */
import type { Inode } from '../model/cell-table.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import type { Attributes } from '../model/attributes.ts';
import type { Effect, SetAttributesEffect } from '../model/operation.ts';
import type { Compiled } from './compiled.ts';
import type { Cut } from './legality.ts';
import { effectOfMicro, removesName } from './micro-facts.ts';

/** The state of a file system on which exactly these micro-operations landed. */
export function replayed(
  compiled: Compiled,
  cut: Cut,
  landed: ReadonlySet<number>,
): FileSystemState {
  const { base } = compiled;
  const cells = new Int32Array(base.table.size);
  cells.set(base.cells.subarray(0, cells.length));
  const replay = new Replay(compiled, cut, cells);
  replay.bear(cut.born);
  for (const micro of [...landed].sort((left, right) => left - right)) replay.apply(micro);
  return replay.state;
}

class Replay {
  readonly state: FileSystemState;
  readonly #compiled: Compiled;
  readonly #cells: Int32Array;
  readonly #required: ReadonlySet<number>;

  constructor(compiled: Compiled, cut: Cut, cells: Int32Array) {
    this.#compiled = compiled;
    this.#cells = cells;
    this.#required = new Set(cut.required);
    this.state = new FileSystemState(compiled.base.table, cells);
  }

  /** A name that a log holds brings its inode into being, even where the first name of that inode is not in it. */
  bear(born: ReadonlySet<Inode>): void {
    if (born.size === 0) return;
    for (let micro = 0; micro < this.#compiled.count; micro++) {
      const effect = effectOfMicro(this.#compiled, micro);
      const creates = effect?.kind === 'link' && effect.created !== undefined;
      if (creates && born.has(effect.inode)) this.#write(micro, 'attributes');
    }
  }

  /** Does what a micro-operation says, unless the disk lacks what it works on: then a log leaves the names alone. */
  apply(micro: number): void {
    const effect = effectOfMicro(this.#compiled, micro);
    const part = effect === undefined ? 'all' : this.#possiblePart(micro, effect);
    if (part === 'none') return;
    if (effect?.kind === 'set-attributes') this.#changeAttributes(micro, effect);
    else this.#write(micro, part);
  }

  /** A mode and an extended attribute are items of their own: each changes only what it was about. */
  #changeAttributes(micro: number, { inode, attributes }: SetAttributesEffect): void {
    const { base, writeStart, writePrevious, writeValue } = this.#compiled;
    const write = writeStart[micro] ?? 0;
    const previous = writePrevious[write] ?? -1;
    const cell = base.table.attributesCell(inode);
    const valueBefore = previous < 0 ? (base.cells[cell] ?? 0) : (writeValue[previous] ?? 0);
    const before = base.table.attributes(valueBefore) ?? base.attributes(inode);
    const now = this.state.attributes(inode) ?? attributes;
    this.#cells[cell] = base.table.attributesValue(changed(now, before ?? now, attributes));
  }

  #write(micro: number, part: 'all' | 'attributes' | 'new names'): void {
    const { writeStart, writeCell, writeValue, base } = this.#compiled;
    for (let write = writeStart[micro] ?? 0; write < (writeStart[micro + 1] ?? 0); write++) {
      const cell = writeCell[write] ?? 0;
      const value = writeValue[write] ?? 0;
      if (part === 'attributes' && base.table.kindOf(cell) !== 'attributes') continue;
      if (part === 'new names' && value <= 0) continue;
      this.#cells[cell] = value;
    }
  }

  #exists(inode: Inode): boolean {
    return this.state.attributes(inode) !== undefined;
  }

  #possiblePart(micro: number, effect: Effect): 'all' | 'new names' | 'none' {
    const { state } = this;
    switch (effect.kind) {
      case 'link':
        return effect.created !== undefined || this.#exists(effect.inode) ? 'all' : 'none';
      case 'unlink': {
        const isNamed = state.lookup(effect.directory, effect.name) === effect.inode;
        return isNamed || this.#isSlotwise() ? 'all' : 'none';
      }
      case 'rename':
        return this.#partOfRename(micro, effect);
      case 'exchange': {
        const left = state.lookup(effect.fromDirectory, effect.fromName) === effect.fromInode;
        const right = state.lookup(effect.toDirectory, effect.toName) === effect.toInode;
        return this.#required.has(micro) || (left && right) ? 'all' : 'none';
      }
      case 'set-attributes':
        return this.#exists(effect.inode) ? 'all' : 'none';
      default:
        return 'all';
    }
  }

  /**
   * Without a journal the loss of a name frees a place in its folder, whatever that place names on the disk: on vfat what
   * an exchange puts there is written with the inode, later. Source: fs/fat/namei_vfat.c, vfat_rename and
   * vfat_rename_exchange.
   */
  #isSlotwise(): boolean {
    return this.#compiled.profile.metadataOrder === 'sectors';
  }

  #partOfRename(
    micro: number,
    { inode, fromDirectory, fromName }: Extract<Effect, { kind: 'rename' }>,
  ): 'all' | 'new names' | 'none' {
    const hasSource = this.state.lookup(fromDirectory, fromName) === inode;
    if (removesName(this.#compiled, micro)) {
      return hasSource || this.#isSlotwise() ? 'all' : 'none';
    }
    if (!this.#exists(inode)) return 'none';
    if (hasSource) return 'all';
    // Without a journal each entry is for itself; a log can name what it was asked to name.
    const isAlone = this.#isSlotwise() || this.#required.has(micro);
    return isAlone ? 'new names' : 'none';
  }
}

/** A record with the difference between two others. */
function changed(now: Attributes, before: Attributes, after: Attributes): Attributes {
  const extended = { ...now.extended };
  for (const [name, value] of Object.entries(after.extended ?? {})) {
    if (before.extended?.[name] !== value) extended[name] = value;
  }
  return {
    ...now,
    mode: after.mode === before.mode ? now.mode : after.mode,
    user: after.user === before.user ? now.user : after.user,
    group: after.group === before.group ? now.group : after.group,
    ...(after.immutable === true ? { immutable: true } : {}),
    ...(after.readOnlySubvolume === true ? { readOnlySubvolume: true } : {}),
    ...(Object.keys(extended).length === 0 ? {} : { extended }),
  };
}
