/** When each call of a program is on the disk: for certain, and from when on it may be. Source: persistence.md 3.5. */
import type { DurabilityWindow } from '../../persistence/durability.ts';
import type { ExplainedProgram } from './subject.ts';
import type { Clocks } from './windows.ts';
import { timeText } from './words.ts';

/** One call that changes something; instants count from the start of the program, Infinity where they never come. */
export interface CallDurability extends DurabilityWindow {
  /** Number of the call, from 1. */
  readonly call: number;
  readonly text: string;
}

/** The calls of a program, oldest first. */
export function callDurabilities(
  program: ExplainedProgram,
  { durability }: Clocks,
): readonly CallDurability[] {
  const found = new Map<number, DurabilityWindow>();
  program.subject.compiled.operations.forEach((_, index) => {
    const window = durability.ofOperation(index);
    if (window === undefined) return;
    const call = program.callOf(index);
    found.set(call, later(found.get(call) ?? window, window));
  });
  return [...found].map(([call, window]) => ({ call, ...window, text: textOf(call, window) }));
}

/** A call is there when all of its operations are. */
function later(left: DurabilityWindow, right: DurabilityWindow): DurabilityWindow {
  return {
    possibleMicroseconds: Math.min(left.possibleMicroseconds, right.possibleMicroseconds),
    likelyMicroseconds: Math.max(left.likelyMicroseconds, right.likelyMicroseconds),
    certainMicroseconds: Math.max(left.certainMicroseconds, right.certainMicroseconds),
  };
}

/** Instants closer together than this are told as one. */
const sameMicroseconds = 100_000;

function textOf(call: number, window: DurabilityWindow): string {
  const { possibleMicroseconds, likelyMicroseconds: likely, certainMicroseconds: certain } = window;
  const name = `Call ${String(call)}`;
  if (possibleMicroseconds === Infinity) return `${name} is never on a disk.`;
  if (certain === Infinity) {
    return `${name} may be on the disk from its start on, and never is for certain.`;
  }
  const usual =
    certain - likely > sameMicroseconds
      ? `: from ${timeText(likely)} on, if the drive keeps up`
      : '';
  return `${name} is on the disk for certain from ${timeText(certain)} on. Before that it may be${usual}.`;
}
