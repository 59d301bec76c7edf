/** Which rule of the table decided on a micro-operation. */
import { losesFlushed } from '../model/device.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import { microClass } from './compiled.ts';
import type { DiskHistory } from './disk-history.ts';
import type { StepFate } from './possible.ts';
import type { RuleId } from './rules.ts';

/** What became of a part of an operation, as a sentence. */
export function fateText(fate: StepFate): string {
  switch (fate) {
    case 'there':
      return 'It is on the disk.';
    case 'missing':
      return 'It is not on the disk.';
    case 'room':
      return 'Its length is on the disk, its bytes need not be.';
    case 'perhaps':
      return 'Some of its bytes may be on the disk, and some not.';
    case 'unreadable':
      return 'Its length is on the disk, the way to its bytes is not.';
  }
}

/** What a barrier carries here. */
export function barrierRule({ compiled }: DiskHistory, effect: BarrierEffect): RuleId {
  const { fsyncScope } = compiled.profile;
  if (losesFlushed(compiled.drive)) return 'lying-drive';
  if (fsyncScope === 'nothing') return 'memory-only';
  if (effect.inode === 0) return 'sync-carries-everything';
  if (effect.scope === 'fsync-directory') return 'fsync-directory-names';
  if (effect.scope === 'fdatasync' && !compiled.profile.fdatasyncCarriesAttributes) {
    return 'fdatasync-leaves-attributes';
  }
  if (fsyncScope === 'closure') return 'fsync-carries-closure';
  return fsyncScope === 'own-chain' ? 'fsync-own-chain' : 'fsync-carries-everything';
}

/** The rule behind what became of a micro-operation. */
export function ruleOf(history: DiskHistory, micro: number, fate: StepFate): RuleId {
  const { compiled } = history;
  const { profile, classes } = compiled;
  const effect = effectOf(history, micro);
  if (profile.metadataOrder === 'nowhere') return 'memory-only';
  if (losesFlushed(compiled.drive) && fate !== 'there') return 'lying-drive';
  if (effect?.kind === 'subvolume' && effect.source !== undefined) return 'snapshot-commits';
  const carried = fate === 'there' ? barrierOver(history, micro) : undefined;
  if (carried !== undefined) return barrierRule(history, carried);
  return classes[micro] === microClass.metadata
    ? metadataRule(history, micro, fate, effect)
    : contentRule(history, micro, fate);
}

function effectOf({ compiled }: DiskHistory, micro: number): Effect | undefined {
  return compiled.operations[compiled.operationOf[micro] ?? -1]?.effect;
}

/** The first returned barrier that put this micro-operation on the disk, if one did. */
function barrierOver(history: DiskHistory, micro: number): BarrierEffect | undefined {
  const { compiled, duties } = history;
  const place = compiled.operationOf[micro] ?? 0;
  for (let index = place + 1; index < duties.moment.completed; index++) {
    const effect = compiled.operations[index]?.effect;
    if (effect?.kind !== 'barrier') continue;
    if (effect.inode === 0 || carries(history, effect, index, micro)) return effect;
  }
  return undefined;
}

/** Whether a barrier on one file or folder carried a micro-operation before it. */
function carries(
  { compiled, duties }: DiskHistory,
  { inode, scope }: BarrierEffect,
  index: number,
  micro: number,
): boolean {
  const { classes, inodeOf, operationOf, profile } = compiled;
  if (classes[micro] !== microClass.metadata) {
    return inodeOf[micro] === inode && scope !== 'fsync-directory';
  }
  if (profile.fsyncScope === 'everything-before') return (operationOf[micro] ?? 0) < duties.cutMin;
  return duties.brought.some(({ operation, micros }) => operation === index && micros.has(micro));
}

function metadataRule(
  history: DiskHistory,
  micro: number,
  fate: StepFate,
  effect: Effect | undefined,
): RuleId {
  const { compiled } = history;
  const { profile } = compiled;
  if (effect?.kind === 'set-default') return 'default-waits-for-commit';
  if (profile.metadataOrder === 'sectors') {
    return effect?.kind === 'rename' && profile.renameHalves !== 'never'
      ? 'rename-halves-in-sectors'
      : 'sectors-in-any-order';
  }
  const isContent = compiled.steps[micro] !== undefined && effect?.kind === 'write';
  if (isContent && profile.overwrite === 'with-operation') return 'with-operation';
  if (fate === 'there') return 'commit-timer';
  if (effect?.kind === 'rename' && isLeftHalf(history, micro)) return 'rename-halves-in-log';
  if (effect?.kind === 'set-attributes' && isBehindFdatasync(history, micro)) {
    return 'fdatasync-leaves-attributes';
  }
  return isLeftBehind(history, micro) ? 'fsync-leaves-others' : 'commit-timer';
}

/** Whether the other half of the same rename is there. */
function isLeftHalf(history: DiskHistory, micro: number): boolean {
  const { compiled } = history;
  const index = compiled.operationOf[micro] ?? 0;
  for (
    let other = compiled.microStart[index] ?? 0;
    other < (compiled.microStart[index + 1] ?? 0);
    other++
  ) {
    if (other !== micro && history.fateOf(other) === 'there') return true;
  }
  return false;
}

/** Whether the disk holds names of a later operation, and not this: only the log of an fsync does that. */
function isLeftBehind(history: DiskHistory, micro: number): boolean {
  const { compiled, duties } = history;
  if (compiled.profile.fsyncScope !== 'closure') return false;
  const place = compiled.operationOf[micro] ?? 0;
  const end = compiled.microStart[duties.moment.issued] ?? 0;
  for (let later = compiled.microStart[place + 1] ?? end; later < end; later++) {
    const isName = compiled.classes[later] === microClass.metadata;
    if (isName && history.fateOf(later) === 'there') return true;
  }
  return false;
}

function isBehindFdatasync({ compiled, duties }: DiskHistory, micro: number): boolean {
  const inode = compiled.inodeOf[micro] ?? 0;
  const later = compiled.operations.slice(
    compiled.operationOf[micro] ?? 0,
    duties.moment.completed,
  );
  return later.some(
    ({ effect }) =>
      effect.kind === 'barrier' && effect.scope === 'fdatasync' && effect.inode === inode,
  );
}

/** Whether bytes go behind the end of their file, into a block that it has already. */
function lengthens({ compiled }: DiskHistory, micro: number): boolean {
  const first = compiled.steps[compiled.microStart[compiled.operationOf[micro] ?? 0] ?? 0];
  const isGrown = first?.kind === 'resize' || first?.kind === 'lengthen';
  return isGrown && compiled.steps[micro]?.kind === 'in-place';
}

function contentRule(history: DiskHistory, micro: number, fate: StepFate): RuleId {
  const { profile, steps } = history.compiled;
  if (profile.metadataOrder === 'blocks') {
    return profile.verifiesReads === true && fate !== 'there' ? 'verity-refuses' : 'slot-blocks';
  }
  if (steps[micro]?.kind === 'zero-tail') return 'zeroed-tail';
  if (steps[micro]?.kind === 'in-place') {
    if (fate === 'there') return 'written-back';
    if (!lengthens(history, micro)) return 'overwrite-in-place';
    return profile.allocation === 'after-data'
      ? 'length-before-bytes-unseen'
      : 'length-before-bytes';
  }
  switch (fate) {
    case 'there':
      return 'written-back';
    case 'unreadable':
      return (profile.errorsOfMissing?.length ?? 0) > 1 ? 'inode-missing' : 'chain-missing';
    case 'room':
    case 'perhaps':
      return profile.metadataOrder === 'sectors' ? 'zeros-without-journal' : 'unwritten-extents';
    case 'missing':
      if (profile.metadataOrder === 'sectors') return 'sectors-in-any-order';
      return profile.allocation === 'after-data' ? 'size-after-data' : 'delayed-allocation';
  }
}
