/** What people do on a NixOS besides updating: packages by configuration, collecting garbage, starting afresh. */
import type { Work } from '../backend.ts';
import { namesIn, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { closureOf } from './closure.ts';
import {
  briefNaming,
  configurationFile,
  configurationText,
  declarable,
  namedPackages,
} from './configuration.ts';
import { onStore, switchTo } from './lifecycle.ts';
import { profiles, store, versionOfSystem } from './names.ts';
import { currentNumber, generations } from './profile.ts';
import { connect, deletePath, disconnect, validPaths } from './store.ts';

/** Whether a package is to stand in the configuration. */
interface Wish {
  readonly name: string;
  readonly isWanted: boolean;
}

/**
 * Somebody edits configuration.nix and runs `nixos-rebuild switch`: the same steps as an update, without a new channel.
 * Source: NixOS manual, "Declarative Package Management".
 */
function* edit(work: Work, wishes: readonly Wish[]): Procedure {
  yield* onStore(work, function* () {
    const { os, brief } = work;
    const known = declarable(brief.release);
    const named = namedPackages(yield* os.readText(configurationFile));
    const idle = wishes.find(
      ({ name, isWanted }) => named.includes(name) === isWanted || !known.includes(name),
    );
    if (idle !== undefined) {
      os.print(whyNot(work, idle), idle.isWanted ? 'error' : 'output');
      return;
    }
    os.stage('edit configuration.nix', {
      note: 'Until nixos-rebuild runs, nothing follows from it.',
    });
    const isNamed = (one: string): boolean =>
      wishes.find(({ name }) => name === one)?.isWanted ?? named.includes(one);
    const names = known.filter(isNamed);
    yield* os.writeFile(configurationFile, configurationText(names));
    const number = yield* currentNumber(os);
    const current = (yield* generations(os)).find((one) => one.number === number);
    yield* switchTo(work, briefNaming(brief, names), current?.version ?? 'v1');
  });
}

function whyNot({ brief }: Work, { name, isWanted }: Wish): string {
  const isKnown = brief.release.packages.some((one) => one.name === name);
  if (!isKnown && isWanted) return `error: undefined variable '${name}'`;
  return isWanted
    ? `${name} is part of the system already.`
    : `${name} does not stand in environment.systemPackages: nothing to take out.`;
}

/** A package is added to `environment.systemPackages`. */
export function* installPackage(work: Work, name: string): Procedure {
  yield* edit(work, [{ name, isWanted: true }]);
}

/** A package is taken out of it; the former generation still has it. */
export function* removePackage(work: Work, name: string): Procedure {
  yield* edit(work, [{ name, isWanted: false }]);
}

/** One name in the place of another: one new generation with both changes. */
export function* replacePackage(work: Work, name: string, by: string): Procedure {
  yield* edit(work, [
    { name: by, isWanted: true },
    { name, isWanted: false },
  ]);
}

/**
 * `nix-collect-garbage -d`: the links of all other generations go, then every path of the store that no root leads to
 * and that the database calls valid. Boot entries stay as they are until the next nixos-rebuild, so they name systems
 * that are gone. Without a database nothing is valid, and everything goes. Source: Nix manual, nix-collect-garbage;
 * nixpkgs, doc/manual/administration/cleaning-store.chapter.md; measured, systems.md M18.
 */
export function* collectGarbage(work: Work): Procedure {
  yield* onStore(work, function* () {
    const { os } = work;
    os.stage('forget the other generations', {
      note: 'Their links go: from here on there is no generation to go back to.',
    });
    const current = yield* currentNumber(os);
    for (const { number } of yield* generations(os)) {
      if (number !== current) yield* os.unlink(`${profiles}/system-${String(number)}-link`);
    }
    const connection = yield* connect(work);
    const live = yield* livePaths(work);
    os.stage('delete what no root leads to', {
      note: 'Path by path: first the database forgets it, then its files go. The boot menu is not rewritten.',
    });
    let deleted = 0;
    for (const name of yield* namesIn(os, store)) {
      const path = `${store}/${name}`;
      if (live.has(path)) continue;
      yield* deletePath(work, connection, path);
      deleted += 1;
    }
    yield* disconnect(work, connection, deleted > 0);
    os.print(`${String(deleted)} store paths deleted`);
  });
}

/** What the generations that are left and the running system consist of, as far as the database knows it. */
function* livePaths(work: Work): Procedure<ReadonlySet<string>> {
  const { os } = work;
  const systems = (yield* generations(os)).map(({ system }) => system);
  for (const link of ['/run/current-system', '/run/booted-system']) {
    const target = (yield* statusOf(os, link))?.target;
    if (target !== undefined) systems.push(target);
  }
  const live = new Set<string>();
  for (const system of new Set(systems)) {
    for (const path of yield* pathsOfSystem(work, system)) live.add(path);
  }
  const valid = yield* validPaths(os);
  return new Set([...live].filter((path) => valid.has(path)));
}

/** The closure of a system; which packages it goes without is seen by the links that it lacks. */
function* pathsOfSystem({ os, brief }: Work, system: string): Procedure<readonly string[]> {
  const version = versionOfSystem(system);
  if (version === undefined) return [system];
  const linked = new Set(yield* namesIn(os, `${system}/sw`));
  const without = brief.release.packages
    .filter(({ name, versions }) => versions[version] !== undefined && !linked.has(name))
    .map(({ name }) => name);
  return [...closureOf({ ...brief, without }, version).map(({ path }) => path), system];
}

/** What a start needs, and what is no disk. */
const keptDirectories: readonly string[] = ['boot', 'dev', 'nix', 'proc', 'run', 'sys'];

/**
 * No command, but a thing that people do: everything goes but /nix and /boot, and the next start makes the rest from
 * the store. Homes, service data and configuration.nix are gone with it. Source:
 * https://grahamc.com/blog/erase-your-darlings/.
 */
export function* factoryReset(work: Work): Procedure {
  const { os } = work;
  os.stage('delete everything but /nix and /boot', {
    note: 'The store and the boot entries are all that a start needs; the rest is made again.',
  });
  for (const name of yield* namesIn(os, '/')) {
    if (!keptDirectories.includes(name)) yield* removeTree(os, `/${name}`);
  }
  os.print('Restart: activation makes /etc and the homes again.');
}
