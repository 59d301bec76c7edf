/** update, rollback, verify, startup: what `nixos-rebuild`, `nix-store` and the second stage of the start do. */
import type { MachineBrief, Work } from '../backend.ts';
import { remountReadOnly, removeTree, statusOf } from '../tool-calls.ts';
import { initramfsMicroseconds } from '../tool-cost.ts';
import { SystemError, type Procedure } from '../../kernel/process.ts';
import { contentKey } from '../../model/content.ts';
import type { VersionName } from '../../model/release.ts';
import { activate } from './activation.ts';
import { parseEntry, parseGrub } from './boot-files.ts';
import { installBootLoader } from './bootloader.ts';
import { closureOf, type StorePath } from './closure.ts';
import { configuredBrief } from './configuration.ts';
import { profiles, store, systemPath, versionNames, versionOfSystem } from './names.ts';
import { optionsOf } from './options.ts';
import { currentNumber, generations, replaceLink, setProfile, switchProfile } from './profile.ts';
import { addPath, connect, disconnect, validPaths, writePath } from './store.ts';

/** What the recorded run does before its first write: a sixth of the whole. It evaluates nothing. */
const recordedMicroseconds = 25_000;

/**
 * Evaluating the configuration of a system. Measured: 7.8 s for a real one, 2.7 s for a minimal one. Source:
 * https://discourse.nixos.org/t/is-nix-2-4-significantly-slower/16218.
 */
const evaluateMicroseconds = 7_800_000;

/** `nixos-rebuild switch --upgrade`: store, profile, boot loader, sync of the store, activation. */
export function* update(work: Work, to: VersionName): Procedure {
  yield* onStore(work, function* () {
    yield* switchTo(work, yield* configuredBrief(work), to);
  });
}

/** Builds a system, makes it the profile, the default entry and the running one; or some of these, as the machine is set. */
export function* switchTo(work: Work, configured: MachineBrief, to: VersionName): Procedure {
  const { os } = work;
  os.print('building the system configuration...');
  yield* realise({ os, brief: configured }, to);
  const system = systemPath(configured, to);
  const { rebuild } = optionsOf(configured.options);
  if (rebuild !== 'test') {
    yield* setProfile(work, system);
    yield* installBootLoader(work, yield* currentNumber(os));
  }
  if (rebuild === 'boot') return;
  os.print('activating the configuration...');
  yield* activate(work, system);
}

/** Evaluation, then the initrd, which is built on the machine because it depends on the machine's configuration. */
function prepareMicroseconds({ brief }: Work, to: VersionName): number {
  if (brief.release.size === 'recorded') return recordedMicroseconds;
  const sizeBytes = brief.release.kernels[to]?.initramfs.sizeBytes ?? 0;
  return evaluateMicroseconds + initramfsMicroseconds(sizeBytes);
}

/** Fetches what the database does not call valid. What it vouches for is not looked at, empty files included. */
function* realise(work: Work, to: VersionName): Procedure {
  const { os, brief } = work;
  os.stage('fetch store paths', {
    note: 'Files go to their final names and are registered as valid; their data is not synced.',
  });
  yield* os.compute(prepareMicroseconds(work, to));
  const connection = yield* connect(work);
  const valid = yield* validPaths(os);
  const missing = closureOf(brief, to).filter(({ path }) => !valid.has(path));
  try {
    for (const path of missing) yield* addPath(work, connection, path, path === missing[0]);
  } catch (error) {
    // Whatever ends the program, the database is closed: paths that were registered before stay valid.
    if (error instanceof SystemError) yield* disconnect(work, connection, true);
    throw error;
  }
  yield* disconnect(work, connection, missing.length > 0);
  os.print(`copied ${String(missing.length)} paths`);
}

/** `nixos-rebuild switch --rollback`: the generation before becomes profile, default entry and running system. */
export function* rollback(work: Work): Procedure {
  yield* onStore(work, function* () {
    const { os } = work;
    const current = yield* currentNumber(os);
    const target = (yield* generations(os)).filter(({ number }) => number < current).at(-1);
    if (target === undefined) {
      os.print(`error: no generation older than the current (${String(current)}) exists`, 'error');
      return;
    }
    os.stage('set the profile', { note: 'Back to the link of the generation before.' });
    yield* switchProfile(os, target.number);
    yield* installBootLoader(work, target.number);
    yield* activate(work, target.system);
  });
}

/** `nix-store --verify --check-contents --repair`: compares every valid path and writes damaged ones again. */
export function* verify(work: Work): Procedure {
  yield* onStore(work, function* () {
    const { os, brief } = work;
    os.stage('verify the store', { note: 'Only this looks at the contents of valid paths.' });
    os.print('reading the Nix store...');
    const valid = yield* validPaths(os);
    const checked = new Set<string>();
    for (const version of versionNames) {
      for (const path of closureOf(brief, version)) {
        if (checked.has(path.path) || !valid.has(path.path)) continue;
        checked.add(path.path);
        if (yield* isWhole(work, path)) continue;
        os.print(`path '${path.path}' was modified! repairing`, 'error');
        yield* removeTree(os, path.path);
        yield* writePath(os, path);
      }
    }
  });
}

function* isWhole({ os }: Work, { path, files }: StorePath): Procedure<boolean> {
  for (const file of files) {
    const status = yield* statusOf(os, `${path}${file.path}`);
    if (status === undefined || status.target !== file.target) return false;
    if (file.target !== undefined) continue;
    const content = yield* os.read(`${path}${file.path}`);
    if (contentKey(content) !== contentKey(file.content)) return false;
  }
  return true;
}

/** The second stage of a start: activation of the system whose init the default entry names. */
export function* startup(work: Work): Procedure {
  try {
    const system = yield* startedSystem(work);
    if (system === undefined) return;
    yield* activate(work, system);
    yield* replaceLink(work.os, system, '/run/booted-system', '/run/booted-system.tmp');
  } catch (error) {
    report(work, error);
  }
}

/** The system of the default entry; where /boot is not mounted, of the profile. */
function* startedSystem({ os, brief }: Work): Procedure<string | undefined> {
  const grub = optionsOf(brief.options).loader === 'grub';
  const menu = grub ? '/boot/grub/grub.cfg' : '/boot/loader/loader.conf';
  if ((yield* statusOf(os, menu)) === undefined) {
    const link = yield* os.readlink(`${profiles}/system`);
    return yield* os.readlink(`${profiles}/${link}`);
  }
  const text = yield* os.readText(menu);
  const id = /^default (\S+)\.conf$/m.exec(text)?.[1] ?? '';
  const entry = grub
    ? parseGrub(text)[0]
    : parseEntry(id, yield* os.readText(`/boot/loader/entries/${id}.conf`));
  const system = entry?.init.slice(0, entry.init.lastIndexOf('/'));
  return system !== undefined && versionOfSystem(system) !== undefined ? system : undefined;
}

/** The daemon works through a mount of its own that is writable; here the shared one is, while the tool runs. */
export function* onStore(work: Work, body: () => Procedure): Procedure {
  try {
    yield* work.os.remount(store, false);
    yield* body();
  } catch (error) {
    report(work, error);
  } finally {
    yield* remountReadOnly(work.os, store);
  }
}

function report({ os }: Work, error: unknown): void {
  if (!(error instanceof SystemError)) throw error;
  os.print(`error: ${error.call} '${error.path}': ${error.code}`, 'error');
}
