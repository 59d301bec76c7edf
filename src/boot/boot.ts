/**
 * Disk in, verdict out: firmware, loader, kernel, initramfs, root, init, services, login, applications. The first
 * missing link is the reason. Pure: it reads the disk and keeps nothing.
 */
import type { BootEntry, BootMenu, DiskView, RootMount } from '../model/boot-entry.ts';
import type { BootResult, OtherEntries } from '../model/boot-result.ts';
import type { VersionName } from '../model/release.ts';
import { RootTree } from '../model/root-tree.ts';
import type { BootStage, BootVerdict, LoaderView, Reason, WayBack } from '../model/verdict.ts';
import { firmwareLines, initramfsMaker, rootlessLines, unmountableLines } from './console-words.ts';
import { isOpaque, startImageUserspace } from './image-userspace.ts';
import { printsNothing, startKernel, type KernelStart, type Stop } from './kernel.ts';
import { accountsBack } from './login.ts';
import type { BootPlan, PlannedKernel } from './plan.ts';
import { reason } from './sources.ts';
import { startUserspace, type ConditionOf, type UserspaceStart } from './userspace.ts';

export { isOpaque } from './image-userspace.ts';
export { prepareBoot, type BootPlan } from './plan.ts';
export type { BootResult } from '../model/boot-result.ts';

/** What a start is judged from. */
export interface BootInput {
  /** What firmware and loader find: the backend's reading of this disk. */
  readonly menu: BootMenu;
  /** The disk as the kernel mounts it, journals replayed. */
  readonly disk: DiskView;
  readonly plan: BootPlan;
  readonly loader: LoaderView;
  /** Id of the entry that someone chooses; default the first. */
  readonly choice?: string;
  /** For whoever starts many disks: remembers, root by root, what is at a path. */
  readonly conditions?: (root: readonly RootMount[], tree: RootTree) => ConditionOf;
}

interface Attempt {
  readonly start: KernelStart;
  readonly tree?: RootTree;
  readonly stop?: Stop;
  readonly degraded: readonly Reason[];
}

/** Starts the machine from this disk. */
export function boot(input: BootInput): BootResult {
  const { menu, choice } = input;
  const first = menu.entries.find(({ id }) => id === choice) ?? menu.entries[0];
  if (first === undefined) return nothingToStart(input);
  const userspaces = new Map<string, UserspaceStart>();
  const tried = tryEntry(input, first, userspaces);
  const back = choice === undefined ? wayBackByItself(input, tried, userspaces) : undefined;
  const { entry, attempt } = back ?? { entry: first, attempt: tried };
  const others = otherEntries(input, entry, userspaces);
  const { kernels, imageVersions } = attempt.start;
  const kernelVersions = kernels.map(({ version }) => version);
  const kernelVersion = preferred(kernelVersions, entry.version);
  return {
    verdict: verdictOf(input, entry, attempt, others.usable),
    entry,
    kernelVersions,
    degraded: attempt.degraded,
    others: others.state,
    fallbackWhole: others.usable,
    otherRootWhole: others.ownRootWhole,
    otherRoot: others.ownRoot,
    wayToOther: menu.wayToOther,
    ...(menu.olderByCopy === undefined ? {} : { olderByCopy: menu.olderByCopy }),
    ...(others.rootsGone === undefined ? {} : { otherRootsGone: others.rootsGone }),
    ...(attempt.tree === undefined ? {} : { tree: attempt.tree }),
    ...(kernelVersion === undefined ? {} : { kernelVersion }),
    ...(back === undefined ? {} : { wentBackAt: back.at }),
    ...(attempt.stop === undefined ? {} : { failure: attempt.stop.failure }),
    ...(imageVersions === undefined ? {} : { imageVersions }),
  };
}

/** Another entry that is started by itself after a failure that somebody notices, if that one works. */
function wayBackByItself(
  input: BootInput,
  { stop }: Attempt,
  userspaces: Map<string, UserspaceStart>,
): { readonly entry: BootEntry; readonly attempt: Attempt; readonly at: BootStage } | undefined {
  if (stop === undefined || input.loader === 'nothing bootable') return undefined;
  const { stage: at, path: damaged } = stop.failure;
  const way = input.menu.afterFailures?.find(
    ({ stages, path }) => stages.includes(at) && (path === undefined || path === damaged),
  );
  const other = input.menu.entries.find(({ id }) => id === way?.entry);
  if (way === undefined || other === undefined) return undefined;
  const attempt = tryEntry(input, other, userspaces);
  if (attempt.stop !== undefined) return undefined;
  const { text, source } = way.because;
  const insteadOf = { text: `${stop.because.text} ${text}`, source };
  return { entry: { ...other, insteadOf }, attempt, at };
}

function preferred(
  versions: readonly VersionName[],
  version: VersionName,
): VersionName | undefined {
  return versions.includes(version) ? version : versions[0];
}

function nothingToStart({ menu, loader }: BootInput): BootResult {
  const { nothing } = menu;
  const stage = nothing?.stage ?? 'loader';
  const verdict: BootVerdict = {
    starts: false,
    reached: 'firmware',
    because: nothing?.because ?? reason('The boot menu is empty.', 'recordedClasses'),
    console: stage === 'firmware' ? firmwareLines : (nothing?.console ?? []),
    wayBack: rescue('put a boot loader and an entry back, or install again'),
    loader,
  };
  return {
    verdict,
    kernelVersions: [],
    failure: { stage, kind: 'no entry' },
    degraded: [],
    others: 'none',
    fallbackWhole: false,
    otherRootWhole: false,
    otherRoot: false,
    wayToOther: menu.wayToOther,
    ...(menu.olderByCopy === undefined ? {} : { olderByCopy: menu.olderByCopy }),
  };
}

function tryEntry(
  input: BootInput,
  entry: BootEntry,
  userspaces: Map<string, UserspaceStart>,
): Attempt {
  const { plan, disk, menu } = input;
  const gone = unmountable(disk, entry);
  if (gone !== undefined) return { start: { kernels: [] }, stop: gone, degraded: [] };
  const start = startKernel(plan, menu, disk, entry);
  const tree = hasRoot(entry) ? new RootTree(disk, entry.root) : undefined;
  const withTree = tree === undefined ? {} : { tree };
  const stop = start.stop ?? (entry.image === undefined ? rootStop(entry) : undefined);
  if (stop !== undefined) return { start, stop, degraded: [], ...withTree };
  if (tree === undefined) return { start, degraded: [] };
  if (isOpaque(entry)) {
    return { start, ...startImageUserspace(plan, tree, entry, start), ...withTree };
  }
  const userspace = userspaceOf(input, tree, entry, userspaces);
  const degraded = [...withoutModules(tree, start.kernels), ...userspace.degraded];
  const stopped = userspace.stop === undefined ? {} : { stop: userspace.stop };
  return { start, tree, degraded, ...stopped };
}

/** Entries that share a root share what it comes to. */
function userspaceOf(
  { plan, conditions }: BootInput,
  tree: RootTree,
  entry: BootEntry,
  known: Map<string, UserspaceStart>,
): UserspaceStart {
  const key = [plan.samePaths ? '' : entry.version, entry.init, rootName(entry)].join('|');
  const before = known.get(key);
  if (before !== undefined) return before;
  const userspace = startUserspace(plan, tree, entry, conditions?.(entry.root, tree));
  known.set(key, userspace);
  return userspace;
}

function unmountable(disk: DiskView, entry: BootEntry): Stop | undefined {
  const volumes = [
    entry.kernel.volume,
    ...(entry.image === undefined ? [] : [entry.image.volume]),
    ...entry.root.map(({ volume }) => volume),
  ];
  const volume = volumes.find((name) => !disk.volumes.has(name));
  if (volume === undefined) return undefined;
  const atLoader = volume === entry.kernel.volume;
  return {
    reached: atLoader ? 'firmware' : 'initramfs',
    failure: { stage: atLoader ? 'loader' : 'root', kind: 'unmountable' },
    because: reason(
      `The file system on ${volume} refuses to mount: what it needs first contradicts itself.`,
      'recordedClasses',
    ),
    console: unmountableLines(initramfsMaker(entry), volume),
  };
}

function hasRoot({ root }: BootEntry): boolean {
  return root.some(({ mountPoint }) => mountPoint === '/');
}

function rootStop(entry: BootEntry): Stop | undefined {
  if (entry.missing === undefined && hasRoot(entry)) return undefined;
  return {
    reached: 'initramfs',
    failure: { stage: 'root', kind: hasRoot(entry) ? 'damaged' : 'no root' },
    because:
      entry.missing ??
      reason(`The root that the entry “${entry.title}” names is not there.`, 'recordedClasses'),
    console: rootlessLines(initramfsMaker(entry), entry.isDeployment === true),
  };
}

/** A kernel without its modules still starts from its initramfs, but lacks the drivers that were not in there. */
function withoutModules(tree: RootTree, kernels: readonly PlannedKernel[]): readonly Reason[] {
  const [planned] = kernels;
  if (planned?.modules === undefined) return [];
  if (kernels.some(({ modules }) => modules !== undefined && tree.walk(modules) !== undefined)) {
    return [];
  }
  return [
    reason(
      `${planned.modules} is missing: the kernel ${planned.kernel.release} starts with the drivers of its initramfs alone.`,
      'modules',
    ),
  ];
}

function otherEntries(
  input: BootInput,
  chosen: BootEntry,
  userspaces: Map<string, UserspaceStart>,
): {
  readonly state: OtherEntries;
  /** Whether one of them lets somebody work. */
  readonly usable: boolean;
  readonly ownRoot: boolean;
  readonly ownRootWhole: boolean;
  readonly rootsGone?: Reason;
} {
  const others = input.menu.entries.filter(({ id }) => id !== chosen.id);
  if (others.length === 0) {
    return { state: 'none', usable: false, ownRoot: false, ownRootWhole: false };
  }
  const tried = others.map((entry) => ({
    entry,
    failure: tryEntry(input, entry, userspaces).stop?.failure,
  }));
  const usable = tried.filter(({ failure }) => failure === undefined);
  // Where nobody can log in, every file of the system may still be whole.
  const whole = tried.some(({ failure }) => failure === undefined || failure.kind === 'no login');
  const root = rootName(chosen);
  const hasOwnRoot = (entry: BootEntry): boolean =>
    !input.plan.samePaths || rootName(entry) !== root;
  const apart = others.filter(hasOwnRoot);
  const gone = apart.every(({ rootGone }) => rootGone === true) ? apart[0]?.missing : undefined;
  return {
    state: whole ? 'whole' : 'damaged',
    usable: usable.length > 0,
    ownRoot: apart.length > 0,
    ownRootWhole: usable.some(({ entry }) => hasOwnRoot(entry)),
    ...(gone === undefined ? {} : { rootsGone: gone }),
  };
}

/** Where the operating system of an entry lies; equal for entries that share it. */
function rootName({ image, root }: BootEntry): string {
  if (image !== undefined) return image.volume;
  return root
    .map(({ mountPoint, volume, directory }) => `${mountPoint} ${volume} ${String(directory)}`)
    .join('|');
}

function verdictOf(
  input: BootInput,
  entry: BootEntry,
  attempt: Attempt,
  others: boolean,
): BootVerdict {
  const { loader, menu } = input;
  const version = { version: entry.version, loader };
  const { stop, degraded } = attempt;
  if (loader === 'nothing bootable') return { ...version, ...blindLoader };
  if (stop !== undefined) {
    const { reached, because, console } = stop;
    const wayBack = others ? menu.wayToOther : rescueFor(stop, entry);
    return { ...version, starts: false, reached, because, console, wayBack };
  }
  const missing = degraded[0];
  return {
    ...version,
    starts: true,
    reached: 'applications',
    because: missing ?? entry.insteadOf ?? entry.goesOn ?? wholeStart(entry, loader),
    console: consoleOfStart(menu, entry, attempt.start.kernels[0]),
    wayBack:
      missing === undefined
        ? wayOfStart(menu, entry)
        : { kind: 'command', how: 'Install the package that owns the missing files again.' },
  };
}

function wayOfStart({ afterFailures }: BootMenu, { insteadOf }: BootEntry): WayBack {
  return insteadOf === undefined || afterFailures === undefined
    ? { kind: 'not needed', how: 'It starts by itself.' }
    : { kind: 'automatic', how: insteadOf.text };
}

const blindLoader = {
  starts: false,
  reached: 'firmware',
  because: reason(
    'The loader replays no journal, and without that it finds nothing to start: the new names are still in the journal only.',
    'journalReplay',
  ),
  console: ['grub>'],
  wayBack: rescue('mount the file system once, which replays its journal, and restart'),
} as const;

function wholeStart(entry: BootEntry, loader: LoaderView): Reason {
  const stale =
    loader === 'stale'
      ? ' The loader replays no journal and may still show the menu of before.'
      : '';
  return reason(
    `The kernel of “${entry.title}” and every file that the start needs are whole.${stale}`,
    loader === 'stale' ? 'journalReplay' : 'wholeFiles',
  );
}

/** The first two lines are in the menus that grub-mkconfig writes; entries of the Boot Loader Specification print nothing. */
function consoleOfStart(
  { loader }: BootMenu,
  entry: BootEntry,
  planned: PlannedKernel | undefined,
): readonly string[] {
  const targets = [
    '[  OK  ] Reached target multi-user.target - Multi-User System.',
    '[  OK  ] Reached target graphical.target - Graphical Interface.',
  ];
  if (loader === 'systemd-boot' || printsNothing(entry)) return targets;
  const linux = ['Loading Linux', planned?.kernel.release ?? '', '...'].filter(
    (word) => word !== '',
  );
  return [linux.join(' '), 'Loading initial ramdisk ...', ...targets];
}

function rescue(how: string): WayBack {
  return { kind: 'rescue medium', how: `Start a rescue medium: ${how}.` };
}

function rescueFor(stop: Stop, entry: BootEntry): WayBack {
  if (stop.rescue !== undefined) return rescue(stop.rescue);
  switch (stop.failure.kind) {
    case 'no entry':
      return rescue('put a whole kernel and its menu entry back');
    case 'unmountable':
      return rescue('check the file system; what cannot be mended comes back from a backup');
    case 'no root':
      return rescue('install the system again; data on other volumes stays');
    case 'damaged':
      return rescue('install the packages of the damaged files again from there');
    case 'mismatch':
      return rescue('finish the update from there');
    case 'no login':
      return rescue(accountsBack(entry));
  }
}
