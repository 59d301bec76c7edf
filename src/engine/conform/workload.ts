/** The words of a recorded workload, as a machine of ours: which backend, with which options. */
import { profileRecordedAs } from '../../persistence/registry.ts';
import type { BackendId, BackendOptions } from '../../model/system.ts';

/** What was recorded: an update by a backend, or programs that save. */
export type Workload =
  | { readonly kind: 'update'; readonly backend: BackendId; readonly options: BackendOptions }
  | { readonly kind: 'saves'; readonly profile: string };

/** A workload, or a sentence on each word that has no counterpart here. */
export type ReadWorkload =
  | { readonly ok: true; readonly value: Workload }
  | { readonly ok: false; readonly problems: readonly string[] };

type Words = { readonly [word: string]: unknown };

const fileSystems = ['ext4', 'xfs', 'btrfs'];
const truth = [true, false];

/** Backend → the words that it takes, each with its values; the first is meant where the word is absent. */
const known: { readonly [backend in BackendId]: { readonly [word: string]: readonly unknown[] } } =
  {
    mutable: {
      tool: ['dpkg', 'rpm', 'rsync'],
      filesystem: fileSystems,
      bootFilesystem: fileSystems,
      unsafeIo: truth,
      kernelHookSyncs: truth,
    },
    ostree: {
      filesystem: fileSystems,
      bootFilesystem: fileSystems,
      staged: truth,
    },
    ab: {
      filesystem: fileSystems,
      bootFilesystem: fileSystems,
      slotImage: ['squashfs', 'erofs', 'ext4'],
      slotWrite: ['write-then-fsync', 'write-then-close', 'write-held-open'],
      flag: ['after', 'before', 'rauc'],
      verity: truth,
    },
    btrfs: {
      filesystem: ['btrfs'],
      tool: ['dpkg', 'rpm', 'rsync'],
      kernelHookSyncs: truth,
    },
    nix: {
      filesystem: fileSystems,
      bootFilesystem: fileSystems,
      loader: ['systemd-boot', 'grub'],
      finalSync: truth,
    },
  };

const isBackend = (word: unknown): word is BackendId =>
  typeof word === 'string' && Object.hasOwn(known, word);

/** Reads the words; every word that is not known here is a problem, never passed over. */
export function readWorkload(words: Words): ReadWorkload {
  if (words['programs'] !== undefined) return readSaves(words);
  const { backend } = words;
  if (!isBackend(backend)) {
    return { ok: false, problems: [`There is no backend ${text(backend)}.`] };
  }
  const table = known[backend];
  const problems = Object.entries(words).flatMap(([word, value]) => {
    if (word === 'backend' || word === 'rerun') return [];
    const values = table[word];
    if (values === undefined) return [`The word ${word} means nothing to the backend ${backend}.`];
    return values.includes(value)
      ? []
      : [`${word} cannot be ${text(value)}; it is one of ${values.map(text).join(', ')}.`];
  });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: { kind: 'update', backend, options: optionsOf(backend, words) } };
}

function readSaves(words: Words): ReadWorkload {
  const { programs, filesystem = 'ext4', ...others } = words;
  const problems = Object.keys(others).map((word) => `The word ${word} means nothing to programs.`);
  if (programs !== 'saves') problems.push(`There are no programs ${text(programs)}.`);
  const profile = typeof filesystem === 'string' ? profileRecordedAs(filesystem) : undefined;
  if (profile === undefined) problems.push(`There is no file system ${text(filesystem)}.`);
  return profile === undefined || problems.length > 0
    ? { ok: false, problems }
    : { ok: true, value: { kind: 'saves', profile: profile.id } };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
}

/** The layout of the laboratory: no EFI system partition under the root, the menu renamed over the old one. */
function optionsOf(backend: BackendId, words: Words): BackendOptions {
  const given: { [option: string]: string | boolean } = {};
  for (const [word, value] of Object.entries(words)) {
    if (word === 'backend' || word === 'rerun') continue;
    if (typeof value === 'string' || typeof value === 'boolean') given[word] = value;
  }
  switch (backend) {
    case 'mutable':
      return { kernelHookSyncs: false, ...given, layout: 'root-only', menuWrite: 'rename' };
    case 'ostree': {
      const layout = words['bootFilesystem'] === undefined ? 'single' : 'fedora';
      return {
        ...{ filesystem: 'ext4', staged: false, ...given },
        ...{ layout, composefs: false, afterSwitch: 'fsync' },
      };
    }
    case 'ab':
      return { ...given, tool: 'slot-image' };
    case 'btrfs':
      return { tool: 'dpkg', ...given, layout: 'recorded' };
    case 'nix':
      return { bootFilesystem: 'root', ...given };
  }
}
