/** What a monitor shows, in words. */
import type { Screen } from '../model/report.ts';

/** The version that a desktop names. */
export function badgeOf({ plain, verdict }: Screen): string {
  const { version } = verdict;
  if (plain === 'starts, half updated') return 'half old, half new';
  if (plain === 'starts, damaged') return version === undefined ? 'damaged' : `${version}, damaged`;
  return version ?? (plain === 'starts, new version' ? 'new' : 'old');
}

/** What somebody who cannot see the monitor is told. */
export function sentenceOfMonitor(name: string, screen: Screen | undefined): string {
  if (screen === undefined) return `The monitor of ${name} is dark.`;
  if (screen.plain !== 'does not start') {
    return `The monitor of ${name} shows a desktop: ${badgeOf(screen)}.`;
  }
  const last = screen.verdict.console.at(-1);
  if (last === undefined) return `${name} got as far as: ${screen.verdict.reached}.`;
  return `The monitor of ${name} shows text, at its end: ${last}`;
}
