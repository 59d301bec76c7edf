/** The sentences of a lane: what its strip says, for those who read it, hear it or print it. */
import type { SystemReport, Timeline, TimelineRun } from '../model/report.ts';
import type { OutcomeClass } from '../model/verdict.ts';
import { plainAt } from './lanes.ts';
import { activityAt, screenAt } from './instant.ts';
import { clock, duration, listed, severity } from './words.ts';

/** Time, in microseconds, by how a cut would end; of the update, and how long after it a machine is dead. */
interface Tally {
  readonly total: number;
  readonly dead: number;
  readonly damaged: number;
  readonly half: number;
  readonly unknown: number;
  readonly windows: number;
  readonly deadAfterExit: number;
  /** Whether the machine starts all the while, and it is the login that fails. */
  readonly startsAlways: boolean;
}

type Judge = (run: TimelineRun) => OutcomeClass | undefined;

function tally(report: SystemReport, timeline: Timeline, judge: Judge): Tally {
  const { exitMicroseconds: exit } = timeline;
  const none = { total: 0, dead: 0, damaged: 0, half: 0, unknown: 0, windows: 0, deadAfterExit: 0 };
  const sum = { ...none, startsAlways: true };
  let wasDead = false;
  for (const run of timeline.runs) {
    const outcome = judge(run);
    const plain = outcome === undefined ? undefined : plainAt(report, run, outcome);
    const rank = plain === undefined ? -1 : severity[plain];
    if (plain === 'does not start') sum.startsAlways = false;
    if (rank === 3) sum.deadAfterExit = Math.max(0, run.toMicroseconds - exit);
    const length = Math.min(run.toMicroseconds, exit) - run.fromMicroseconds;
    if (length <= 0) continue;
    sum.total += length;
    if (rank === -1) sum.unknown += length;
    if (rank === 1) sum.half += length;
    if (rank === 2) sum.damaged += length;
    if (rank === 3) sum.dead += length;
    if (rank === 3 && !wasDead) sum.windows += 1;
    wasDead = rank === 3;
  }
  return sum;
}

function startsPhrase({ total, dead, unknown, windows, startsAlways }: Tally): string {
  if (total === 0 || unknown === total) return 'not searched';
  if (unknown > 0 && dead === 0) return 'starts wherever it was searched';
  if (dead === 0) return 'starts at every instant';
  const of100 = Math.min(99, Math.floor(((total - dead - unknown) / total) * 100));
  if (windows === 1 && dead / total < 0.5) {
    return `${deadWords(startsAlways)} for ${duration(dead)}`;
  }
  return startsAlways ? `login at ${of100} of 100 instants` : `starts at ${of100} of 100 instants`;
}

/** A machine that starts and lets nobody in is of no use, and not one that does not start. */
function deadWords(startsAlways: boolean): string {
  return startsAlways ? 'starts, but nobody can log in' : 'does not start';
}

/** Short phrases for the end of a lane, the most important first. */
export function lanePhrases(report: SystemReport): readonly string[] {
  const { timeline } = report;
  if (timeline === undefined) return [];
  const likely = tally(report, timeline, (run) => run.worstLikely);
  if (likely.unknown === likely.total) return knownPhrases(report, timeline);
  const possible = tally(report, timeline, (run) => run.worstPossible);
  const phrases = [startsPhrase(likely)];
  if (likely.half > 0) phrases.push(`half updated for ${duration(likely.half)}`);
  if (likely.damaged > 0) phrases.push(`damaged for ${duration(likely.damaged)}`);
  if (likely.deadAfterExit > 0) {
    const words = deadWords(startsAfterExit(report, timeline));
    phrases.push(`${words} up to ${duration(likely.deadAfterExit)} after “done”`);
  }
  if (possible.dead > likely.dead) {
    phrases.push(`with bad luck not for ${duration(possible.dead)}`);
  }
  if (likely.unknown > 0) phrases.push(`${duration(likely.unknown)} not searched`);
  return phrases;
}

function startsAfterExit(report: SystemReport, { runs, exitMicroseconds }: Timeline): boolean {
  return runs.every((run) => {
    const { worstLikely, toMicroseconds } = run;
    if (worstLikely === undefined || toMicroseconds <= exitMicroseconds) return true;
    return plainAt(report, run, worstLikely) !== 'does not start';
  });
}

/** Where nobody searched further, the one order of writing that was looked at. */
function knownPhrases(report: SystemReport, timeline: Timeline): readonly string[] {
  const known = tally(report, timeline, (run) => report.screens[run.screen]?.outcome);
  if (known.unknown === known.total) return ['not searched'];
  return [`${startsPhrase(known)} if written in the usual order`, 'other orders not searched'];
}

/** The sentence that says what a strip shows. */
export function laneSentence(report: SystemReport): string {
  const { timeline } = report;
  if (timeline === undefined) return '';
  const length = duration(timeline.exitMicroseconds);
  return `${report.name}, ${length}: ${lanePhrases(report).join('; ')}.`;
}

/** A row of the table that says the same as a strip. */
export interface LaneRow {
  readonly from: number;
  readonly to: number;
  readonly doing: string;
  readonly verdict: string;
  readonly likely: string;
  readonly possible: string;
}

/** The strip as rows, neighbours that read alike joined; at most `most`, and how many were left out. */
export function laneRows(report: SystemReport, most: number): { rows: LaneRow[]; more: number } {
  const rows: LaneRow[] = [];
  const { timeline } = report;
  if (timeline === undefined) return { rows, more: 0 };
  const word = (run: TimelineRun, outcome: OutcomeClass | undefined): string =>
    outcome === undefined ? 'not searched' : plainAt(report, run, outcome);
  for (const run of timeline.runs) {
    const last = rows.at(-1);
    const next = {
      from: run.fromMicroseconds,
      to: run.toMicroseconds,
      doing: activityAt(timeline, run.fromMicroseconds),
      verdict: report.screens[run.screen]?.plain ?? 'not searched',
      likely: word(run, run.worstLikely),
      possible: word(run, run.worstPossible),
    };
    const alike =
      last?.verdict === next.verdict &&
      last.likely === next.likely &&
      last.possible === next.possible;
    if (alike) rows[rows.length - 1] = { ...last, to: next.to };
    else rows.push(next);
  }
  return { rows: rows.slice(0, most), more: Math.max(0, rows.length - most) };
}

/** The machines, grouped by how they would end at an instant. */
export function groupedEndings(reports: readonly SystemReport[], instant: number): string {
  const groups = new Map<string, string[]>();
  for (const report of reports) {
    const plain = screenAt(report, instant)?.plain ?? 'not searched';
    groups.set(plain, [...(groups.get(plain) ?? []), nameAndStage(report, instant)]);
  }
  return [...groups].map(([plain, names]) => `${listed(names)}: ${plain}.`).join(' ');
}

/** What a screen reader says of the plug: the time, then how each machine would end. */
export function spokenInstant(reports: readonly SystemReport[], instant: number): string {
  return `${clock(instant)}. ${groupedEndings(reports, instant)}`;
}

function nameAndStage(report: SystemReport, instant: number): string {
  if (report.timeline === undefined) return report.name;
  return `${report.name} (${activityAt(report.timeline, instant)})`;
}
