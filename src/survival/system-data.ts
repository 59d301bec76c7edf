/** The data that every machine has: the operating system and what goes with it. */
import type { BootResult, OtherEntries } from '../model/boot-result.ts';
import { wholeBlob, type BlobTable } from '../model/content.ts';
import { blobOf } from '../model/expected-file.ts';
import type { ContentFate, DataKind, Datum, DatumFate } from '../model/fate.ts';
import type { Release } from '../model/release.ts';
import type { BootVerdict, Reason } from '../model/verdict.ts';
import type { Census, CensusOutcome, StatusCounts } from './census.ts';
import { fateOf, worstOf, type FileHistory } from './judge.ts';
import { mixedReason, type VersionPair } from './outcome.ts';

/** Ids and labels of what every machine has; the ids are the kinds. */
const systemKinds = [
  ['boot-loader', 'Boot loader and menu'],
  ['operating-system', 'Operating system'],
  ['applications', 'Applications'],
  ['package-database', 'Package database'],
  ['default-config', 'Configuration as shipped'],
  ['edited-config', 'Configuration you changed'],
  ['older-version', 'Older version to go back to'],
] as const satisfies readonly (readonly [DataKind, string])[];

/** Id of a datum that every machine has. */
export type SystemDatumId = (typeof systemKinds)[number][0];

/** The data that every machine has, in the order of a table. */
export function systemData(release: Release, packageDatabase: readonly string[]): readonly Datum[] {
  const paths: { readonly [kind in DataKind]?: readonly string[] } = {
    'boot-loader': ['/boot'],
    'operating-system': ['/usr'],
    applications: ['/usr'],
    'package-database': packageDatabase,
    'default-config': ['/etc'],
    'edited-config': release.editedConfig.map(({ path }) => path),
  };
  const all = systemKinds.map(([kind, label]) => ({
    id: kind,
    kind,
    label,
    paths: paths[kind] ?? [],
  }));
  // Of a database that has no file of its own nothing can be said.
  return all.filter(({ kind }) => kind !== 'package-database' || packageDatabase.length > 0);
}

/** What the fates of system data are judged from. */
export interface SystemJudgeInput {
  readonly boot: BootResult;
  /** The verdict that agrees with the outcome class; see `agreedVerdict`. */
  readonly verdict: BootVerdict;
  /** Census of the root that the entry names; absent when there is none to walk. */
  readonly census: Census | undefined;
  readonly versions: VersionPair;
  /** Which of the two versions ran before the disaster: what "as before" means. */
  readonly running: 'before' | 'after';
  readonly because: readonly Reason[];
}

/** Fate of the operating system's files in the root that would start. */
export function judgeOperatingSystem(input: SystemJudgeInput): DatumFate {
  const { census, boot } = input;
  if (census === undefined) return judgeWithoutCensus(input);
  const outcome = census.classify();
  const content = contentOf(outcome.counts, input.running);
  // An entry that is tried has its kernel looked at by the start; without one nobody has looked yet.
  const kernel = boot.entry === undefined ? census.damagedKernel() : [];
  const isTorn = kernel.length > 0 && content !== 'lost';
  const why = isTorn ? [kernelReason(kernel)] : [];
  return systemFate(input, 'operating-system', isTorn ? 'torn' : content, outcome.counts, [
    systemReason(census, outcome, boot),
    ...why,
  ]);
}

function kernelReason(paths: readonly string[]): Reason {
  return {
    text: `${paths.join(' and ')} ${paths.length === 1 ? 'is' : 'are'} missing or damaged: the system has no whole kernel.`,
    source: 'every file of this root, against the release',
  };
}

function systemReason(census: Census, outcome: CensusOutcome, boot: BootResult): Reason {
  const [group] = outcome.mixedGroups;
  if (group !== undefined && boot.failure?.kind === 'mismatch') return boot.verdict.because;
  if (group !== undefined) {
    return mixedReason(census, group, boot.verdict.starts ? false : undefined);
  }
  const { counts } = outcome;
  const [first] = census.damaged();
  if (first !== undefined) {
    return {
      text: `${String(counts.torn)} files are torn and ${String(counts.missing)} missing, such as ${first.path} (${first.state}).`,
      source: 'every file of this root, against the release',
    };
  }
  const version = boot.entry === undefined ? '' : ` The entry is “${boot.entry.title}”.`;
  return {
    text: `${String(counts.same)} files are alike in both versions, ${String(counts.old)} as in the old, ${String(counts.new)} as in the new one; all of them are whole.${version}`,
    source: 'every file of this root, against the release',
  };
}

/** A root that is one image has one fate; without any root that could be read, nothing of the system is left to start. */
function judgeWithoutCensus(input: SystemJudgeInput): DatumFate {
  const { boot, running } = input;
  const image = boot.imageVersions;
  if (image !== undefined && image.length > 0) {
    const content = image.includes(input.versions[running]) ? 'intact' : otherVersion(running);
    const text = `The image is, byte for byte, the one of ${image.join(' and ')}.`;
    return systemFate(input, 'operating-system', content, undefined, [
      { text, source: 'recorded runs ab and ab-flag-first' },
    ]);
  }
  const content: ContentFate = image === undefined ? 'lost' : 'torn';
  return systemFate(input, 'operating-system', content, undefined, [boot.verdict.because]);
}

/** Fate of the applications: the files of packages that belong to one. */
export function judgeApplications(input: SystemJudgeInput): DatumFate {
  const { census } = input;
  if (census === undefined) {
    return { ...judgeWithoutCensus(input), datum: 'applications' };
  }
  const { applications } = census.classify();
  const fates = [...applications].map(([name, counts]) => ({
    name,
    counts,
    fate: contentOf(counts, input.running),
  }));
  const content = worstOf(fates.map(({ fate }) => fate));
  const worst = fates.find(({ fate }) => fate === content);
  const text =
    worst === undefined
      ? 'No application is installed.'
      : content === 'intact'
        ? 'Every file of every application is whole and as before.'
        : `${worst.name}: ${wordsOfCounts(worst.counts)}.`;
  return systemFate(input, 'applications', content, sumOf(fates.map(({ counts }) => counts)), [
    { text, source: 'every file of this root, against the release' },
  ]);
}

/** Fate of the configuration that versions ship and nobody changed. */
export function judgeDefaultConfig(input: SystemJudgeInput): DatumFate {
  const counts = input.census?.classify().configuration;
  if (counts === undefined) return { ...judgeWithoutCensus(input), datum: 'default-config' };
  return systemFate(input, 'default-config', contentOf(counts, input.running), counts, [
    {
      text: `Of the configuration that packages ship: ${wordsOfCounts(counts)}.${placeWords(input)}`,
      source: 'every file of this root, against the release',
    },
  ]);
}

/** A system that keeps a copy of its own is judged by that: as long as the copy is whole, nothing shipped is lost. */
function placeWords({ census }: SystemJudgeInput): string {
  const { directory, missingInPlace } = census?.configurationPlace() ?? {};
  if (directory === undefined || directory === '/etc') return '';
  const counted = ` Counted is the copy in ${directory}`;
  return missingInPlace === undefined || missingInPlace === 0
    ? `${counted}; /etc has a file under each of these names.`
    : `${counted}; ${String(missingInPlace)} of these files are not in /etc itself.`;
}

/** What people changed before the story begins, as histories for `judgeDatum`; what packages ship there is known. */
export function editedConfigFiles(release: Release, blobs: BlobTable): readonly FileHistory[] {
  const shipped = release.packages.flatMap(({ versions }) =>
    Object.values(versions).flatMap(({ files }) => files),
  );
  return release.editedConfig.map(({ path, text }) => {
    const blob = blobs.intern(text);
    const content = wholeBlob(blob, blobs.get(blob).sizeBytes);
    const defaults = shipped
      .filter((file) => file.path === path)
      .map((file) => wholeBlob(blobOf(blobs, file), file.sizeBytes));
    return { path, contents: [content], existedBefore: true, defaults };
  });
}

/** Fate of the boot menu: whether its default entry still leads to a kernel. */
export function judgeBootLoader(input: SystemJudgeInput): DatumFate {
  const { boot, running } = input;
  const { failure, entry } = boot;
  if (entry === undefined) {
    return systemFate(input, 'boot-loader', 'lost', undefined, [boot.verdict.because]);
  }
  const kernelFailed =
    failure?.kind === 'no entry' || failure?.stage === 'initramfs' || failure?.stage === 'loader';
  const isInImage = entry.image !== undefined && entry.image.isWalkable !== true;
  if (kernelFailed || (isInImage && failure !== undefined)) {
    return systemFate(input, 'boot-loader', 'torn', undefined, [boot.verdict.because]);
  }
  const content = entry.version === input.versions[running] ? 'intact' : otherVersion(running);
  const state =
    failure?.kind === 'unmountable'
      ? 'a volume that it needs does not mount'
      : 'its kernel and initramfs are whole';
  return systemFate(input, 'boot-loader', content, undefined, [
    {
      text: `The default entry is “${entry.title}”, and ${state}.`,
      source: 'the menu on this disk',
    },
  ]);
}

/**
 * Fate of the version that one could go back to: another entry of the menu with a root of its own that would start.
 * `before` says what there was before the disaster, by the same rule. Where there was none, nothing of it can have
 * changed: no fate counts it, and a sentence says whether there is one now.
 */
export function judgeOlderVersion(
  input: SystemJudgeInput & { readonly before: OtherEntries },
): DatumFate {
  const { boot, before } = input;
  const now = boot.otherRoot ? boot.others : 'none';
  if (before !== 'whole') return noOlderVersion(input, now);
  const gone = now === 'damaged' ? boot.otherRootsGone : undefined;
  if (gone !== undefined) {
    const dead = 'The menu still shows an entry for it, which is dead: choosing it does not start.';
    const why = [gone, { text: dead, source: 'the menu on this disk' }];
    return systemFate(input, 'older-version', 'lost', undefined, why);
  }
  const content: ContentFate = now === 'whole' ? 'intact' : now === 'damaged' ? 'torn' : 'lost';
  const text = {
    whole: wholeOther(boot),
    damaged:
      'The other entries of the menu lead to something damaged: there is no way back by the menu.',
    none: 'The menu has no other entry any more: there is no way back by the menu.',
  }[now];
  return systemFate(input, 'older-version', content, undefined, [
    { text, source: 'the menu on this disk' },
  ]);
}

function wholeOther({ fallbackWhole, wayToOther }: BootResult): string {
  return fallbackWhole
    ? `Another entry of the menu is whole: ${wayToOther.how}`
    : 'Every file of another entry of the menu is whole, but nobody can log in there either.';
}

function noOlderVersion(input: SystemJudgeInput, now: OtherEntries): DatumFate {
  const { others, otherRoot, olderByCopy } = input.boot;
  const more = otherRoot
    ? ' Another entry of the menu leads to something that is not whole.'
    : ' The other entries of the menu start another kernel on the very same files.';
  const none = 'There is no older version to go back to, neither before nor after';
  const text =
    now === 'whole'
      ? `There was no older version to go back to before; now there is one. ${wholeOther(input.boot)}`
      : `${none}: nothing of it could be lost.${others === 'none' ? '' : more}`;
  const fate = systemFate(input, 'older-version', 'intact', undefined, []);
  return {
    ...fate,
    fates: { ...fate.fates, reach: 'open' },
    none: true,
    why: [...input.because, olderByCopy ?? { text, source: 'the menu on this disk' }],
  };
}

function otherVersion(running: 'before' | 'after'): ContentFate {
  return running === 'before' ? 'updated' : 'reverted';
}

function systemFate(
  input: SystemJudgeInput,
  datum: SystemDatumId,
  content: ContentFate,
  counts: StatusCounts | undefined,
  why: readonly Reason[],
): DatumFate {
  return fateOf(
    datum,
    content,
    input.verdict,
    [...input.because, ...why],
    counts === undefined ? undefined : fateCounts(counts, input.running),
  );
}

/** One word for many files: missing most of them is lost, any damage is torn, both versions are mixed. */
function contentOf(counts: StatusCounts, running: 'before' | 'after'): ContentFate {
  const whole = counts.same + counts.old + counts.new;
  if (counts.missing > 0 && counts.missing > whole) return 'lost';
  if (counts.torn + counts.missing > 0) return 'torn';
  if (counts.old > 0 && counts.new > 0) return 'mixed';
  if (running === 'before') return counts.new > 0 ? 'updated' : 'intact';
  return counts.old > 0 ? 'reverted' : 'intact';
}

function fateCounts(counts: StatusCounts, running: 'before' | 'after'): DatumFate['counts'] {
  const kept = counts.same + (running === 'before' ? counts.old : counts.new);
  const all: { readonly [content in ContentFate]?: number } = {
    intact: kept,
    ...(running === 'before' ? { updated: counts.new } : { reverted: counts.old }),
    torn: counts.torn,
    lost: counts.missing,
  };
  return Object.fromEntries(Object.entries(all).filter(([, count]) => count > 0));
}

function sumOf(all: readonly StatusCounts[]): StatusCounts {
  const sum = { same: 0, old: 0, new: 0, torn: 0, missing: 0 };
  for (const counts of all) {
    sum.same += counts.same;
    sum.old += counts.old;
    sum.new += counts.new;
    sum.torn += counts.torn;
    sum.missing += counts.missing;
  }
  return sum;
}

function wordsOfCounts(counts: StatusCounts): string {
  const words: string[] = [];
  if (counts.same > 0) words.push(`${String(counts.same)} alike in both versions`);
  if (counts.old > 0) words.push(`${String(counts.old)} as in the old version`);
  if (counts.new > 0) words.push(`${String(counts.new)} as in the new version`);
  if (counts.torn > 0) words.push(`${String(counts.torn)} torn`);
  if (counts.missing > 0) words.push(`${String(counts.missing)} missing`);
  return words.length === 0 ? 'nothing is left to compare' : words.join(', ');
}
