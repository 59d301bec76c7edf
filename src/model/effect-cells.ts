/**
 * What an effect changes, as cell writes. The kernel's live state and the compiled micro-operations share this, so
 * that "replay of the whole history is the live tree" can hold.
 */
import { absent, rootOf, type Cell, type CellTable } from './cell-table.ts';
import { attributes } from './attributes.ts';
import { overwrite, resize } from './content.ts';
import type { FileSystemState } from './file-system-state.ts';
import type { Effect } from './operation.ts';

/** A cell and the value that it takes. */
export interface CellWrite {
  readonly cell: Cell;
  readonly value: number;
}

/** The cell writes of a change of names, attributes or subvolumes; writes and truncations of content give none. */
export function metadataWrites(table: CellTable, effect: Effect): readonly CellWrite[] {
  switch (effect.kind) {
    case 'link': {
      const name = { cell: table.nameCell(effect.directory, effect.name), value: effect.inode };
      if (effect.created === undefined) return [name];
      const record = table.attributesValue(effect.created);
      return [{ cell: table.attributesCell(effect.inode), value: record }, name];
    }
    case 'unlink':
      return [{ cell: table.nameCell(effect.directory, effect.name), value: absent }];
    case 'rename':
      return [
        { cell: table.nameCell(effect.fromDirectory, effect.fromName), value: absent },
        { cell: table.nameCell(effect.toDirectory, effect.toName), value: effect.inode },
      ];
    case 'exchange':
      return [
        { cell: table.nameCell(effect.fromDirectory, effect.fromName), value: effect.toInode },
        { cell: table.nameCell(effect.toDirectory, effect.toName), value: effect.fromInode },
      ];
    case 'set-attributes': {
      const record = table.attributesValue(effect.attributes);
      return [{ cell: table.attributesCell(effect.inode), value: record }];
    }
    case 'subvolume':
      return subvolumeWrites(table, effect);
    case 'set-default':
      return [{ cell: table.defaultSubvolumeCell, value: effect.subvolume + 1 }];
    case 'write':
    case 'write-blocks':
    case 'truncate':
    case 'start-writeback':
    case 'barrier':
      return [];
  }
}

function subvolumeWrites(
  table: CellTable,
  effect: Extract<Effect, { kind: 'subvolume' }>,
): readonly CellWrite[] {
  const root = rootOf(effect.subvolume);
  const name = { cell: table.nameCell(effect.directory, effect.name), value: root };
  if (effect.source !== undefined) return [name];
  const record = table.attributesValue(attributes('directory'));
  return [{ cell: table.attributesCell(root), value: record }, name];
}

/** All cell writes of an effect on the live state, content included. */
export function liveWrites(state: FileSystemState, effect: Effect): readonly CellWrite[] {
  const { table } = state;
  switch (effect.kind) {
    case 'write':
    case 'write-blocks': {
      const next = overwrite(state.content(effect.inode), effect.offsetBytes, effect.data);
      return [{ cell: table.contentCell(effect.inode), value: table.contentValue(next) }];
    }
    case 'truncate': {
      const next = resize(state.content(effect.inode), effect.sizeBytes);
      return [{ cell: table.contentCell(effect.inode), value: table.contentValue(next) }];
    }
    default:
      return metadataWrites(table, effect);
  }
}
