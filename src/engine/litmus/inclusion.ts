/** Whether something that was seen is one of the contents that a pattern stands for: `04096` matches `{0B}4096`. */
import type { Observation } from './observe.ts';

interface Run {
  readonly letters: ReadonlySet<string>;
  readonly lengthBytes: number;
}

const runPattern = /^(?:\{([^}]+)\}|mix\(([^)]+)\)|(.))(\d+)$/u;

/** The runs of a content, or undefined for a word such as `absent`. */
function runsOf(text: string): readonly Run[] | undefined {
  const runs: Run[] = [];
  for (const part of text.split('+')) {
    const match = runPattern.exec(part);
    if (match === null) return undefined;
    const [, either, mixed, single, length] = match;
    const letters = new Set(either ?? mixed ?? single ?? '');
    runs.push({ letters, lengthBytes: Number(length) });
  }
  return runs;
}

/** Whether every content that `seen` stands for is one that `pattern` stands for. */
export function matches(seen: string, pattern: string): boolean {
  if (seen === pattern) return true;
  const left = runsOf(seen);
  const right = runsOf(pattern);
  if (left === undefined || right === undefined) return false;
  const total = (runs: readonly Run[]): number =>
    runs.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return total(left) === total(right) && covers(left, right);
}

function covers(seen: readonly Run[], pattern: readonly Run[]): boolean {
  let index = 0;
  let rest = pattern[0]?.lengthBytes ?? 0;
  for (const { letters, lengthBytes } of seen) {
    for (let left = lengthBytes; left > 0;) {
      const run = pattern[index];
      if (run === undefined || ![...letters].every((letter) => run.letters.has(letter))) {
        return false;
      }
      const step = Math.min(left, rest);
      left -= step;
      rest -= step;
      if (rest === 0) rest = pattern[++index]?.lengthBytes ?? 0;
    }
  }
  return true;
}

/** Whether an observation is among those that these patterns stand for. Modes and counts are compared as they are. */
export function isAllowed(seen: Observation, allowed: readonly Observation[]): boolean {
  return allowed.some((pattern) =>
    Object.entries(seen).every(([path, word]) => {
      const other = pattern[path];
      if (other === undefined) return false;
      return path.includes('#') ? word === other : matches(word, other);
    }),
  );
}
