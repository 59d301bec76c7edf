/** How much a drive is given to write for a micro-operation. */
import type { Compiled } from './compiled.ts';

/** Bytes that the drive writes for a step of content; the data of an extent counts with its own micro-operation. */
export function writtenBytes(compiled: Compiled, micro: number): number {
  const step = compiled.steps[micro];
  if (step?.kind === 'in-place' || step?.kind === 'zero-tail') return step.data.sizeBytes;
  if (step?.kind === 'attach') return step.dataMicro < 0 ? step.data.sizeBytes : 0;
  const attach = compiled.steps[micro + 1];
  return attach?.kind === 'attach' ? attach.data.sizeBytes : 0;
}
