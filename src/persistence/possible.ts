/**
 * Every disk that a power cut can leave at one moment of a short program: each legal cut of the metadata, and for each
 * file the contents that its unforced writes allow. Independent choices are kept as sets and multiply only when
 * someone asks about several files at once. Source: persistence.md 3.4.
 */
import type { Inode } from '../model/cell-table.ts';
import { FileSystemState } from '../model/file-system-state.ts';
import { exploredSubsetBitsMax } from '../model/limits.ts';
import { microClass, type Compiled, type ContentStep } from './compiled.ts';
import {
  legalCuts,
  obligations,
  type Cut,
  type FlushHonesty,
  type Moment,
  type Obligations,
} from './legality.ts';
import {
  allocated,
  exactly,
  includes,
  patternKey,
  perhapsWritten,
  resized,
  written,
  type BytesPattern,
  type Pattern,
} from './pattern.ts';
import { landingGroups } from './sectors.ts';

/** One way in which the names can be, with what each file may hold. */
export interface PossibleDisk {
  readonly compiled: Compiled;
  readonly duties: Obligations;
  readonly cut: Cut;
  /** The metadata micro-operations that are there. */
  readonly landed: ReadonlySet<number>;
  readonly state: FileSystemState;
}

/** A search that had to leave something out says so. */
export interface SearchBound {
  exceeded: boolean;
}

/** All ways in which the names can be at a moment. */
export function* possibleDisks(
  compiled: Compiled,
  moment: Moment,
  honesty: FlushHonesty,
  bound: SearchBound,
): Generator<PossibleDisk> {
  const duties = obligations(compiled, moment, honesty);
  if (compiled.profile.metadataOrder === 'nowhere') {
    yield gone(compiled, duties);
    return;
  }
  for (const cut of legalCuts(compiled, duties)) {
    for (const chosen of landings(compiled, cut, bound)) {
      const landed = new Set([...cut.required, ...chosen]);
      yield { compiled, duties, cut, landed, state: stateOf(compiled, landed) };
    }
  }
}

/** Memory that lost its power: an empty file system. */
function gone(compiled: Compiled, duties: Obligations): PossibleDisk {
  const { table } = compiled.base;
  const cells = new Int32Array(table.size);
  const root = table.findAttributesCell(compiled.base.root);
  if (root !== undefined) cells[root] = compiled.base.cells[root] ?? 0;
  const cut = { at: 0, settled: 0, required: [], optional: [] };
  return { compiled, duties, cut, landed: new Set(), state: new FileSystemState(table, cells) };
}

/** What may land besides, group by group: within a sector the newest version holds all older ones. */
function* landings(compiled: Compiled, cut: Cut, bound: SearchBound): Generator<readonly number[]> {
  const groups = landingGroups(compiled, cut);
  const choices = groups.map(({ micros, fewest }) => micros.length - fewest + 1);
  const ways = choices.reduce((product, count) => product * count, 1);
  if (ways > 2 ** exploredSubsetBitsMax) {
    bound.exceeded = true;
    return;
  }
  for (let way = 0; way < ways; way++) {
    let rest = way;
    yield groups.flatMap(({ micros, fewest }, index) => {
      const count = choices[index] ?? 1;
      const landed = fewest + (rest % count);
      rest = Math.floor(rest / count);
      return micros.slice(0, landed);
    });
  }
}

function stateOf(compiled: Compiled, landed: ReadonlySet<number>): FileSystemState {
  const { base, writeStart, writeCell, writeValue } = compiled;
  const cells = new Int32Array(base.table.size);
  cells.set(base.cells.subarray(0, cells.length));
  const state = new FileSystemState(base.table, cells);
  for (const micro of [...landed].sort((left, right) => left - right)) {
    const end = writeStart[micro + 1] ?? 0;
    const writes = { start: writeStart[micro] ?? 0, end };
    if (namesNobody(compiled, state, writes)) continue;
    for (let write = writes.start; write < end; write++) {
      cells[writeCell[write] ?? 0] = writeValue[write] ?? 0;
    }
  }
  return state;
}

/** A log that holds a rename without the creation before it cannot name the file, and leaves the names as they were. */
function namesNobody(
  { writeCell, writeValue, base: { table } }: Compiled,
  state: FileSystemState,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  let created = false;
  for (let write = start; write < end; write++) {
    const cell = writeCell[write] ?? 0;
    const value = writeValue[write] ?? 0;
    if (table.kindOf(cell) === 'attributes') created = true;
    const isNaming = table.kindOf(cell) === 'name' && value > 0;
    if (isNaming && !created && state.attributes(value) === undefined) return true;
  }
  return false;
}

/**
 * What became of one step of a file's content: it is there; it is not; the room for its bytes is there, and of each
 * sector the bytes or zeros; of each sector the new bytes or the old ones; the room is named and cannot be read.
 */
export type StepFate = 'there' | 'missing' | 'room' | 'perhaps' | 'unreadable';

/** A set of contents, and by which fates of the steps it comes about; steps that were not called have none. */
export interface PossibleContent {
  readonly pattern: Pattern;
  readonly fates: ReadonlyMap<number, StepFate>;
}

/** What a file may hold on this disk; each pattern is a set of contents. */
export function patternsOf(disk: PossibleDisk, inode: Inode): readonly Pattern[] {
  return contentsOf(disk, inode).map(({ pattern }) => pattern);
}

/** The same, with what became of each step; of several ways to a pattern, the one that lacks the fewest. */
export function contentsOf(disk: PossibleDisk, inode: Inode): readonly PossibleContent[] {
  const { compiled, duties } = disk;
  const untouched = { pattern: exactly(compiled.base.content(inode)), fates: new Map() };
  let found: readonly PossibleContent[] = [untouched];
  for (const micro of compiled.contentMicros.get(inode) ?? []) {
    const step = compiled.steps[micro];
    if (step === undefined || placeOf(disk, micro) >= duties.moment.issued) continue;
    found = fewestLacking(
      found.flatMap(({ pattern, fates }) =>
        afterStep(disk, pattern, micro, step).map((next) => ({
          pattern: next.pattern,
          fates: new Map(fates).set(micro, next.fate),
        })),
      ),
    );
  }
  return compiled.profile.verifiesReads === true ? verified(compiled, inode, found) : found;
}

/** One content for each pattern. */
function fewestLacking(contents: readonly PossibleContent[]): readonly PossibleContent[] {
  const best = new Map<string, PossibleContent>();
  for (const content of contents) {
    const key = patternKey(content.pattern);
    const known = best.get(key);
    if (known === undefined || lacking(content) < lacking(known)) best.set(key, content);
  }
  return [...best.values()];
}

function lacking({ fates }: PossibleContent): number {
  return [...fates.values()].filter((fate) => fate !== 'there').length;
}

/** Read against the hashes of what was being written: those bytes, or an error, never others. */
function verified(
  compiled: Compiled,
  inode: Inode,
  contents: readonly PossibleContent[],
): readonly PossibleContent[] {
  let whole = exactly(compiled.base.content(inode));
  const fates = new Map<number, StepFate>();
  for (const micro of compiled.contentMicros.get(inode) ?? []) {
    const step = compiled.steps[micro];
    if (step?.kind !== 'in-place') continue;
    whole = written(whole, step.offsetBytes, step.data);
    fates.set(micro, 'there');
  }
  const { errorsOfMissing = [] } = compiled.profile;
  const fatesNow = contents[0]?.fates ?? fates;
  const refused = errorsOfMissing.map((errno) => {
    return { pattern: { kind: 'unreadable', errno }, fates: fatesNow } as const;
  });
  const isWhole = ({ pattern }: PossibleContent): boolean =>
    patternKey(pattern) === patternKey(whole);
  const mayBeWhole = contents.some(
    ({ pattern }) => pattern.kind === 'bytes' && includes(pattern, whole),
  );
  return [
    ...(mayBeWhole ? [{ pattern: whole, fates }] : []),
    ...(contents.every(isWhole) ? [] : refused),
  ];
}

const placeOf = ({ compiled }: PossibleDisk, micro: number): number =>
  compiled.operationOf[micro] ?? 0;

/** What a step may have left, and what became of it. */
interface AfterStep {
  readonly pattern: Pattern;
  readonly fate: StepFate;
}

function afterStep(
  disk: PossibleDisk,
  pattern: Pattern,
  micro: number,
  step: ContentStep,
): readonly AfterStep[] {
  const landed = disk.landed.has(micro);
  if (pattern.kind === 'unreadable') return [{ pattern, fate: 'unreadable' }];
  switch (step.kind) {
    case 'data':
      return [{ pattern, fate: 'there' }];
    case 'resize':
      return landed
        ? [{ pattern: resized(pattern, step.sizeBytes), fate: 'there' }]
        : [{ pattern, fate: 'missing' }];
    case 'in-place':
    case 'zero-tail':
      return [overwritten(disk, pattern, micro, step)];
    case 'attach':
      return attached(disk, pattern, micro, step);
  }
}

function isForced({ compiled, duties }: PossibleDisk, micro: number): boolean {
  const inode = compiled.inodeOf[micro] ?? 0;
  return (compiled.operationOf[micro] ?? 0) < duties.dataForcedBefore(inode);
}

function overwritten(
  disk: PossibleDisk,
  pattern: BytesPattern,
  micro: number,
  { offsetBytes, data, kind }: Extract<ContentStep, { kind: 'in-place' | 'zero-tail' }>,
): AfterStep {
  const whole = { pattern: written(pattern, offsetBytes, data), fate: 'there' } as const;
  if (disk.compiled.classes[micro] === microClass.metadata) {
    return disk.landed.has(micro) ? whole : { pattern, fate: 'missing' };
  }
  const fits = kind === 'in-place' || offsetBytes + data.sizeBytes <= pattern.sizeBytes;
  if (isForced(disk, micro) && fits) return whole;
  return { pattern: perhapsWritten(pattern, offsetBytes, data), fate: 'perhaps' };
}

function attached(
  disk: PossibleDisk,
  pattern: BytesPattern,
  micro: number,
  { offsetBytes, data }: Extract<ContentStep, { kind: 'attach' }>,
): readonly AfterStep[] {
  const whole = { pattern: written(pattern, offsetBytes, data), fate: 'there' } as const;
  if (isForced(disk, micro)) return [whole];
  const absent = { pattern, fate: 'missing' } as const;
  const { allocation, metadataOrder, errorsOfMissing = [] } = disk.compiled.profile;
  // Room for data that never arrived reads as zeros; it may also have arrived, in part or whole.
  const room = { pattern: allocated(pattern, offsetBytes, data), fate: 'room' } as const;
  const there: readonly AfterStep[] = allocation === 'after-data' ? [whole] : [whole, room];
  if (metadataOrder === 'sectors') {
    if (!disk.landed.has(micro)) return [absent];
    // The entry is there; its chain may not be.
    const errors = errorsOfMissing.map((errno) => {
      return { pattern: { kind: 'unreadable', errno }, fate: 'unreadable' } as const;
    });
    return [...there, ...errors];
  }
  return placeOf(disk, micro) < disk.cut.at ? [absent, ...there] : [absent];
}
