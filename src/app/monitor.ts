/** What a monitor shows, in words. */
import type { Screen } from '../model/report.ts';

/** The version that a desktop names. */
export function badgeOf({ plain, verdict }: Screen): string {
  const { version } = verdict;
  if (plain === 'starts, half updated') return 'half old, half new';
  if (plain === 'starts, damaged') return version === undefined ? 'damaged' : `${version}, damaged`;
  return version ?? (plain === 'starts, new version' ? 'new' : 'old');
}

/** Whether somebody gets to a desktop; else the monitor shows what the machine printed last. */
export function showsDesktop({ plain }: Screen): boolean {
  return plain !== 'does not start' && plain !== 'starts, nobody can log in';
}

/** What somebody who cannot see the monitor is told. */
export function sentenceOfMonitor(name: string, screen: Screen | undefined): string {
  if (screen === undefined) return `The monitor of ${name} is dark.`;
  if (showsDesktop(screen)) {
    return `The monitor of ${name} shows a desktop: ${badgeOf(screen)}.`;
  }
  const last = screen.verdict.console.at(-1);
  if (last === undefined) return `${name} got as far as: ${screen.verdict.reached}.`;
  return `The monitor of ${name} shows text, at its end: ${last}`;
}
