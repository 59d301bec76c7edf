/** What comparing gathers, and how far a simulated figure may be from the recorded one. */

/** Differences found so far, a sentence each. */
export interface Differences {
  readonly missing: string[];
  readonly invented: string[];
  readonly explained: string[];
}

/** None yet. */
export function noDifferences(): Differences {
  return { missing: [], invented: [], explained: [] };
}

/** Windows that the kernel's clocks set agree within this many milliseconds. */
export const windowMillisecondsMax = 2000;

/**
 * Shares of time agree within this factor, or within this many points of a whole: the recorded device and its load differ
 * from the modelled one. Source: lab-crash.md, "Limits": shares of the update's time do not carry over.
 */
const shareFactorMax = 2;
const sharePointsMax = 0.05;

/** Whether two shares of time, 0 to 1, count as one. */
export function sharesAgree(mine: number, theirs: number): boolean {
  if (Math.abs(mine - theirs) <= sharePointsMax) return true;
  if (mine === 0 || theirs === 0) return false;
  return mine / theirs <= shareFactorMax && theirs / mine <= shareFactorMax;
}

/** A share for people, such as `12.5 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
