/** How far a search of subsets went, in numbers and in sentences. */
import { exploredSubsetBitsMax, searchedHalfCountMax } from '../model/limits.ts';

/** Counts of what was looked at and what there was. */
export class SearchBounds {
  moments = 0;
  momentsSearched = 0;
  cuts = 0;
  cutsSearched = 0;
  sampledCuts = 0;
  singles = 0;
  singlesSearched = 0;
  overflowed = 0;
  combinations = 0;
  combinationsSearched = 0;

  get sentences(): readonly string[] {
    const sentences: string[] = [];
    if (this.momentsSearched < this.moments) {
      sentences.push(
        `Subsets of what was under way were searched at ${shareText(this.momentsSearched, this.moments)} moments, spread evenly.`,
      );
    }
    if (this.cutsSearched < this.cuts) {
      sentences.push(
        `Of the legal cuts at these moments ${shareText(this.cutsSearched, this.cuts)} were searched: the earliest, the latest, and others spread evenly.`,
      );
    }
    if (this.sampledCuts > 0) {
      sentences.push(
        `At ${shareText(this.sampledCuts, this.cutsSearched)} cuts more than ${String(exploredSubsetBitsMax)} changes were free: of their subsets only single losses, single survivors and ${String(searchedHalfCountMax)} random halves were tried.`,
      );
    }
    if (this.singlesSearched < this.singles) {
      sentences.push(
        `Of the single losses and survivors there ${shareText(this.singlesSearched, this.singles)} were tried, a seeded sample.`,
      );
    }
    if (this.combinationsSearched < this.combinations) {
      sentences.push(
        `Of the combinations of what the volumes can show at these moments ${shareText(this.combinationsSearched, this.combinations)} were tried: each volume by itself, the extremes, then those that lack the least.`,
      );
    }
    if (this.overflowed > 0) {
      sentences.push(
        `The table of states was full: ${String(this.overflowed)} states were judged without knowing whether they had been judged before.`,
      );
    }
    return sentences;
  }
}

/** Such as `48 of 13097 (under 1 %)`. */
function shareText(searched: number, all: number): string {
  const percent = (100 * searched) / all;
  const share = percent < 1 ? 'under 1 %' : `${String(Math.floor(percent))} %`;
  return `${String(searched)} of ${String(all)} (${share})`;
}
