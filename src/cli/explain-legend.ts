/** How to read a lecture: each word of likelihood and each mark that it uses, and no other. */
import type { Lecture, ToldOutcome } from '../engine/explain/lecture.ts';
import type { Likelihood } from '../engine/explain/windows.ts';
import { keepsAccepted, losesFlushed } from '../model/device.ts';
import { wrapped } from './wrapped.ts';

/** The mark before an outcome: `?` for what only the model allows, `!` for damage. */
export function markOf({ occurrence, isHarm }: ToldOutcome): string {
  if (occurrence.likelihood === 'unseen') return '?';
  return isHarm ? '!' : ' ';
}

/** The legend of a lecture. */
export function legendLines({ drive, fileSystems }: Lecture): readonly string[] {
  const outcomes = fileSystems.flatMap((part) => part.outcomes);
  const used = new Set<Likelihood>(outcomes.map(({ occurrence }) => occurrence.likelihood));
  const isUsual = used.has('usual') || used.has('momentary');
  const lies = losesFlushed(drive);
  const reorders = keepsAccepted(drive)
    ? 'the system writes things out in another order'
    : 'the system or the drive writes things in another order';
  const marks = new Set(outcomes.map(markOf));
  const items = [
    'Times count from the start of the program.',
    ...(isUsual
      ? [
          'usually: what the timers of the system do on a drive that keeps up, when nobody else calls sync. Real timers are coarse; in recordings things came up to about two seconds later.',
        ]
      : []),
    ...(used.has('slow-drive')
      ? ['on a slow drive: a write that was started early takes longer than the next commit.']
      : []),
    lies
      ? 'possible: the drive may drop it, or have kept it.'
      : `possible: the rules allow it, for instance when ${reorders}, or when another program calls sync in between. How often that is, nobody says.`,
    ...(lies
      ? []
      : [
          'certain: even with every timer as late as it can be by default, on a drive that keeps up.',
        ]),
    ...(marks.has('!')
      ? ['!: damage. A file is lost, or things are together that the program never put together.']
      : []),
    ...(marks.has('?') ? ['?: only the model allows it; no recording showed it.'] : []),
  ];
  return ['How to read this:', ...items.flatMap((item) => wrapped(item, '  - ', '    '))];
}
