/** When each call of a program is on the disk: for certain, and from when on it may be. Source: persistence.md 3.5. */
import { losesFlushed } from '../../model/device.ts';
import type { DurabilityWindow } from '../../persistence/durability.ts';
import type { ExplainedProgram } from './subject.ts';
import { timeText } from './words.ts';

/** One call that changes something; instants count from the start of the program, Infinity where they never come. */
export interface CallDurability extends DurabilityWindow {
  /** Number of the call, from 1. */
  readonly call: number;
  readonly text: string;
}

/** The calls of a program, oldest first. */
export function callDurabilities(program: ExplainedProgram): readonly CallDurability[] {
  const found = new Map<number, DurabilityWindow>();
  const { compiled, durability } = program.subject;
  compiled.operations.forEach((_, index) => {
    const window = durability.ofOperation(index);
    if (window === undefined) return;
    const call = program.callOf(index);
    found.set(call, later(found.get(call) ?? window, window));
  });
  const forgets = losesFlushed(compiled.drive);
  return [...found].map(([call, window]) => ({
    call,
    ...window,
    text: textOf(call, window, forgets),
  }));
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

function textOf(call: number, window: DurabilityWindow, forgets: boolean): string {
  const { possibleMicroseconds: possible, likelyMicroseconds: likely } = window;
  const { certainMicroseconds: certain } = window;
  const name = `Call ${String(call)}, made at ${timeText(possible)}`;
  if (possible === Infinity) return `Call ${String(call)}: never.`;
  if (certain === Infinity) {
    return forgets || likely < Infinity
      ? `${name}: possible at once, never certain.`
      : `${name}: possible at once, usually overtaken by a later call.`;
  }
  const usual = certain - likely > sameMicroseconds ? ` usually from ${timeText(likely)} on,` : '';
  return `${name}:${usual} certain from ${timeText(certain)} on.`;
}
