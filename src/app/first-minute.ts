/** The first minute: two machines, one power cut, and what it leaves of a chapter. Pure functions of the reports. */
import type { ContentFate } from '../model/fate.ts';
import type { SystemReport } from '../model/report.ts';
import { screenAt } from './instant.ts';
import { wordsOfContent } from './words.ts';

/** What a newcomer sees: a traditional machine and an image-based one, in the middle of the same update. */
export const firstMinute = {
  scenario: 'power-loss-update',
  systems: ['debian', 'fedora-silverblue'],
  /** The machine whose loss is to be found, and what it loses. */
  seeker: 'fedora-silverblue',
  datum: 'thesis',
} as const;

/** What a power cut at an instant leaves of the chapter; undefined where the machine has none. */
export function chapterAt(report: SystemReport, instant: number): ContentFate | undefined {
  const fates = screenAt(report, instant)?.fates ?? [];
  return fates.find(({ datum }) => datum === firstMinute.datum)?.fates.content;
}

/** Whether somebody loses the chapter, or a part of it, to a power cut at an instant. */
export function losesChapter(report: SystemReport, instant: number): boolean {
  const content = chapterAt(report, instant);
  return content !== undefined && content !== 'intact' && content !== 'updated';
}

/**
 * The instant of the first cut: the last at which all machines are at work and none loses the chapter, so that
 * the loss is there to be found; the middle of the shortest update where there is no such instant.
 */
export function firstCut(reports: readonly SystemReport[]): number {
  const exits = reports.flatMap(({ timeline }) => timeline?.exitMicroseconds ?? []);
  const end = Math.min(...exits);
  if (!Number.isFinite(end)) return 0;
  const starts = reports.flatMap(({ timeline }) =>
    (timeline?.runs ?? []).map(({ fromMicroseconds }) => fromMicroseconds),
  );
  const bounds = [...new Set([0, ...starts.filter((start) => start < end), end])];
  const pieces = bounds
    .toSorted((one, other) => one - other)
    .flatMap((from, index, sorted) => {
      const to = sorted[index + 1];
      return to === undefined ? [] : [Math.floor((from + to) / 2)];
    });
  const kept = pieces.findLast((instant) =>
    reports.every((report) => !losesChapter(report, instant)),
  );
  return kept ?? Math.round(end / 2);
}

/** The sentence at the end: what this cut leaves of system and chapter, as it is on these machines. */
export function lastSentence(reports: readonly SystemReport[], instant: number): string {
  const seeker = reports.find(({ id }) => id === firstMinute.seeker);
  const screen = seeker === undefined ? undefined : screenAt(seeker, instant);
  if (seeker === undefined || screen === undefined) return '';
  const others = reports.flatMap((report) => {
    const content = report === seeker ? undefined : chapterAt(report, instant);
    return content === undefined ? [] : [`On ${report.name} it is ${chapterWords(content)}.`];
  });
  const own = chapterAt(seeker, instant);
  const system = screen.verdict.starts ? 'The system was saved' : 'The system was not saved either';
  const same = reports.every((report) => chapterAt(report, instant) === own);
  const where = same ? 'It is the same on both.' : others.join(' ');
  const chapter = own === undefined ? 'gone' : chapterWords(own);
  return `${system}; the chapter was not: it is ${chapter}. ${where}`;
}

function chapterWords(content: ContentFate): string {
  if (content === 'reverted') return 'back to the older text';
  if (content === 'updated') return 'there, as saved';
  return content === 'intact' ? 'there' : wordsOfContent[content];
}
