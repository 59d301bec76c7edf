/** What somebody can bet on, and whether a bet came true. */
import type { PlainVerdict } from '../model/verdict.ts';

/** The four answers of the first question; finer verdicts count as one of them. */
export const betChoices = [
  'starts, old version',
  'starts, new version',
  'starts, half updated or damaged',
  'does not start',
] as const;

/** One of them. */
export type Bet = (typeof betChoices)[number];

const betOfVerdict: { readonly [verdict in PlainVerdict]: Bet } = {
  'starts, old version': 'starts, old version',
  'starts, new version': 'starts, new version',
  'starts, half updated': 'starts, half updated or damaged',
  'starts, damaged': 'starts, half updated or damaged',
  'starts, nobody can log in': 'starts, half updated or damaged',
  'does not start': 'does not start',
};

/** Whether a verdict is what the bet said. */
export function betHolds(bet: string, plain: PlainVerdict): boolean {
  return betOfVerdict[plain] === bet;
}
