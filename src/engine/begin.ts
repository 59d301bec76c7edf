/** One machine's run, begun: the scenario told, and what the usual order of writing leaves; the search comes after. */
import { recordedDrive, type Drive } from '../model/device.ts';
import { LabError } from '../model/lab-error.ts';
import { BlobTable } from '../model/content.ts';
import type { Stage } from '../model/operation.ts';
import type { SystemReport } from '../model/report.ts';
import type { Scenario, SearchPolicy } from '../model/scenario.ts';
import type { System } from '../model/system.ts';
import type { Backend, MachineBrief } from '../backends/backend.ts';
import type { VolumeWindow } from '../persistence/explorer.ts';
import { policyTable } from '../persistence/policies.ts';
import { systemCatalogue, usualSystems } from '../systems/catalogue.ts';
import type { Deeds } from './acts.ts';
import { applyVariant } from '../scenario/variant.ts';
import {
  contentsOn,
  cutFindings,
  studyCuts,
  withoutSearch,
  type DiskSearch,
} from './cut-report.ts';
import { diskAt, statesOfInstants } from './crash-disk.ts';
import { DiskJudge } from './disk-judge.ts';
import { expandHome } from './home-path.ts';
import { judgingOf } from './judging-facts.ts';
import { machineOptions, type MachineOptions } from './machine-options.ts';
import { withPrograms } from './programs.ts';
import type { LabRequest } from './request.ts';
import { fateShares } from './shares.ts';
import type { StudiedDisks } from './studied-disks.ts';
import { Story, type PowerLoss } from './story.ts';

export { LabError } from '../model/lab-error.ts';
export { loadBackend } from '../backends/load.ts';
export { expandRelease } from '../releases/expand.ts';
export { hasRareSteps } from './acts.ts';
export type { LabRequest } from './request.ts';

/** Every distribution there is. */
export function systemList(): readonly System[] {
  return systemCatalogue;
}

/** Ids of those that run when nobody names any. */
export function usualSystemList(): readonly string[] {
  return usualSystems;
}

/** A scenario in one of its variants; the first when none is named. Throws `unknown-variant`. */
export function scenarioVariant(scenario: Scenario, variant?: string): Scenario {
  const applied = applyVariant(scenario, variant);
  if (applied === undefined) {
    const known = scenario.variants.map(({ id }) => id).join(', ');
    throw new LabError('unknown-variant', `${variant ?? ''}; there are: ${known}`);
  }
  return applied;
}

/** The system of this name. Throws `unknown-system`. */
export function systemNamed(id: string): System {
  const system = systemCatalogue.find((candidate) => candidate.id === id);
  if (system === undefined) throw new LabError('unknown-system', id);
  return system;
}

function briefOf(
  system: System,
  { scenario, release, drive }: LabRequest,
  { options }: MachineOptions,
): MachineBrief {
  const settings = { ...scenario.machine, ...(drive === undefined ? {} : { drive }) };
  return {
    system,
    release: withPrograms(release, scenario.programs),
    options,
    settings,
    blobs: new BlobTable(),
    data: scenario.data.map((datum) => ({ ...datum, path: expandHome(datum.path, 'sam') })),
  };
}

/** How the fault of a scenario is looked at, unless the request says otherwise. */
export function policyOf({ policy, cut, scenario }: LabRequest): SearchPolicy {
  if (cut !== undefined) return 'instant';
  if (policy !== undefined) return policy;
  const fault = scenario.steps.find((step) => step.verb === 'fault' && step.fault === 'power-loss');
  return fault?.verb === 'fault' && fault.moment.kind === 'search'
    ? fault.moment.policy
    : 'instant';
}

/**
 * The drive that the verdicts of a request are about: a search of a drive that ignores flushes is about such a one, and
 * so is a story whose fault is such a drive, however it is looked at.
 */
export function driveOf(request: LabRequest): Drive {
  const drive = request.drive ?? request.scenario.machine.drive ?? recordedDrive;
  const ignoresFlushes =
    policyTable[policyOf(request)].ignoresFlushes === true ||
    request.scenario.steps.some((step) => step.verb === 'fault' && 'driveLies' in step);
  return ignoresFlushes ? { ...drive, honoursFlush: false } : drive;
}

/** One machine's run, in two looks: the first is quick, the second has searched what was asked for. */
export interface SystemRun {
  /** The whole report, or, where a search is still to come, what the usual order of writing leaves at each instant. */
  readonly first: SystemReport;
  /** What a search adds; absent when there is nothing to search. */
  readonly searched?: (search: DiskSearch) => SystemReport;
  /** For whoever wants to look into the disks that the report is about. */
  readonly disks: StudiedDisks;
}

/**
 * Tells the scenario to one machine. Whoever asks brings its mechanism: the page loads them one by one, the terminal has
 * all of them. The same goes for `deeds`, which perform the rarer verbs; {@link hasRareSteps} tells who needs them.
 */
export function beginOn(
  request: LabRequest,
  system: System,
  backend: Backend,
  deeds?: Deeds,
): SystemRun {
  const { scenario } = request;
  const settings = machineOptions(system, backend, scenario.machine);
  const story = new Story(scenario, backend, briefOf(system, request, settings), deeds);
  story.refused.push(...settings.refused);
  const fault = judgedFault(story);
  const { id, name } = system;
  const mechanism = [system.mechanism, ...settings.chosen].join(' · ');
  const report = (found: Findings): SystemReport => ({
    id,
    name,
    mechanism,
    backend: system.backend,
    drive: driveOf(request),
    ...found,
    ...(story.refused.length === 0 ? {} : { refused: story.refused }),
    ...(story.measured.length === 0 ? {} : { measured: story.measured }),
    terminal: story.terminal,
    terminalDropped: story.terminalDropped,
  });
  if (fault === undefined) {
    const end = endOf(story);
    return { first: report(endFindings(story, end)), disks: studiedEnd(story, end) };
  }
  return beginCuts(request, story, fault, report);
}

/** Of several power cuts the last is judged, if those before it say when they strike: the machine has recovered then. */
function judgedFault(story: Story): PowerLoss | undefined {
  let fault = story.tell();
  while (fault?.moment.kind === 'at' && story.hasLaterCut) fault = story.passCut(fault);
  return fault;
}

type Findings = Omit<
  SystemReport,
  | 'id'
  | 'name'
  | 'mechanism'
  | 'backend'
  | 'drive'
  | 'refused'
  | 'measured'
  | 'terminal'
  | 'terminalDropped'
>;

/** Said of a machine whose search has not ended yet: what was not looked at must not look safe. */
const stillSearching = 'The search is not done yet: only the usual order of writing was judged.';

/** Said where nobody asked for a search: the other orders may end worse. */
const usualOrderOnly = 'Only the usual order of writing was judged: other orders are possible.';

/** Said of a story with several power cuts. */
const onlyFirstCut =
  'More power cuts follow one that is searched: it is judged, the later ones are only told.';

function assertStage(label: string, stages: readonly Stage[]): void {
  const known = [...new Set(stages.map((stage) => stage.label))];
  if (!known.includes(label)) {
    throw new LabError('unknown-stage', `${label}; there are: ${known.join(', ')}`);
  }
}

function beginCuts(
  request: LabRequest,
  story: Story,
  fault: PowerLoss,
  report: (found: Findings) => SystemReport,
): SystemRun {
  const at = request.cut ?? (fault.moment.kind === 'at' ? fault.moment.at : undefined);
  const cut = request.policy === undefined ? at : request.cut;
  const judging = judgingOf(story);
  const window = story.window(fault);
  if (request.cut?.kind === 'label') assertStage(request.cut.label, window.stages);
  const seed = fault.seed ?? request.seed;
  const study = { ...studyCuts(story, judging, window, fault), seed };
  // One instant is looked at as thoroughly as a search of all of them: what else may be on the disk counts there too.
  const thorough = fault.driveLies === true ? 'lying-drive' : 'every-op';
  const policy = cut === undefined ? policyOf(request) : thorough;
  const unjudged = story.goOn(fault, study.windows, request.cut) > 0 ? [onlyFirstCut] : [];
  const isSearched = policy !== 'instant' || cut !== undefined;
  const unsearched = isSearched ? [] : [usualOrderOnly];
  const wanted = { policy, ...(cut === undefined ? {} : { cut }) };
  const look = (search: DiskSearch): Findings => {
    const found = cutFindings(study, wanted, search);
    const notSearched = [...found.searched.notSearched, ...unsearched, ...unjudged];
    const complete = found.searched.complete && notSearched.length === 0;
    return { ...found, searched: { complete, notSearched }, data: judging.data };
  };
  const first = look(withoutSearch);
  const searched = { complete: false, notSearched: [stillSearching, ...unjudged] };
  const { release, blobs } = story.brief;
  return {
    first: report(isSearched ? { ...first, searched } : first),
    searched: (search) => report(look(search)),
    disks: {
      windows: study.windows,
      startMicroseconds: study.span.start,
      endMicroseconds: study.span.end,
      release,
      blobs,
    },
  };
}

/** The disk at the end of a story, and the instant whose disk it is. */
interface StoryEnd {
  readonly windows: readonly VolumeWindow[];
  readonly instant: number;
}

function endOf(story: Story): StoryEnd {
  const windows = story.windowsAt(story.now);
  return { windows, instant: story.forcedOff ? story.now : Infinity };
}

/** Without a power cut there is one disk: what it held before is what the machine was switched on with last. */
function studiedEnd({ brief }: Story, { windows, instant }: StoryEnd): StudiedDisks {
  const { release, blobs } = brief;
  const span = { startMicroseconds: -1, endMicroseconds: instant, only: instant };
  return { windows, ...span, release, blobs };
}

/** The end of a story without a power cut: one disk, as it is when the machine is switched on the next time. */
function endFindings(story: Story, { windows, instant }: StoryEnd): Findings {
  const judging = judgingOf(story);
  const judge = new DiskJudge(judging, statesOfInstants(diskAt(windows, instant)));
  const screen = judge.screen();
  return {
    states: 1,
    searched: { complete: true, notSearched: [] },
    outcomes: { [screen.outcome]: 1 },
    settling: {},
    possible: [screen.outcome],
    fates: fateShares([screen], new Map([[0, 1]])),
    settlingFates: {},
    possibleFates: contentsOn([screen]),
    reasons: [{ outcome: screen.outcome, ...screen.verdict.because }],
    data: judging.data,
    screens: [screen],
  };
}
