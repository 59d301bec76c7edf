/** Files that an installer makes on a machine whose /etc and /var are not part of what a version ships. */
import type { MachineBrief } from './backend.ts';
import { attributes, type Attributes } from '../model/attributes.ts';
import { wholeBlob, type BlobTable, type Content } from '../model/content.ts';
import { parentOf } from '../model/path.ts';
import type { Account } from '../model/release.ts';
import type { ImageBuilder } from '../model/volume.ts';
import type { Inode } from '../model/cell-table.ts';

/** A file with its text, at its path in the running machine. */
export interface MachineFile {
  readonly path: string;
  readonly content: Content;
  readonly mode: number;
}

/** Content that is exactly this text. */
export function textContent(blobs: BlobTable, text: string): Content {
  const blob = blobs.intern(text);
  return wholeBlob(blob, blobs.get(blob).sizeBytes);
}

/** The account that owns a path by lying in its home, or root. */
export function ownerOf(
  accounts: readonly Account[],
  path: string,
): { readonly user: number; readonly group: number } {
  const owner = accounts.find(({ home }) => path === home || path.startsWith(`${home}/`));
  return owner === undefined ? { user: 0, group: 0 } : { user: owner.uid, group: owner.uid };
}

/** passwd, group and shadow of the accounts. Source: passwd(5), group(5), shadow(5). */
function accountFiles({ blobs, release }: MachineBrief): readonly MachineFile[] {
  const people = release.accounts.map(({ name, uid, home }) => ({ name, id: String(uid), home }));
  const all = [{ name: 'root', id: '0', home: '/root' }, ...people.filter(({ id }) => id !== '0')];
  const lines = (text: (entry: (typeof all)[number]) => string): Content =>
    textContent(blobs, all.map((entry) => `${text(entry)}\n`).join(''));
  return [
    {
      path: '/etc/passwd',
      mode: 0o644,
      content: lines(({ name, id, home }) => `${name}:x:${id}:${id}::${home}:/bin/bash`),
    },
    { path: '/etc/group', mode: 0o644, content: lines(({ name, id }) => `${name}:x:${id}:`) },
    { path: '/etc/shadow', mode: 0o600, content: lines(({ name }) => `${name}:*:20000::::::`) },
  ];
}

/** What the installer puts into /etc beside what packages ship: accounts, and files with a named maker. */
export function installedConfiguration(brief: MachineBrief): readonly MachineFile[] {
  const accounts = accountFiles(brief);
  const known = new Set(accounts.map(({ path }) => path));
  const generated = brief.release.generated
    .filter(({ path }) => path.startsWith('/etc/') && !known.has(path))
    .map(({ path, maker, sizeBytes }) => ({
      path,
      mode: 0o644,
      content: wholeBlob(brief.blobs.intern(`${path} made by ${maker}`, sizeBytes), sizeBytes),
    }));
  return [...accounts, ...generated];
}

/**
 * What people changed and wrote before the story begins: edited configuration, then the scenario's data. Secrets are
 * for their owner alone.
 */
export function writtenByPeople(brief: MachineBrief): readonly MachineFile[] {
  const secrets = new Set(
    brief.data.filter(({ kind }) => kind === 'secret').map(({ path }) => path),
  );
  return [...brief.release.editedConfig, ...brief.data].map((file) => ({
    path: file.path,
    mode: secrets.has(file.path) || file.path.includes('/.ssh/') ? 0o600 : 0o644,
    content: textContent(brief.blobs, file.text),
  }));
}

/** Puts a file below `root` at `path`; directories that are missing get `owner`, a file that is there is replaced. */
export function putFile(
  builder: ImageBuilder,
  root: Inode,
  path: string,
  file: { readonly content: Content; readonly mode: number },
  owner: { readonly user: number; readonly group: number },
): void {
  const directory = builder.directory(root, parentOf(path), attributes('directory', 0o755, owner));
  const record: Attributes = attributes('file', file.mode, owner);
  builder.create(directory, path.slice(path.lastIndexOf('/') + 1), record, file.content);
}
