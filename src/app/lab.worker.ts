/**
 * The laboratory’s thread: the only file of the page that loads the engine. First every machine is judged by the
 * usual order of writing, then each is searched; it answers as soon as it knows something, and listens for “stop”.
 */
import type { DiskSearch } from '../engine/cut-report.ts';
import { disappointments } from '../engine/expectations.ts';
import {
  beginOn,
  expandRelease,
  hasRareSteps,
  loadBackend,
  scenarioVariant,
  systemList,
  systemNamed,
} from '../engine/begin.ts';
import { decodeRunId, encodeRunId } from '../engine/run-id.ts';
import { errorCodes, type ErrorCode } from '../model/lab-error.ts';
import type { Problem } from '../model/problem.ts';
import type { Release } from '../model/release.ts';
import type { SystemReport } from '../model/report.ts';
import type { Scenario } from '../model/scenario.ts';
import type { DiskQuestions } from '../engine/disk-questions.ts';
import type { StudiedDisks } from '../engine/studied-disks.ts';
import type { Answer, LogOrder, LookOrder, Order, RunOrder, ScenarioSource } from './messages.ts';

const scenarioTexts = import.meta.glob<string>('../../scenarios/*.yaml', {
  query: '?raw',
  import: 'default',
});
const knownSystems = systemList().map(({ id }) => id);
const releases = new Map<string, Promise<Release>>();
const cancelled = new Set<number>();

/** The disks of the last run, machine by machine, and what was prepared for looking into them. */
interface Looked {
  readonly disks: StudiedDisks;
  questions?: DiskQuestions;
}
const lastRun = { about: '', machines: new Map<string, Looked>() };

function answer(message: Answer): void {
  postMessage(message);
}

/** A release lies beside the page; it is fetched and expanded once. */
function releaseOf(size: RunOrder['release']): Promise<Release> {
  const known = releases.get(size);
  if (known !== undefined) return known;
  const loading = fetchRelease(size);
  releases.set(size, loading);
  loading.catch(() => releases.delete(size));
  return loading;
}

async function fetchRelease(size: string): Promise<Release> {
  // The worker's own file lies in a folder beside the page, the releases in another one.
  const folder = import.meta.env.DEV ? '/' : '../';
  const response = await fetch(new URL(`${folder}releases/${size}.json`, self.location.href));
  if (!response.ok) throw new Error(`The ${size} release could not be loaded.`);
  return expandRelease(await response.text());
}

async function textOf(source: ScenarioSource): Promise<string> {
  if (source.kind === 'own') return source.text;
  return (await scenarioTexts[`../../scenarios/${source.id}.yaml`]?.()) ?? '';
}

type Read = { readonly scenario: Scenario } | { readonly problems: readonly Problem[] };

/** The parser is half of this thread, so it is loaded when there is something to read. */
async function read(text: string): Promise<Read> {
  const { parseScenario } = await import('../engine/scenario-text.ts');
  const parsed = parseScenario(text, knownSystems);
  return parsed.ok ? { scenario: parsed.value } : { problems: parsed.problems };
}

/** Lets messages that wait be heard: a promise alone would not. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** Between two machines somebody may have said “stop”. */
async function isCancelled(token: number): Promise<boolean> {
  await pause();
  if (!cancelled.delete(token)) return false;
  answer({ kind: 'cancelled', token });
  return true;
}

/** Disks of another scenario, or of another way to look at it, are nobody's business any more. */
function forgetOtherRuns({ systems, ...about }: RunOrder): void {
  const next = JSON.stringify(about);
  if (next !== lastRun.about) lastRun.machines.clear();
  lastRun.about = next;
  for (const system of systems) lastRun.machines.delete(system);
}

/** What looks into disks is loaded when somebody asks. */
async function questionsAbout(system: string): Promise<DiskQuestions | undefined> {
  const { DiskQuestions } = await import('../engine/disk-questions.ts');
  const looked = lastRun.machines.get(system);
  return looked === undefined ? undefined : (looked.questions ??= new DiskQuestions(looked.disks));
}

async function lookStored(token: number, order: LookOrder): Promise<void> {
  const listing = (await questionsAbout(order.system))?.stored(order.instantMicroseconds);
  answer({ kind: 'stored', token, order, ...(listing === undefined ? {} : { listing }) });
}

async function lookOperations(token: number, order: LogOrder): Promise<void> {
  const { system, instantMicroseconds, filter, countMax } = order;
  const questions = await questionsAbout(system);
  const log = questions?.operations(instantMicroseconds, filter, countMax);
  answer({ kind: 'operations', token, order, ...(log === undefined ? {} : { log }) });
}

async function run(token: number, order: RunOrder): Promise<void> {
  forgetOtherRuns(order);
  const found = await read(await textOf(order.source));
  if ('problems' in found) {
    answer({ kind: 'problems', token, problems: found.problems });
    return;
  }
  const scenario = scenarioVariant(found.scenario, order.variant);
  answer({ kind: 'understood', token, scenario });
  const release = await releaseOf(order.release);
  const { systems, seed, policy, drive } = order;
  const chosen = {
    ...(policy === undefined ? {} : { policy }),
    ...(drive === undefined ? {} : { drive }),
  };
  const request = { scenario, systems, release, seed, ...chosen };
  // Few scenarios have the rarer verbs, so what performs them is loaded with the first that does.
  const rare = hasRareSteps(scenario) ? await import('../engine/deeds.ts') : undefined;
  const deeds = rare?.deeds;
  const searches: ((search: DiskSearch) => SystemReport)[] = [];
  const reports: SystemReport[] = [];
  const tell = (report: SystemReport): void => {
    answer({ kind: 'system', token, report });
  };
  for (const system of systems) {
    if (await isCancelled(token)) return;
    answer({ kind: 'begun', token, system });
    const named = systemNamed(system);
    const backend = await loadBackend(named.backend);
    const { first, searched, disks } = beginOn(request, named, backend, deeds);
    lastRun.machines.set(system, { disks });
    tell(first);
    searches.push(searched ?? (() => first));
  }
  // What searches is loaded while the first answers are read.
  const { searchDisks } = await import('../engine/disk-search.ts');
  for (const search of searches) {
    if (await isCancelled(token)) return;
    const report = search(searchDisks);
    reports.push(report);
    tell(report);
  }
  const { variant } = scenario;
  const runId = encodeRunId({
    scenario: scenario.id,
    digest: scenario.digest,
    systems,
    release: order.release,
    seed,
    ...(variant === undefined ? {} : { variant }),
    ...chosen,
  });
  answer({
    kind: 'finished',
    token,
    runId,
    disappointments: disappointments(scenario, reports),
  });
}

async function check(token: number, text: string): Promise<void> {
  const found = await read(text);
  if ('problems' in found) answer({ kind: 'problems', token, problems: found.problems });
  else answer({ kind: 'understood', token, scenario: found.scenario });
}

function refusal(code: ErrorCode): readonly Problem[] {
  const { text, why, fix } = errorCodes[code];
  return [{ code, line: 1, column: 1, text, why, fix }];
}

/** What a run id names, if it was made from the scenario as it is today. */
async function open(token: number, runId: string): Promise<void> {
  const decoded = decodeRunId(runId);
  if (!decoded.ok) {
    answer({ kind: 'problems', token, problems: decoded.problems });
    return;
  }
  const { scenario: id, digest, systems } = decoded.value;
  const text = await textOf({ kind: 'catalogue', id });
  const found = await read(text);
  if (text === '' || 'problems' in found) {
    answer({ kind: 'problems', token, problems: refusal('unknown-scenario') });
  } else if (found.scenario.digest !== digest) {
    answer({ kind: 'problems', token, problems: refusal('stale-run-id') });
  } else if (!systems.some((system) => knownSystems.includes(system))) {
    answer({ kind: 'problems', token, problems: refusal('unknown-system') });
  } else {
    answer({ kind: 'opened', token, request: decoded.value });
  }
}

function failed(token: number, error: unknown): void {
  const text = error instanceof Error ? error.message : String(error);
  answer({ kind: 'failed', token, text });
}

function carryOut(order: Exclude<Order, { kind: 'cancel' }>): Promise<void> {
  switch (order.kind) {
    case 'run':
      return run(order.token, order.order);
    case 'check':
      return check(order.token, order.text);
    case 'open':
      return open(order.token, order.runId);
    case 'stored':
      return lookStored(order.token, order.order);
    case 'operations':
      return lookOperations(order.token, order.order);
  }
}

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'cancel') cancelled.add(order.token);
  else {
    carryOut(order).catch((error: unknown) => {
      failed(order.token, error);
    });
  }
});
