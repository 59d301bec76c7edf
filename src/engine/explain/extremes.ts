/**
 * A pattern stands for many contents at once. Two of them deserve a name: every sector new, and every sector old. They
 * are told apart from the mix, unless the file fits into one sector, of which there is no mix.
 */
import { FileSystemState } from '../../model/file-system-state.ts';
import { CrashState } from '../../persistence/crash-state.ts';
import type { PossibleContent, StepFate } from '../../persistence/possible.ts';
import { keyOf } from '../litmus/allowed.ts';
import {
  exactObservation,
  shows,
  spanOf,
  type Possibility,
  type Subject,
} from './possibilities.ts';

const mixed = /\{[^}]+\}\d+/u;

/** The possibilities with the extremes of their mixes. */
export function withExtremes(
  subject: Subject,
  all: ReadonlyMap<string, Possibility>,
): ReadonlyMap<string, Possibility> {
  const found = new Map(all);
  for (const [key, possibility] of all) {
    if (!isMix(possibility)) continue;
    const extremes = (['there', 'missing'] as const).flatMap((fate) =>
      extremeOf(subject, possibility, fate),
    );
    for (const extreme of extremes) {
      const own = keyOf(extreme.observation);
      if (!found.has(own)) found.set(own, extreme);
    }
    if (extremes.length === 2 && fitsOneSector(possibility)) found.delete(key);
  }
  return found;
}

function isMix({ contents, observation }: Possibility): boolean {
  const words = Object.values(observation).some((word) => mixed.test(word));
  return (
    words && [...contents.values()].some(({ fates }) => [...fates.values()].includes('perhaps'))
  );
}

function fitsOneSector({ observation, disk }: Possibility): boolean {
  return Object.values(observation).every((word) => {
    const lengths = [...word.matchAll(/(\d+)(?=\+|$)/g)].map(([length]) => Number(length));
    return (
      !mixed.test(word) ||
      lengths.reduce((sum, one) => sum + one, 0) <= disk.compiled.drive.sectorBytes
    );
  });
}

/** The same disk with every doubtful sector there, or with none; empty where that cannot be told by its pieces. */
function extremeOf(
  subject: Subject,
  possibility: Possibility,
  fate: StepFate,
): readonly Possibility[] {
  const { compiled, blobs, observe } = subject;
  const { disk, doubtful, span } = possibility;
  const contents = new Map(
    [...possibility.contents].map(([inode, content]): [number, PossibleContent] => {
      const fates = [...content.fates].map(([micro, known]): [number, StepFate] => {
        return [micro, known === 'perhaps' ? fate : known];
      });
      return [inode, { ...content, fates: new Map(fates) }];
    }),
  );
  const isResolved = (micro: number): boolean =>
    contents.get(compiled.inodeOf[micro] ?? 0)?.fates.get(micro) === 'there';
  const missing = possibility.missing.filter((micro) => !isResolved(micro));
  const state = new CrashState(compiled);
  const end = compiled.microStart[disk.duties.moment.issued] ?? 0;
  for (let micro = 0; micro < end; micro++) state.set(micro, !missing.includes(micro));
  const view = new FileSystemState(compiled.base.table, state.cells);
  const observation = exactObservation(view, blobs, observe);
  if (!shows(observation, possibility.observation)) return [];
  const { toMicroseconds } = spanOf(subject, disk.duties.moment, { missing, doubtful });
  const own = { ...span, toMicroseconds: Math.max(toMicroseconds, span.toMicroseconds) };
  return [{ ...possibility, contents, missing, observation, span: own }];
}
