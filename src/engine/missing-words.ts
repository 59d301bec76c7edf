/** What is missing from a disk, in plain words: "The new name of libssl.so.3 reached the disk, its content did not." */
import type { Operation } from '../model/operation.ts';
import { changeText } from '../persistence/call-text.ts';
import { microClass, type Compiled } from '../persistence/compiled.ts';
import type { CrashState } from '../persistence/crash-state.ts';

/** A sentence, and the path that it is about. */
export interface MissingWords {
  readonly text: string;
  readonly path: string;
}

/** Says that some micro-operations of one operation are missing. */
export function missingText(
  { compiled, included }: CrashState,
  index: number,
  micros: readonly number[],
): MissingWords {
  const operation = compiled.operations[index];
  const [first = 0] = micros;
  if (operation === undefined) return { text: 'A change did not reach the disk.', path: '' };
  const { effect, path } = operation;
  if (effect.kind !== 'write') {
    return { text: `${capital(changeText(compiled, first))} did not reach the disk.`, path };
  }
  const ends = micros.every((micro) => compiled.classes[micro] === microClass.data);
  const asZeros = ends && compiled.steps[first]?.kind === 'data' ? ': it reads as zeros' : '';
  const place = nameLater(compiled, included, index, operation);
  if (place === undefined) {
    const what = effect.sizeBeforeBytes === 0 ? 'The content' : 'The new bytes';
    return { text: `${what} of ${path} did not reach the disk${asZeros}.`, path };
  }
  return {
    text: `The new name of ${place} reached the disk, its content did not${asZeros}.`,
    path: place,
  };
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** Where a rename that is on the disk has put the file since. */
function nameLater(
  compiled: Compiled,
  included: Uint8Array,
  index: number,
  { effect }: Operation,
): string | undefined {
  if (effect.kind !== 'write') return undefined;
  let place: string | undefined;
  for (let later = index + 1; later < compiled.operations.length; later++) {
    const operation = compiled.operations[later];
    if (operation?.effect.kind !== 'rename' || operation.effect.inode !== effect.inode) continue;
    if (included[compiled.microStart[later] ?? 0] !== 1) break;
    const { fromDirectory, toDirectory, toName } = operation.effect;
    const folder = operation.path.slice(0, operation.path.lastIndexOf('/') + 1);
    place = fromDirectory === toDirectory ? `${folder}${toName}` : toName;
  }
  return place;
}
