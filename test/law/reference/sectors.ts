import type { SectorProfile } from './profile.ts';
import type { LitmusProgram, Verdict } from './program.ts';

export function evaluateSectors(_program: LitmusProgram, _profile: SectorProfile): Verdict {
  return { allowed: [], allowedAfterEnd: [] };
}
