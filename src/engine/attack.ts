/** Attacks, tried through system calls with the rights that the attacker has: what the kernel refuses does not happen. */
import { SystemError, type Procedure } from '../kernel/process.ts';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import { textContent } from './live-text.ts';
import { subvolumeOf } from '../model/cell-table.ts';
import type { DataKind } from '../model/fate.ts';
import { parentOf } from '../model/path.ts';
import type { Attack, PlantedThing } from '../model/scenario.ts';
import type { Reason } from '../model/verdict.ts';
import { homeOf } from './home-path.ts';
import { namedFile, type NamedFile } from './named-file.ts';
import type { Mark } from './marks.ts';
import type { Story } from './story.ts';

const flatpakManual = 'https://manpages.debian.org/bookworm/flatpak/flatpak-override.1.en.html';
const permissionsManual = 'https://man7.org/linux/man-pages/man7/path_resolution.7.html';

/** What is left behind: where, and when it is started again. */
const planted: {
  readonly [thing in PlantedThing]: {
    readonly path: string;
    readonly kind: DataKind;
    readonly label: string;
    readonly starts: string;
  };
} = {
  autostart: {
    path: '~/.config/autostart/helper.desktop',
    kind: 'app-settings',
    label: 'Autostart entry of the attacker',
    starts: 'it runs again whenever its user logs in',
  },
  service: {
    path: '/etc/systemd/system/helper.service',
    kind: 'edited-config',
    label: 'System service of the attacker',
    starts: 'it runs again at each start, with the rights of root',
  },
  program: {
    path: '/usr/bin/ls',
    kind: 'applications',
    label: 'Program that the attacker put in the place of ls',
    starts: 'it runs whenever somebody lists a directory',
  },
};

/** Performs an attack, and marks the data that it reached. */
export function attack(story: Story, { by, read, overwrite, plant, permissions }: Attack): void {
  const os = story.processOf(by === 'root-program' ? 'root' : 'sam');
  os.print(`${wordsOf[by]} is at work`, 'note');
  const sandbox = by === 'sandboxed-program' ? openedBy(permissions) : undefined;
  const may = (path: string): boolean => sandbox?.some((one) => path.startsWith(one)) ?? true;
  const named = (name: string): NamedFile =>
    namedFile(story.backend, story.brief, story.running, name);
  for (const name of read) attempt(story, os, may, readIt(story, os, named(name)));
  for (const name of overwrite) attempt(story, os, may, overwriteIt(story, os, named(name)));
  for (const thing of plant) attempt(story, os, may, plantIt(story, os, thing));
}

const wordsOf: { readonly [actor in Attack['by']]: string } = {
  'user-program': 'A program that sam started, with sam’s rights,',
  'sandboxed-program': 'A program in a sandbox',
  'root-program': 'A program with the rights of root',
};

function openedBy(permissions: Attack['permissions']): readonly string[] {
  const home = homeOf('sam');
  const own = `${home}/.var/app/org.example.App/`;
  const folders = {
    home: `${home}/`,
    documents: `${home}/Documents/`,
    downloads: `${home}/Downloads/`,
  };
  return [own, ...permissions.map((permission) => folders[permission])];
}

/** One thing that is tried: what it is called, which path it needs, and what it comes to. */
interface Try {
  readonly words: string;
  readonly path: string;
  readonly datum: string | undefined;
  readonly procedure: (this: void) => Procedure;
  readonly mark: (this: void) => Mark | undefined;
}

function attempt(
  story: Story,
  os: SimulatedProcess,
  may: (path: string) => boolean,
  { words, path, datum, procedure, mark }: Try,
): void {
  const made = mark();
  const refuse = (because: Reason): void => {
    os.print(`${words}: ${because.text}`, 'error');
    if (datum === undefined) return;
    const kind = made?.kind === 'planted' ? 'never-planted' : 'refused';
    const isThere = story.marks.some((one) => one.kind === 'planted' && one.datum === datum);
    if (kind === 'refused' || !isThere) story.marks.push({ kind, datum, because });
  };
  if (!may(path)) {
    const text = `${path} cannot be seen from inside the sandbox, which does not open that folder.`;
    refuse({ text, source: flatpakManual });
    return;
  }
  let failure: SystemError | undefined;
  const watched = function* (): Procedure {
    try {
      yield* procedure();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      failure = error;
    }
  };
  story.machine.perform(os, watched());
  if (failure !== undefined) {
    const text = `It fails with ${failure.code}: ${wordsOfError(failure)}.`;
    refuse({ text, source: 'the simulated system calls of this run' });
    return;
  }
  os.print(`${words}: done`, 'note');
  if (made !== undefined) story.marks.push(made);
}

function wordsOfError({ code, path }: SystemError): string {
  if (code === 'EROFS') return `${path} lies on a file system that is read-only`;
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  if (isForbidden) return `the rights of the program do not reach ${path}`;
  if (code === 'ENOENT') return `${path} is not there`;
  return `the kernel refuses ${path}`;
}

function readIt(story: Story, os: SimulatedProcess, { path, datum }: NamedFile): Try {
  return {
    words: `reading ${path}`,
    path,
    datum,
    procedure: function* (): Procedure {
      yield* os.read(path);
    },
    mark: () =>
      datum === undefined
        ? undefined
        : {
            kind: 'read',
            datum,
            because: {
              text: `${path} was read and sent away: the program had the rights to open it, and what has left the machine no update, rollback or reset brings back.`,
              source: permissionsManual,
            },
          },
  };
}

function overwriteIt(story: Story, os: SimulatedProcess, { path, datum }: NamedFile): Try {
  const text = `encrypted: ${path}\n`;
  return {
    words: `overwriting ${path}`,
    path,
    datum,
    procedure: () => writeAnyhow(os, path, text),
    mark: () =>
      datum === undefined
        ? undefined
        : {
            kind: 'overwritten',
            datum,
            path,
            content: textContent(story.brief.blobs, text),
            because: {
              text: `${path} holds what the attacker wrote in its place.`,
              source: 'the simulated system calls of this run',
            },
          },
  };
}

function plantIt(story: Story, os: SimulatedProcess, thing: PlantedThing): Try {
  const { path: place, kind, label, starts } = planted[thing];
  const { path } = namedFile(story.backend, story.brief, story.running, place);
  const text = `helper, left by the attacker (${thing})\n`;
  const content = textContent(story.brief.blobs, text);
  const id = `planted-${thing}`;
  if (!story.planted.some(({ datum }) => datum.id === id)) {
    story.planted.push({ datum: { id, kind, label, paths: [path] }, content });
  }
  return {
    words: `leaving ${path}`,
    path,
    datum: id,
    procedure: () => writeAnyhow(os, path, text),
    mark: () => ({
      kind: 'planted',
      datum: id,
      path,
      content,
      because: {
        text: `${path} is still what the attacker left: ${starts}.`,
        source: 'the bytes on this disk, against what the attacker wrote',
      },
    }),
  };
}

/**
 * Writes in place; root, refused by something read-only, lifts it first: the mount, the property of a btrfs subvolume,
 * the immutable flag. Source: conformance/survive, tampering as root, on each layout.
 */
function* writeAnyhow(os: SimulatedProcess, path: string, text: string): Procedure {
  try {
    yield* write(os, path, text);
    return;
  } catch (error) {
    const isRefusal = error instanceof SystemError && ['EROFS', 'EPERM'].includes(error.code);
    if (!isRefusal || os.user !== 0) throw error;
  }
  for (const lift of [remount, clearSubvolume, clearFlag]) {
    try {
      yield* lift(os, path);
      yield* write(os, path, text);
      return;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
  yield* write(os, path, text);
}

function* write(os: SimulatedProcess, path: string, text: string): Procedure {
  yield* makeParents(os, parentOf(path));
  yield* os.writeFile(path, text);
}

function* makeParents(os: SimulatedProcess, path: string): Procedure {
  if (path === '' || path === '/') return;
  try {
    yield* os.stat(path);
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== 'ENOENT') throw error;
    yield* makeParents(os, parentOf(path));
    yield* os.mkdir(path);
  }
}

/** Mount points above a path, the nearest first. */
function mountPointsAbove(path: string): readonly string[] {
  const names = path.split('/').filter((name) => name !== '');
  return names.map((_, index) => `/${names.slice(0, names.length - index - 1).join('/')}`);
}

function* remount(os: SimulatedProcess, path: string): Procedure {
  for (const above of mountPointsAbove(path)) {
    try {
      yield* os.remount(above, false);
      os.print(`mount -o remount,rw ${above}`, 'note');
      return;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}

function* clearSubvolume(os: SimulatedProcess, path: string): Procedure {
  const inode = (yield* os.stat(parentOf(path))).inode;
  for (const above of mountPointsAbove(path)) {
    const there = yield* os.stat(above);
    if (subvolumeOf(there.inode) !== subvolumeOf(inode)) continue;
    try {
      yield* os.setSubvolumeReadOnly(above, false);
      os.print(`btrfs property set ${above} ro false`, 'note');
      return;
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }
}

function* clearFlag(os: SimulatedProcess, path: string): Procedure {
  yield* os.setImmutable(parentOf(path), false);
  os.print(`chattr -i ${parentOf(path)}`, 'note');
}
