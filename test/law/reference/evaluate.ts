import { isForced, leastCut, type Moment } from './barriers.ts';
import { closureAfter, type Closure } from './closure.ts';
import { copyDisk, emptyDisk, renderState, type DiskState } from './disk-state.ts';
import { compileProgram, type CompiledProgram, type MicroOperation } from './micro-operations.ts';
import type { PrefixProfile, ReferenceProfile } from './profile.ts';
import { StateSet, type LitmusProgram, type Verdict } from './program.ts';
import { durable, ensureBorn, replayChange, type Part } from './replay.ts';
import { evaluateSectors } from './sectors.ts';

export { referenceProfiles, type ReferenceProfile } from './profile.ts';
export type { LitmusLine, LitmusProgram, State, Verdict } from './program.ts';

/**
 * All states that a power cut can leave of a program, found the slow way: for each number of
 * operations that had returned, for each metadata cut, for each choice about each write, the whole
 * program is replayed onto the durable setup and the result is looked at. Written from
 * persistence.md section 3 and the operations alone; nothing here is shared with the engine.
 */
export function evaluateReference(program: LitmusProgram, profile: ReferenceProfile): Verdict {
  if (profile.kind !== 'prefix') return evaluateSectors(program, profile);
  const compiled = compileProgram(withMarker(program, profile));
  const base = emptyDisk(compiled.cuts);
  for (const change of compiled.setup) replayChange(base, change, durable, profile);
  const allowed = new StateSet();
  const afterEnd = new StateSet();
  for (let done = 0; done <= compiled.operationCount; done += 1) {
    for (const moment of momentsAt(compiled, profile, done)) {
      for (const disk of disksAt(moment, base)) {
        const state = renderState(disk, program.observe, profile.rootEntries);
        allowed.add(state);
        if (done === compiled.operationCount) afterEnd.add(state);
      }
    }
  }
  return { allowed: allowed.sorted(), allowedAfterEnd: afterEnd.sorted() };
}

/**
 * On xfs the laboratory forced the log with the fsync of a file of its own, which counts where the
 * entries of the root are counted (litmus xfs/many-creates: 21 entries of 20 files).
 */
function withMarker(program: LitmusProgram, profile: PrefixProfile): LitmusProgram {
  if (!profile.markerAfterEnd || !program.observe.includes('/#n')) return program;
  return { ...program, ops: [...program.ops, ['creat', '.marker']] };
}

/**
 * The moments at which `done` operations had returned and the next one had begun. A barrier of the
 * operation in flight may have taken effect or not (persistence.md 3.4 point 6b). A snapshot in
 * flight needs no such choice: either the cut lies behind it or not.
 */
function momentsAt(program: CompiledProgram, profile: PrefixProfile, done: number): Moment[] {
  const issued = program.operations.filter((operation) => operation.operation <= done);
  const barriers = issued.filter(({ change }) => ['barrier', 'snapshot'].includes(change.kind));
  const returned = barriers.filter((operation) => operation.operation < done);
  const inFlight = barriers.filter(
    (operation) => operation.operation === done && operation.change.kind === 'barrier',
  );
  const withoutIt = { program, profile, issued, effective: returned };
  if (inFlight.length === 0) return [withoutIt];
  return [withoutIt, { ...withoutIt, effective: [...returned, ...inFlight] }];
}

/** Every disk that a cut at this moment can leave; the same one may come more than once. */
function* disksAt(moment: Moment, base: DiskState): Generator<DiskState> {
  for (let cut = leastCut(moment); cut <= moment.issued.length; cut += 1) {
    const closure = closureAfter(moment, cut);
    for (const metadata of metadataChoices(closure)) {
      for (const parts of partChoices(moment, cut, closure, metadata, 0)) {
        const disk = replayAll(moment, base, closure, parts);
        if (disk !== undefined) yield disk;
      }
    }
  }
}

function replayAll(
  moment: Moment,
  base: DiskState,
  closure: Closure,
  parts: readonly Part[],
): DiskState | undefined {
  const disk = copyDisk(base);
  for (const { change } of moment.issued) {
    if (change.kind === 'link' && change.birth !== undefined && closure.born.has(change.inode)) {
      ensureBorn(disk, change.inode, change.birth);
    }
  }
  for (const [position, { change }] of moment.issued.entries()) {
    const part = parts[position];
    if (part === undefined) throw new Error('every micro-operation has its part');
    if (!replayChange(disk, change, part, moment.profile)) return undefined;
  }
  return disk;
}

type MetadataChoice = ReadonlyMap<number, 'whole' | 'half'>;

/** Beyond the prefix: all subsets of what is optional, and both sorts of every rename that may be a half. */
function* metadataChoices(closure: Closure, position = 0): Generator<MetadataChoice> {
  const open = [...closure.required, ...closure.optional];
  const index = open[position];
  if (index === undefined) {
    yield new Map();
    return;
  }
  const isRequired = closure.required.has(index);
  for (const rest of metadataChoices(closure, position + 1)) {
    yield new Map([...rest, [index, 'whole' as const]]);
    if (closure.halvable.has(index)) yield new Map([...rest, [index, 'half' as const]]);
    if (!isRequired) yield rest;
  }
}

/** Every way to decide about each micro-operation from `position` on. */
function* partChoices(
  moment: Moment,
  cut: number,
  closure: Closure,
  metadata: MetadataChoice,
  position: number,
): Generator<Part[]> {
  const operation = moment.issued[position];
  if (operation === undefined) {
    yield [];
    return;
  }
  const isInPrefix = operation.index < cut;
  const forced = isForced(moment, operation, cut);
  const attaches = attachChoices(moment.profile, operation, isInPrefix, forced);
  for (const rest of partChoices(moment, cut, closure, metadata, position + 1)) {
    for (const attach of attaches) {
      const part: Part = {
        metadata: isInPrefix ? 'whole' : (metadata.get(operation.index) ?? 'absent'),
        isOptional: closure.optional.includes(operation.index),
        isForced: forced,
        attach,
      };
      yield [part, ...rest];
    }
  }
}

/** What can have become of a write for which its file needs new blocks (persistence.md 3.4 step 3). */
function attachChoices(
  { alloc, over }: PrefixProfile,
  { change }: MicroOperation,
  isInPrefix: boolean,
  forced: boolean,
): Part['attach'][] {
  if (change.kind !== 'write') return ['skip'];
  if (forced) return ['new'];
  if (!isInPrefix) return ['skip'];
  if (over === 'journal' || alloc === 'with-op') return ['new'];
  // data=writeback enumerates like the default (point 6c).
  return alloc === 'delay-after-data' ? ['skip', 'new'] : ['skip', 'new', 'zero-or-new'];
}
