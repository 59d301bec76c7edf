/** What an attacker, a thief or a bad bit did to data, laid over what the files on a disk say. */
import type { Content } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import type { Datum, DatumFate } from '../model/fate.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { Reason } from '../model/verdict.ts';

/** What happened to one datum beside its owner's work. */
export type Mark = { readonly datum: string; readonly because: Reason } & (
  | { readonly kind: 'read' }
  /** Whoever has the disk can read it if it is there, and its owner cannot. */
  | { readonly kind: 'stolen'; readonly readable: boolean }
  /** Somebody else's bytes at a path: it counts as long as they are there. */
  | { readonly kind: 'overwritten' | 'planted'; readonly path: string; readonly content: Content }
  /** Why a damaged file is damaged, and who notices. */
  | { readonly kind: 'decayed' }
  /** It was tried, and the system refused; `never-planted`: so what was to be left never was on the machine. */
  | { readonly kind: 'refused' | 'never-planted' }
);

/** Something that an attacker tried to leave on the machine. */
export interface PlantedFile {
  readonly datum: Datum;
  readonly content: Content;
}

/** The fate of a datum with everything that was done to it. */
export function withMarks(fate: DatumFate, marks: readonly Mark[], tree: RootTree): DatumFate {
  return marks
    .filter(({ datum }) => datum === fate.datum)
    .reduce((marked, mark) => withMark(marked, mark, tree), fate);
}

function withMark(fate: DatumFate, mark: Mark, tree: RootTree): DatumFate {
  const { because } = mark;
  const { content } = fate.fates;
  switch (mark.kind) {
    case 'read':
      return changed(fate, { secrecy: 'leaked' }, because);
    case 'stolen': {
      const secrecy = mark.readable && content !== 'lost' ? 'leaked' : fate.fates.secrecy;
      return changed(fate, { secrecy, reach: 'locked away' }, because);
    }
    case 'decayed':
      return content === 'torn' ? changed(fate, {}, because) : fate;
    case 'refused':
      return changed(fate, {}, because);
    case 'never-planted':
      return neverPlanted(fate, because);
    case 'overwritten':
      return isThere(mark, tree) ? tampered(fate, mark) : fate;
    case 'planted':
      return plantedFate(fate, mark, tree);
  }
}

/** What an attacker could not leave is not lost: the machine never had it. */
function neverPlanted(fate: DatumFate, { text, source }: Reason): DatumFate {
  return {
    datum: fate.datum,
    fates: { content: 'intact', reach: 'open', secrecy: 'safe', author: 'owner' },
    none: true,
    why: [{ text: `It was never planted: ${text}`, source }],
  };
}

/** Of what an attacker left only one thing counts: whether it is still there. */
function plantedFate(before: DatumFate, mark: Foreign, tree: RootTree): DatumFate {
  const { none: _neverPlanted, ...fate } = before;
  const { fates } = fate;
  if (isThere(mark, tree)) {
    return {
      ...fate,
      fates: { ...fates, content: 'intact', author: 'tampered' },
      why: [mark.because],
    };
  }
  const text = `${mark.path} is not what the attacker wrote: nothing of it is left there.`;
  const why = [{ text, source: 'the bytes on this disk, against what the attacker wrote' }];
  return { ...fate, fates: { ...fates, content: 'lost', reach: 'open' }, why };
}

type Foreign = Extract<Mark, { readonly path: string }>;

function isThere({ path, content }: Foreign, tree: RootTree): boolean {
  const now = tree.file(path);
  return now !== undefined && sameContent(now, content);
}

/** What people wrote is lost where somebody else's bytes stand; the system's own files are judged by the census. */
function tampered(fate: DatumFate, mark: Foreign): DatumFate {
  const isOwn = mark.kind === 'overwritten' && !systemIds.has(fate.datum);
  const content = isOwn ? { content: 'lost' as const } : {};
  return changed(fate, { ...content, author: 'tampered' }, mark.because);
}

const systemIds: ReadonlySet<string> = new Set([
  'operating-system',
  'applications',
  'default-config',
  'edited-config',
]);

function changed(fate: DatumFate, fates: Partial<DatumFate['fates']>, because: Reason): DatumFate {
  return { ...fate, fates: { ...fate.fates, ...fates }, why: [because, ...fate.why] };
}
