/** Whether a run came out as its scenario says; each disappointment names the line that expected otherwise. */
import type { Disappointment, SystemReport } from '../model/report.ts';
import type { Expectation, Scenario } from '../model/scenario.ts';

function concerns(expectation: Expectation, system: string): boolean {
  return expectation.on === 'all' || expectation.on.includes(system);
}

function bootComplaints(expectation: Expectation, report: SystemReport): readonly string[] {
  const seen = new Set([
    ...report.possible,
    ...Object.keys(report.outcomes),
    ...Object.keys(report.settling),
  ]);
  const allowed: readonly string[] = expectation.boot ?? [...seen];
  const surplus = [...seen].filter((outcome) => !allowed.includes(outcome));
  const absent = mustOccur(expectation, report).filter((outcome) => !seen.has(outcome));
  return [
    ...surplus.map((outcome) => `can end as ${outcome}, which is not expected`),
    ...absent.map((outcome) => `never ends as ${outcome}, which is expected to occur`),
  ];
}

/** What has to be found among the instants of a step need not be found at the one that somebody picked. */
function mustOccur({ occurs }: Expectation, { timeline }: SystemReport): readonly string[] {
  return timeline?.cutMicroseconds === undefined ? (occurs ?? []) : [];
}

function dataComplaints(expectation: Expectation, report: SystemReport): readonly string[] {
  return Object.entries(expectation.data).flatMap(([datum, axes]) => {
    if (report.fates[datum] === undefined && !isNeverThere(report, datum)) {
      return [`has no datum ${datum}`];
    }
    return Object.entries(axes).flatMap(([axis, allowed]) =>
      [...fatesSeen(report, datum, axis)]
        .filter((fate) => !allowed.includes(fate))
        .map((fate) => `${datum}: ${axis} can be ${fate}, expected ${allowed.join(' or ')}`),
    );
  });
}

/** Whether the machine never had such data: every end says so, and no share counts it. */
function isNeverThere({ screens }: SystemReport, datum: string): boolean {
  const fates = screens.flatMap((screen) => screen.fates.filter((fate) => fate.datum === datum));
  return fates.length > 0 && fates.every(({ none }) => none === true);
}

/** What a datum can come to: in the usual order of writing, afterwards, and on the disks that a search found. */
function fatesSeen(report: SystemReport, datum: string, axis: string): ReadonlySet<string> {
  const found = axis === 'content' ? (report.possibleFates[datum] ?? {}) : {};
  if (report.fates[datum] === undefined) return new Set(axis === 'content' ? ['none'] : []);
  return new Set([
    ...Object.keys(report.fates[datum]?.[axis] ?? {}),
    ...Object.keys(report.settlingFates[datum]?.[axis] ?? {}),
    ...Object.keys(found),
  ]);
}

/** Every expectation that did not come true. */
export function disappointments(
  scenario: Scenario,
  reports: readonly SystemReport[],
): readonly Disappointment[] {
  return scenario.expect.flatMap((expectation) =>
    reports
      .filter((report) => concerns(expectation, report.id))
      .flatMap((report) =>
        [...bootComplaints(expectation, report), ...dataComplaints(expectation, report)].map(
          (text) => ({ line: expectation.line, system: report.id, text }),
        ),
      ),
  );
}
