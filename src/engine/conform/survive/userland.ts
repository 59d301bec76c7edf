/**
 * What all recorded layouts have in common: the same Debian userland, two people, their documents and secrets, a
 * service. How many files lie in which part of /usr comes from the complaints of rm in the recordings rm-*.
 */
import type { VolumeId } from '../../../model/device.ts';
import type { KindCounts, VolumePath } from './layout.ts';
import type { TreeBuilder } from './tree-builder.ts';

/** Files of /usr/bin, /usr/sbin, /usr/libexec, /usr/lib64 and /usr/lib; what remains lies in /usr/share. */
const partCounts = { bin: 381, sbin: 120, libexec: 6, lib64: 1, lib: 2773 } as const;

/** Symbolic links among the files of /usr, as counted in rm-mutable-rmstar; they are put into /usr/lib. */
const usrLinks = 336;

/** Links at the root of a merged /usr. */
export const mergedLinks = ['bin', 'lib', 'lib64', 'sbin'] as const;

/** A path below another. */
export function below({ volume, path }: VolumePath, name: string): VolumePath {
  return { volume, path: path === '' ? name : `${path}/${name}` };
}

/** A place on a volume. */
export function at(volume: VolumeId, path = ''): VolumePath {
  return { volume, path };
}

/** A /usr. Content is a matter of version and place in it, so two roots of one version hold the same. */
export function putUsr(
  tree: TreeBuilder,
  root: VolumePath,
  kind: string,
  files: number,
  version: string,
): void {
  const usr = below(root, 'usr');
  let left = files;
  for (const [part, count] of Object.entries(partCounts)) {
    const links = part === 'lib' ? usrLinks : 0;
    const text = (index: number): string => `${version} usr/${part} ${String(index)}`;
    const empties = part === 'lib' ? 6 : 0;
    const own = part === 'bin' || part === 'sbin' || part === 'lib64';
    if (own) putFlat(tree, below(usr, part), kind, count, text);
    else tree.area(below(usr, part), { kind, files: Math.min(count, left), links, empties, text });
    left = Math.max(0, left - count);
  }
  const text = (index: number): string => `${version} usr/share ${String(index)}`;
  tree.area(below(usr, 'share'), { kind, files: left, empties: 7, text });
  for (const name of ['games', 'include', 'src']) tree.directory(below(usr, name));
}

function putFlat(
  tree: TreeBuilder,
  place: VolumePath,
  kind: string,
  count: number,
  text: (index: number) => string,
): void {
  for (let index = 0; index < count; index++) {
    tree.file(kind, below(place, `program${String(index)}`), text(index));
  }
}

/** How many links are among the files of /etc, and how many files the machine itself made, which exist once. */
const etcLinks = 43;
const etcOwnFiles = 5;

/** Shipped configuration. `version` decides the content of all but the machine's own files. */
export function putEtc(
  tree: TreeBuilder,
  etc: VolumePath,
  kind: string,
  files: number,
  version: string,
): void {
  const text = (index: number): string =>
    index < etcOwnFiles
      ? `${etc.volume} ${etc.path} own ${String(index)}`
      : `${version} etc ${String(index)}`;
  tree.area(etc, { kind, files, links: etcLinks, empties: 25, text });
}

/** Configuration that people edited: /etc/hosts, and files in /etc/lab, `late` of them after the update. */
export function putEdited(
  tree: TreeBuilder,
  etc: VolumePath,
  kind: string,
  { early, late }: { readonly early: number; readonly late: number },
): void {
  if (late > 0) tree.file(kind, below(etc, 'hosts'), '2');
  else if (early > 0) tree.file(kind, below(etc, 'hosts'), '1');
  const edited = late > 0 ? early : early - 1;
  for (let index = 0; index < edited; index++) {
    tree.file(kind, below(etc, `lab/early${String(index)}.conf`), `early ${String(index)}`);
  }
  for (let index = 1; index < late; index++) {
    tree.file(kind, below(etc, `lab/late${String(index)}.conf`));
  }
}

const alice = 1000;
const bob = 1001;

/** Documents: 41 of alice, 13 of bob, the rest in root's home. */
export function putPeople(
  tree: TreeBuilder,
  counts: KindCounts,
  home: VolumePath,
  rootHome: VolumePath,
): void {
  const kind = 'user-docs';
  const people = below(home, 'alice');
  tree.directory(people, { user: alice });
  for (let index = 0; index < 40; index++) {
    tree.file(
      kind,
      below(people, `Documents/${String(index % 2)}/${String(index)}.txt`),
      undefined,
      {
        user: alice,
      },
    );
  }
  for (const path of ['Documents', 'Documents/0', 'Documents/1', '.ssh', '.gnupg']) {
    tree.directory(below(people, path), {
      user: alice,
      mode: path.startsWith('.') ? 0o700 : 0o755,
    });
  }
  tree.file(kind, below(people, '.bashrc'), undefined, { user: alice });
  const other = below(home, 'bob');
  tree.directory(other, { user: bob });
  tree.directory(below(other, 'private'), { user: bob, mode: 0o700 });
  tree.directory(below(other, 'open'), { user: bob, mode: 0o777 });
  for (let index = 0; index < 13; index++) {
    const place = below(other, `${index < 10 ? 'private' : 'open'}/${String(index)}.txt`);
    tree.file(kind, place, undefined, { user: bob });
  }
  tree.directory(rootHome, { mode: 0o700 });
  tree.file(kind, below(rootHome, 'notes.txt'));
  const rest = (counts[kind] ?? 0) - 55;
  for (let index = 0; index < rest; index++) {
    tree.file(kind, below(rootHome, `.profile${String(index)}`));
  }
  const secret = 'user-secrets';
  tree.file(secret, below(people, '.ssh/id_ed25519'), undefined, { user: alice, mode: 0o600 });
  tree.file(secret, below(people, '.gnupg/key'), undefined, { user: alice, mode: 0o600 });
  tree.file(secret, below(rootHome, '.ssh/id_ed25519'), undefined, { mode: 0o600 });
}

/** A service with its database, a web site, a directory where everybody may leave files, and what else /var holds. */
export function putService(
  tree: TreeBuilder,
  counts: KindCounts,
  variable: VolumePath,
  srv: VolumePath,
  options: { readonly links: number; readonly text?: (index: number) => string },
): void {
  const kind = 'service-data';
  for (const name of ['app.db', 'state']) tree.file(kind, below(variable, `lib/svc/${name}`));
  tree.file(kind, below(srv, 'www/index.html'));
  tree.directory(below(srv, 'drop'), { mode: 0o1777 });
  tree.file(kind, below(srv, 'drop/of-alice'), undefined, { user: alice });
  tree.file(kind, below(srv, 'drop/of-bob'), undefined, { user: bob });
  const files = (counts[kind] ?? 0) - 5;
  const { text } = options;
  tree.area(below(variable, 'lib/other'), {
    ...{ kind, files, links: Math.min(options.links, files), empties: 10 },
    ...(text === undefined ? {} : { text }),
  });
}

/** A link at the root: its name, its target, and the kind that the first recordings counted it as. */
export type RootLink = readonly [name: string, target: string, kindBefore: string];

/** The links of a merged /usr. */
export const mergedUsr: readonly RootLink[] = mergedLinks.map((name) => [
  name,
  `usr/${name}`,
  'os',
]);

/** Whether the recording counts the links at the root as a kind of their own. */
function countsApart(counts: KindCounts, links: readonly RootLink[]): boolean {
  return (counts['root-skeleton'] ?? 0) >= links.length;
}

/** The counts without the links at the root. */
export function withoutRootLinks(counts: KindCounts, links: readonly RootLink[]): KindCounts {
  if (countsApart(counts, links)) return counts;
  const rest: Record<string, number> = { ...counts };
  for (const [, , kind] of links) rest[kind] = (rest[kind] ?? 0) - 1;
  return rest;
}

/** Puts the links at the root. */
export function putRootLinks(
  tree: TreeBuilder,
  root: VolumePath,
  counts: KindCounts,
  links: readonly RootLink[],
): void {
  const apart = countsApart(counts, links);
  for (const [name, target, kind] of links) {
    tree.link(apart ? 'root-skeleton' : kind, below(root, name), target);
  }
}
