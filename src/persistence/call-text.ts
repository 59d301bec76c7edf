/** What an operation does, in words. */
import type { Inode } from '../model/cell-table.ts';
import type { FileSystemState } from '../model/file-system-state.ts';
import type { Effect } from '../model/operation.ts';
import type { Compiled, ContentStep } from './compiled.ts';
import type { StepFate } from './possible-content.ts';

const short = (path: string): string => path.replace(/^\/+(?=.)/, '');

const folderOf = (path: string): string => {
  const end = path.lastIndexOf('/');
  return end < 0 ? '' : path.slice(0, end + 1);
};

/** The new path of a rename: beside the old one, or in the folder that is found by its inode. */
function targetText(
  { base, operations }: Compiled,
  path: string,
  { fromDirectory, toDirectory, toName }: Extract<Effect, { kind: 'rename' | 'exchange' }>,
): string {
  if (fromDirectory === toDirectory) return `${folderOf(path)}${toName}`;
  if (toDirectory === base.root) return toName;
  const made = operations.find(
    ({ effect }) => effect.kind === 'link' && effect.inode === toDirectory,
  );
  const folder = made === undefined ? pathIn(base, toDirectory) : short(made.path);
  return folder === undefined ? `${toName} in another folder` : `${folder}/${toName}`;
}

/** The path of a folder, without a slash before it. */
function pathIn(state: FileSystemState, wanted: Inode): string | undefined {
  const open: (readonly [Inode, string])[] = [[state.root, '']];
  for (const [directory, path] of open) {
    for (const { name, inode } of state.list(directory)) {
      const below = path === '' ? name : `${path}/${name}`;
      if (inode === wanted) return below;
      if (state.attributes(inode)?.kind === 'directory') open.push([inode, below]);
    }
  }
  return undefined;
}

const barrierNames = {
  fsync: 'fsync',
  fdatasync: 'fdatasync',
  'fsync-directory': 'fsync of the folder',
  syncfs: 'syncfs',
  freeze: 'freeze',
  unmount: 'unmount',
} as const;

/** The call in words, such as `rename f.new to f`. `path` is what the caller named. */
export function callText(compiled: Compiled, effect: Effect, path: string): string {
  const name = short(path);
  switch (effect.kind) {
    case 'link': {
      const made = {
        directory: 'make the folder',
        symlink: 'make the symbolic link',
        device: 'make the device',
        file: 'create',
      };
      return effect.created === undefined
        ? `give a file the further name ${name}`
        : `${made[effect.created.kind]} ${name}`;
    }
    case 'unlink':
      return `remove the name ${name}`;
    case 'rename':
      return `rename ${name} to ${targetText(compiled, name, effect)}`;
    case 'exchange':
      return `exchange ${name} and ${targetText(compiled, name, effect)}`;
    case 'write':
    case 'write-blocks':
      return `write ${String(effect.data.sizeBytes)} bytes to ${name}`;
    case 'truncate':
      return effect.sizeBytes === 0
        ? `empty ${name}`
        : `set the length of ${name} to ${String(effect.sizeBytes)}`;
    case 'set-attributes':
      return `change the mode or the attributes of ${name}`;
    case 'start-writeback':
      return `close ${name}`;
    case 'barrier':
      return effect.inode === 0
        ? barrierNames[effect.scope]
        : `${barrierNames[effect.scope]} ${name}`;
    case 'subvolume':
      return effect.source === undefined
        ? `make the subvolume ${name}`
        : `make the snapshot ${name}`;
    case 'set-default':
      return `make ${name} the default subvolume`;
  }
}

/** What a change is called when it is missing or there: `the new name f`, `the content of f`. */
export function changeText(compiled: Compiled, micro: number): string {
  const operation = compiled.operations[compiled.operationOf[micro] ?? 0];
  if (operation === undefined) return 'a change';
  const { effect } = operation;
  const name = short(operation.path);
  switch (effect.kind) {
    case 'link':
      return effect.created === undefined ? `the further name ${name}` : `the new name ${name}`;
    case 'unlink':
      return `the removal of ${name}`;
    case 'rename':
      return renameText(compiled, micro, name, effect);
    case 'exchange':
      return `the exchange of ${name} and ${targetText(compiled, name, effect)}`;
    case 'write':
      if (isLength(compiled.steps[micro])) return `the new length of ${name}`;
      return effect.sizeBeforeBytes === 0 ? `the content of ${name}` : `the new bytes of ${name}`;
    case 'write-blocks':
      return `the new blocks of ${name}`;
    case 'truncate':
      return effect.sizeBytes === 0 ? `the emptying of ${name}` : `the new length of ${name}`;
    case 'set-attributes':
      return `the new mode or attributes of ${name}`;
    case 'subvolume':
      return `the subvolume ${name}`;
    case 'set-default':
      return `the choice of ${name} as default`;
    default:
      return `the call on ${name}`;
  }
}

const isLength = (step: ContentStep | undefined): boolean =>
  step?.kind === 'resize' || step?.kind === 'lengthen';

/** What lacks of a change that is there in part; of one that is missing, all of it. */
export function lackText(compiled: Compiled, micro: number, fate: StepFate): string {
  const text = changeText(compiled, micro);
  const bytes = text.replace(/^the content of/, 'the bytes of');
  switch (fate) {
    case 'perhaps':
      return `some of ${bytes}`;
    case 'room':
      return bytes;
    case 'unreadable':
      return `the way to ${bytes}`;
    default:
      return text;
  }
}

/** Of content that is told as a change, its length alone. */
export function lengthText(change: string): string {
  return change.replace(/^the (content|new bytes) of/, 'the length of');
}

/** Where a rename has halves, which of them this is. */
function renameText(
  compiled: Compiled,
  micro: number,
  name: string,
  effect: Extract<Effect, { kind: 'rename' }>,
): string {
  const index = compiled.operationOf[micro] ?? 0;
  const first = compiled.microStart[index] ?? 0;
  const whole = (compiled.microStart[index + 1] ?? 0) - first === 1;
  if (whole) return `the rename of ${name} to ${targetText(compiled, name, effect)}`;
  return micro === first
    ? `the new name ${targetText(compiled, name, effect)}`
    : `the loss of the name ${name}`;
}
