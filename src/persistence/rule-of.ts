/** Which rule of the table decided on a micro-operation. */
import { losesFlushed } from '../model/device.ts';
import type { BarrierEffect, Effect } from '../model/operation.ts';
import { microClass } from './compiled.ts';
import { blockBytes } from './file-blocks.ts';
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
  if (compiled.profile.metadataOrder === 'blocks') return 'flush-writes-slot';
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
  if (fate !== 'there' && losesFlushed(compiled.drive)) return 'lying-drive';
  if (effect?.kind === 'subvolume' && effect.source !== undefined) return 'snapshot-commits';
  // On a drive that loses what it flushed no barrier brought anything; what is there came by itself.
  const mayCarry = fate === 'there' && !losesFlushed(compiled.drive);
  const carried = mayCarry ? barrierOver(history, micro) : undefined;
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
    if (effect?.kind === 'exchange' && effect.fromDirectory === effect.toDirectory) {
      return profile.errorsOfMissing?.length === 1 ? 'exchange-in-sector' : 'sectors-in-any-order';
    }
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

/** Whether something after this write made the kernel start writing the content, without waiting for it. */
function isStartedEarly({ compiled, duties }: DiskHistory, micro: number): boolean {
  const { operations, operationOf, inodeOf, profile } = compiled;
  const { renameOver, closeAfterTruncate } = profile.startsWriteback;
  const inode = inodeOf[micro] ?? 0;
  const later = operations.slice((operationOf[micro] ?? 0) + 1, duties.moment.issued);
  return later.some(({ effect }) => {
    if (effect.kind === 'rename') {
      return renameOver && effect.replaced !== 0 && effect.inode === inode;
    }
    if (effect.kind !== 'start-writeback' || effect.inode !== inode) return false;
    return effect.because === 'close-after-truncate' && closeAfterTruncate;
  });
}

/** Whether all bytes of an extent lie in blocks that an earlier write brought: it needs no room of its own. */
function liesInGivenRoom({ compiled }: DiskHistory, micro: number): boolean {
  const step = compiled.steps[micro];
  if (step?.kind !== 'attach') return false;
  const { offsetBytes, data, given = [] } = step;
  const end = offsetBytes + data.sizeBytes;
  const firstBlock = Math.floor(offsetBytes / blockBytes);
  return given.some(
    ({ fromBytes, toBytes }) =>
      Math.floor(fromBytes / blockBytes) <= firstBlock &&
      Math.ceil(toBytes / blockBytes) * blockBytes >= end,
  );
}

/** Whether the write of an extent ends behind what was the end of the file. */
function endsBehind({ compiled }: DiskHistory, micro: number): boolean {
  const effect = compiled.operations[compiled.operationOf[micro] ?? -1]?.effect;
  return (
    effect?.kind === 'write' && effect.offsetBytes + effect.data.sizeBytes > effect.sizeBeforeBytes
  );
}

/** Bytes over a block that the file has, or that goes with an earlier write. */
function inPlaceRule(history: DiskHistory, doesLengthen: boolean): RuleId {
  if (!doesLengthen) return 'overwrite-in-place';
  const { allocation, metadataOrder } = history.compiled.profile;
  if (metadataOrder === 'sectors') return 'zeros-without-journal';
  return allocation === 'after-data' ? 'length-before-bytes-unseen' : 'length-before-bytes';
}

function contentRule(history: DiskHistory, micro: number, fate: StepFate): RuleId {
  const { profile, steps } = history.compiled;
  if (profile.metadataOrder === 'blocks' && fate !== 'there') {
    return profile.verifiesReads === true ? 'verity-refuses' : 'slot-blocks';
  }
  if (steps[micro]?.kind === 'zero-tail') return 'zeroed-tail';
  if (fate === 'there') {
    if (isStartedEarly(history, micro)) return 'writeback-starts-early';
    const commits = steps[micro]?.kind === 'attach' && profile.metadataOrder === 'prefix';
    return commits ? 'attached-later' : 'written-back';
  }
  if (steps[micro]?.kind === 'in-place') return inPlaceRule(history, lengthens(history, micro));
  const isPartial = fate === 'room' || fate === 'perhaps';
  if (isPartial && profile.metadataOrder !== 'sectors' && liesInGivenRoom(history, micro)) {
    return inPlaceRule(history, endsBehind(history, micro));
  }
  return roomRule(history, micro, fate);
}

/** Whether the last thing before a write that made its file empty is on the disk: its creation, or a truncation. */
function isEmptyEntryThere(history: DiskHistory, micro: number): boolean {
  const { compiled } = history;
  const inode = compiled.inodeOf[micro] ?? 0;
  const before = compiled.operations.slice(0, compiled.operationOf[micro] ?? 0);
  const index = before.findLastIndex(
    ({ effect }) =>
      (effect.kind === 'link' && effect.created !== undefined && effect.inode === inode) ||
      (effect.kind === 'truncate' && effect.sizeBytes === 0 && effect.inode === inode),
  );
  return index >= 0 && history.fateOf(compiled.microStart[index] ?? 0) === 'there';
}

/** The rule on an extent that needs room of its own and is not there in full. */
function roomRule(history: DiskHistory, micro: number, fate: Exclude<StepFate, 'there'>): RuleId {
  const { allocation, errorsOfMissing, metadataOrder } = history.compiled.profile;
  switch (fate) {
    case 'unreadable':
      return (errorsOfMissing?.length ?? 0) > 1 ? 'inode-missing' : 'chain-missing';
    case 'room':
    case 'perhaps':
      return metadataOrder === 'sectors' ? 'zeros-without-journal' : 'unwritten-extents';
    case 'missing':
      if (metadataOrder === 'sectors') {
        const isEntry = errorsOfMissing?.length === 1 && isEmptyEntryThere(history, micro);
        return isEntry ? 'entry-without-start' : 'sectors-in-any-order';
      }
      return allocation === 'after-data' ? 'size-after-data' : 'delayed-allocation';
  }
}
