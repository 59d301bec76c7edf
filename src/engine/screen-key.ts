/** Names by which screens, and what loaders see, are told from each other. */
import type { BootResult } from '../model/boot-result.ts';
import type { Screen } from '../model/report.ts';
import type { BootVerdict } from '../model/verdict.ts';

/** What a loader takes: the version and the kernel of its first entry, or nothing when it cannot read them. */
export function loaderSees(start: BootResult): string {
  if (start.entry === undefined || start.failure?.kind === 'no entry') return 'nothing';
  return `${start.entry.version} ${start.kernelVersion ?? ''}`;
}

/** Screens with equal words are one. Sources follow from texts, so they need not be compared. */
export function screenKey({ outcome, verdict, fates }: Screen): string {
  const told = fates.map(({ datum, fates: { content, reach, secrecy, author }, counts, why }) =>
    [
      datum,
      content,
      reach,
      secrecy,
      author,
      JSON.stringify(counts),
      why.map(({ text }) => text),
    ].join(),
  );
  const { starts, version, loader, wayBack, because } = verdict;
  return [outcome, starts, version, loader, wayBack.how, because.text, ...told].join('|');
}

/** Whether two verdicts put data equally far away, in the same words. */
export function sameReach(one: BootVerdict, other: BootVerdict): boolean {
  return one.starts === other.starts && (one.starts || one.wayBack.how === other.wayBack.how);
}
