/**
 * Snapshots beside a system that is updated in place: Timeshift in its rsync mode. A snapshot is a tree of its own on the
 * same file system, hard-linked to the one before where nothing has changed; going back copies it over the running
 * root. Homes are left out unless somebody asks for them. Source: https://github.com/linuxmint/timeshift at 8958d974,
 * src/Core/Main.vala (add_default_exclude_entries, create_snapshot_with_rsync, create_restore_scripts).
 */
import type { Work } from '../backend.ts';
import { writeInPieces, makeDirectories, namesIn, removeTree, statusOf } from '../tool-calls.ts';
import type { Procedure, Process, Status } from '../../kernel/process.ts';
import type { DiskView } from '../../model/boot-entry.ts';
import { contentKey } from '../../model/content.ts';
import { nameOf, parentOf } from '../../model/path.ts';
import type { Reason } from '../../model/verdict.ts';
import { isLeftOut, listName, snapshotName, snapshotsDirectory } from './timeshift-names.ts';
import { writeMenu } from './kernel-hook.ts';
import { treeOf } from './volume-text.ts';

const source = 'https://github.com/linuxmint/timeshift';

/** What rsync writes at once. Source: rsync.h, WRITE_SIZE. */
const bufferBytes = 32_768;

/** Path in the root → what is there; directories before what they hold. */
type Listing = ReadonlyMap<string, Status>;

/** Everything below `top` that a snapshot takes; what is left out keeps its directory. */
function* listed(os: Process, top: string): Procedure<Listing> {
  const found = new Map<string, Status>();
  yield* listInto(os, top, '', found);
  return found;
}

function* listInto(os: Process, top: string, below: string, found: Map<string, Status>): Procedure {
  const directory = `${top}${below}`;
  for (const name of yield* namesIn(os, directory === '' ? '/' : directory)) {
    const path = `${below}/${name}`;
    const status = yield* os.lstat(`${top}${path}`);
    found.set(path, status);
    if (status.kind === 'directory' && !isLeftOut(path)) yield* listInto(os, top, path, found);
  }
}

/** rsync compares size and time; contents stand for the time here. */
function* isSame(
  os: Process,
  left: readonly [string, Status],
  right: readonly [string, Status | undefined],
): Procedure<boolean> {
  const [one, other] = [left[1], right[1]];
  if (other === undefined || one.kind !== other.kind || one.target !== other.target) return false;
  if (one.kind !== 'file') return true;
  if (one.sizeBytes !== other.sizeBytes || one.mode !== other.mode) return false;
  const [here, there] = [yield* os.read(left[0]), yield* os.read(right[0])];
  return contentKey(here) === contentKey(there);
}

function* copy(os: Process, from: readonly [string, Status], to: string): Procedure {
  const [path, { kind, target, mode, user, group }] = from;
  const temporary = `${parentOf(to)}/.${nameOf(to)}.XXXXXX`;
  if (kind === 'symlink') yield* os.symlink(target ?? '', temporary);
  else yield* writeInPieces(os, temporary, yield* os.read(path), { bufferBytes, mode });
  if (user !== 0 || group !== 0) yield* os.chown(temporary, user, group);
  yield* os.rename(temporary, to);
}

/** Snapshots that are whole as far as Timeshift knows, the oldest first. */
function* snapshots(os: Process): Procedure<readonly string[]> {
  const known: string[] = [];
  for (const name of yield* namesIn(os, snapshotsDirectory)) {
    const list = yield* statusOf(os, `${snapshotsDirectory}/${name}/${listName}`);
    if ((list?.sizeBytes ?? 0) > 0) known.push(name);
  }
  return known;
}

/** `timeshift --create`. */
export function* takeSnapshot({ os }: Work): Procedure {
  os.stage('take a snapshot with Timeshift', {
    note: 'What is as in the snapshot before becomes a hard link to it, the rest is copied. Homes are left out, and nothing is synced.',
  });
  const last = (yield* snapshots(os)).at(-1);
  const name = snapshotName((yield* namesIn(os, snapshotsDirectory)).length + 1);
  os.print(`Creating new snapshot...(RSYNC)`);
  const before = `${snapshotsDirectory}/${last ?? ''}/localhost`;
  const after = `${snapshotsDirectory}/${name}/localhost`;
  yield* makeDirectories(os, after);
  const linked = last === undefined ? new Map<string, Status>() : yield* listed(os, before);
  for (const [path, status] of yield* listed(os, '')) {
    const to = `${after}${path}`;
    if (status.kind === 'directory') {
      yield* os.mkdir(to, status.mode);
      continue;
    }
    const same = yield* isSame(os, [path, status], [`${before}${path}`, linked.get(path)]);
    if (same) yield* os.link(`${before}${path}`, to);
    else yield* copy(os, [path, status], to);
  }
  yield* os.writeFile(`${snapshotsDirectory}/${name}/${listName}`, '{"tags":"ondemand"}\n');
  os.print('RSYNC Snapshot saved successfully');
}

/** `timeshift --restore` of the newest snapshot, over the running root. */
export function* restoreSnapshot(work: Work): Procedure {
  const { os } = work;
  const name = (yield* snapshots(os)).at(-1);
  if (name === undefined) {
    os.print('E: No snapshots found', 'error');
    return;
  }
  os.print('Please do not interrupt the restore process!');
  const top = `${snapshotsDirectory}/${name}/localhost`;
  const wanted = yield* listed(os, top);
  os.stage('delete what the snapshot lacks', {
    note: 'In the root that runs: from here on it is neither the new version nor the old one.',
  });
  for (const [path] of yield* listed(os, '')) {
    if (!wanted.has(path)) yield* removeTree(os, path);
  }
  os.stage('copy back what differs', {
    note: 'File by file, under a temporary name and renamed, /etc and /var among them; a power cut leaves a mixture.',
  });
  for (const [path, status] of wanted) {
    const there = yield* statusOf(os, path);
    if (status.kind === 'directory') {
      if (there === undefined) yield* os.mkdir(path, status.mode);
      continue;
    }
    if (yield* isSame(os, [`${top}${path}`, status], [path, there])) continue;
    yield* copy(os, [`${top}${path}`, status], path);
  }
  os.stage('sync', { note: 'What was copied is on the disk before the menu is written again.' });
  yield* os.sync();
  yield* writeMenu(work);
  yield* os.sync();
  os.print('Rebooting system...');
}

/** What the disk says of snapshots that could be copied back. */
export function snapshotsOn(disk: DiskView): Reason {
  const tree = treeOf(disk, 'root');
  const known = tree
    .list(snapshotsDirectory)
    .filter((name) => (tree.file(`${snapshotsDirectory}/${name}/${listName}`)?.sizeBytes ?? 0) > 0);
  if (known.length === 0) {
    const text =
      'No snapshot of Timeshift is on the disk: it keeps them on the file system of the system itself, and they share its fate.';
    return { text, source };
  }
  const text = `Timeshift lists ${known.length === 1 ? 'a snapshot' : `${String(known.length)} snapshots`} on this disk, whose files were not looked at: \`timeshift --restore\`, from a rescue medium where the machine does not start, copies one back over what is there. /etc and /var go back with it, homes do not.`;
  return { text, source };
}
