/** What a reader gets who holds every block against a hash: those bytes, or an error, never others. */
import type { Inode } from '../model/cell-table.ts';
import type { Compiled } from './compiled.ts';
import { exactly, includes, written, type BytesPattern } from './pattern.ts';
import type { PossibleContent, StepFate } from './possible-content.ts';

/** The contents of a file read with the hashes of what was being written. */
export function verified(
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
    pattern.kind === 'bytes' && isExact(pattern) && includes(pattern, whole);
  const mayBeWhole = contents.some(
    ({ pattern }) => pattern.kind === 'bytes' && includes(pattern, whole),
  );
  return [
    ...(mayBeWhole ? [{ pattern: whole, fates }] : []),
    ...(contents.every(isWhole) ? [] : refused),
  ];
}

/** Whether there is one way for each byte. The pieces of a content are not merged, so keys cannot tell. */
function isExact({ pieces }: BytesPattern): boolean {
  return pieces.every(({ options }) => options.length === 1);
}
