import type { State } from './program.ts';

type Run = { readonly letters: string; readonly lengthBytes: number };

/** `B4096`, `{AB}512`, `mix(0D)65536`: letters, then a length; a plain letter is upper case or 0. */
const runPattern = /^(?:\{([^}]+)\}|mix\(([^)]+)\)|([0A-Z]))(\d+)$/;

function runsOf(content: string): Run[] | undefined {
  const runs: Run[] = [];
  for (const part of content.split('+')) {
    const found = runPattern.exec(part);
    if (found === null) return undefined;
    const letters = found[1] ?? found[2] ?? found[3] ?? '';
    runs.push({ letters, lengthBytes: Number(found[4]) });
  }
  return runs;
}

/** For every stretch of bytes what both contents say about it; undefined if their lengths differ. */
function stretches(one: readonly Run[], other: readonly Run[]): [string, string][] | undefined {
  const result: [string, string][] = [];
  const left = one.map((run) => ({ ...run }));
  const right = other.map((run) => ({ ...run }));
  for (let [a, b] = [left[0], right[0]]; a && b; [a, b] = [left[0], right[0]]) {
    const lengthBytes = Math.min(a.lengthBytes, b.lengthBytes);
    result.push([a.letters, b.letters]);
    a.lengthBytes -= lengthBytes;
    b.lengthBytes -= lengthBytes;
    if (a.lengthBytes === 0) left.shift();
    if (b.lengthBytes === 0) right.shift();
  }
  return left.length === 0 && right.length === 0 ? result : undefined;
}

/** Whether an observed content is one of those that a pattern stands for: `04096` fits `{0B}4096`. */
export function contentIsAllowed(observed: string, pattern: string): boolean {
  if (observed === pattern) return true;
  const [one, other] = [runsOf(observed), runsOf(pattern)];
  if (one === undefined || other === undefined) return false;
  return (
    stretches(one, other)?.every(([seen, possible]) =>
      [...seen].every((letter) => possible.includes(letter)),
    ) ?? false
  );
}

/** Whether an observed state is one of those that an allowed state stands for, path by path. */
export function observedIsAllowed(observed: State, allowed: State): boolean {
  const paths = Object.keys(allowed);
  return (
    paths.length === Object.keys(observed).length &&
    paths.every((path) => contentIsAllowed(observed[path] ?? '', allowed[path] ?? ''))
  );
}

/** The file system refused to mount: a superblock torn inside 4096 bytes, in no list of allowed states. */
export function isUnmountable(observed: State): boolean {
  return Object.values(observed).some((content) => content.startsWith('MOUNTFAIL'));
}
