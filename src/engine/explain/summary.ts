/** The first paragraph on a file system: what usually happens, and the worst that can, with the word for how likely. */
import { losesFlushed, type Drive } from '../../model/device.ts';
import type { Profile } from '../../persistence/profile.ts';
import type { ToldOutcome } from './lecture.ts';
import { spanText } from './words.ts';

/** An outcome as a part of a sentence. */
const bare = ({ text }: ToldOutcome): string => text.replace(/\.$/, '');

/** Outcomes that are told by name; the list below has them all. */
const toldMax = 3;

/** What usually happens, and what can happen at worst. */
export function summaryOf(
  profile: Profile,
  drive: Drive,
  outcomes: readonly ToldOutcome[],
  isComplete: boolean,
): readonly string[] {
  if (profile.metadataOrder === 'nowhere') {
    return [`${profile.label} lives in memory: a power cut takes all of it, synced or not.`];
  }
  const certain = outcomes.find(({ occurrence }) => occurrence.likelihood === 'certain');
  if (certain !== undefined) return [`Certain, whenever the power fails: ${certain.text}`];
  const first = losesFlushed(drive)
    ? 'Nothing is certain or usual here: the drive may have kept any part of what it said it wrote. It may even have lost what the file system stands on, so that nothing can be mounted; that was seen in recordings of such drives.'
    : usuallyText(outcomes);
  return [first, worstText(outcomes, isComplete)];
}

function usuallyText(outcomes: readonly ToldOutcome[]): string {
  const parts = outcomes
    .filter(({ occurrence }) => occurrence.likelihood === 'usual')
    .flatMap((outcome) => outcome.occurrence.spans.map((span) => ({ span, outcome })))
    .sort((left, right) => left.span.fromMicroseconds - right.span.fromMicroseconds)
    .map(({ span, outcome }) => `${spanText(span)}: ${bare(outcome)}`);
  const shown = parts.length > toldMax + 1 ? [...parts.slice(0, toldMax), 'and so on'] : parts;
  return `Usually ${shown.join('. Then ')}.`;
}

const likelihoodWords = {
  certain: 'certain',
  usual: 'usual for a while',
  momentary: 'usual, but only for a moment',
  'slow-drive': 'on a slow drive',
  possible: 'possible',
  unseen: 'only the model allows it',
} as const;

function worstText(outcomes: readonly ToldOutcome[], isComplete: boolean): string {
  const harm = outcomes.filter(({ isHarm }) => isHarm);
  if (!isComplete && harm.length === 0) return 'At worst: not known, not every disk was looked at.';
  if (harm.length === 0) return `At worst: ${withoutHarm(outcomes)}`;
  const order = Object.keys(likelihoodWords);
  const rank = ({ occurrence }: ToldOutcome): number => order.indexOf(occurrence.likelihood);
  const sorted = [...harm].sort(
    (left, right) =>
      Number(right.possibleAfterEnd) - Number(left.possibleAfterEnd) || rank(left) - rank(right),
  );
  const parts = sorted.slice(0, toldMax).map((outcome) => {
    const word = likelihoodWords[outcome.occurrence.likelihood];
    const early = outcome.possibleAfterEnd ? '' : ', while the program runs';
    return `${bare(outcome)} (${word}${early})`;
  });
  const more = sorted.length - toldMax;
  const rest = more > 0 ? `, and ${String(more)} more kinds of damage` : '';
  return `At worst: ${parts.join('; or ')}${rest}.`;
}

/** Nothing is damaged, but something may be undone, or be there without what was done before it. */
function withoutHarm(outcomes: readonly ToldOutcome[]): string {
  const strange = outcomes.find(
    ({ kind, possibleAfterEnd }) => kind === 'never' && possibleAfterEnd,
  );
  if (strange !== undefined) {
    const word = likelihoodWords[strange.occurrence.likelihood];
    return `no old file is lost, but this can be left, which no running program ever sees: ${bare(strange)} (${word}).`;
  }
  const undone = outcomes.filter(
    ({ kind, possibleAfterEnd }) => kind !== 'after' && possibleAfterEnd,
  );
  if (undone.length === 0) return 'no damage, and nothing is undone once the program has ended.';
  const until = Math.max(...undone.map(({ occurrence }) => occurrence.possible.toMicroseconds));
  return `no damage, but the work can still be undone ${spanText({ fromMicroseconds: 0, toMicroseconds: until })}.`;
}
