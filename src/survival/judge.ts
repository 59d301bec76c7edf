/** What became of one piece of data, and why. */
import { contentText, zeroBlob, type BlobTable, type Content } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import type { ContentFate, Datum, DatumFate, ReachFate } from '../model/fate.ts';
import type { RootTree } from '../model/root-tree.ts';
import type { BootVerdict, Reason } from '../model/verdict.ts';
import { VersionIndex } from './version-index.ts';

/** What a file held, in order; the last before the disaster is what its owner counts on. */
export interface FileHistory {
  /** Path in the tree. */
  readonly path: string;
  /** The first from before the run, if the file existed then. */
  readonly contents: readonly Content[];
  /** Whether the file was already there when the run began. */
  readonly existedBefore: boolean;
  /** What the system itself would put there: one of these in place of the owner's work is a loss. */
  readonly defaults?: readonly Content[];
  /** Where the start takes the file from when it is gone, as a path in the tree, and how. */
  readonly restoredFrom?: { readonly path: string; readonly how: Reason };
}

/** What a datum is judged from. */
export interface JudgeInput {
  readonly datum: Datum;
  readonly files: readonly FileHistory[];
  /**
   * Where the data lies now: the root that started, or, when none did, what a rescue medium mounts. Undefined when its
   * file system cannot be mounted at all.
   */
  readonly tree: RootTree | undefined;
  readonly blobs: BlobTable;
  /** The verdict of the same disk, for the reach. */
  readonly verdict: BootVerdict;
  /** What led here, where the caller knows: the chain of operations, the oldest first. */
  readonly because: readonly Reason[];
  /** For whoever judges many disks: the versions of a file, indexed once. */
  readonly versionsOf?: (file: FileHistory) => VersionIndex;
}

/** From best to worst; a datum of many files is as well off as its worst one. */
const worstLast: readonly ContentFate[] = [
  'intact',
  'updated',
  'reverted',
  'mixed',
  'torn',
  'lost',
];

/** Judges a datum that someone wrote. Secrecy and author are the caller's to change: no power cut touches them. */
export function judgeDatum(input: JudgeInput): DatumFate {
  const { datum, files, verdict, because } = input;
  const judged = files.map((file) => ({ file, ...judgeFile(file, input) }));
  const worst = worstOf(judged.map(({ fate }) => fate));
  const telling = judged.find(({ fate }) => fate === worst);
  const rule: Reason = telling?.why ?? {
    text: `Nobody wrote ${datum.label} in this run, and nothing of it is followed.`,
    source: 'the scenario',
  };
  return fateOf(input.datum.id, worst, verdict, [...because, rule], countsOf(judged, files.length));
}

/** A fate from its parts; the reach follows from the verdict. What is lost is not locked away: no help reaches it. */
export function fateOf(
  datum: string,
  content: ContentFate,
  verdict: BootVerdict,
  why: readonly Reason[],
  counts?: DatumFate['counts'],
): DatumFate {
  const reach = content === 'lost' ? ({ fate: 'open', why: [] } as const) : reachOf(verdict);
  return {
    datum,
    fates: { content, reach: reach.fate, secrecy: 'safe', author: 'owner' },
    ...(counts === undefined ? {} : { counts }),
    why: [...why, ...reach.why],
  };
}

/** The worst of several fates; `intact` when there are none. */
export function worstOf(fates: readonly ContentFate[]): ContentFate {
  return fates.reduce<ContentFate>(
    (worst, fate) => (worstLast.indexOf(fate) > worstLast.indexOf(worst) ? fate : worst),
    'intact',
  );
}

function countsOf(
  judged: readonly { readonly fate: ContentFate }[],
  files: number,
): DatumFate['counts'] {
  if (files < 2) return undefined;
  const counts: { [content in ContentFate]?: number } = {};
  for (const { fate } of judged) counts[fate] = (counts[fate] ?? 0) + 1;
  return counts;
}

/** Data behind a machine that needs a rescue medium is locked away; another menu entry reaches it. */
function reachOf({ starts, wayBack }: BootVerdict): {
  readonly fate: ReachFate;
  readonly why: readonly Reason[];
} {
  if (starts) return { fate: 'open', why: [] };
  const near = wayBack.kind === 'menu' || wayBack.kind === 'automatic';
  const text = near
    ? `The default entry lets nobody work, but another one does: ${wayBack.how}`
    : `Nobody can work with the machine, so its data is out of reach until someone helps: ${wayBack.how}`;
  return {
    fate: near ? 'open' : 'locked away',
    why: [{ text, source: 'the boot verdict of this disk' }],
  };
}

interface FileFate {
  readonly fate: ContentFate;
  readonly why: Reason;
}

const rules = 'the bytes on this disk, against what was written';

function judgeFile(
  file: FileHistory,
  { tree, blobs, versionsOf = ({ contents }) => new VersionIndex(contents) }: JudgeInput,
): FileFate {
  const { path } = file;
  if (tree === undefined) {
    const text = `The file system that holds ${path} does not mount; nothing on it can be read.`;
    return {
      fate: 'lost',
      why: { text, source: 'recorded runs, outcome class unmountable' },
    };
  }
  const now = tree.file(path);
  const copy = now === undefined ? restored(file, tree, blobs) : undefined;
  if (copy !== undefined) return copy;
  if (now === undefined) {
    const text = file.existedBefore
      ? `${path} is no longer there.`
      : `${path} is not there: it was made in this run, and its name is not on the disk.`;
    return { fate: 'lost', why: { text, source: rules } };
  }
  const versions = versionsOf(file);
  const at = versions.lastIndexOf(now, blobs);
  if (at >= 0) return judgeVersion(file, at);
  if (file.defaults?.some((content) => sameBytes(content, now, blobs)) === true) {
    const text = `${path} holds what the system ships: what its owner wrote there is gone.`;
    return { fate: 'lost', why: { text, source: rules } };
  }
  return judgeDamage(file, now, versions);
}

/** A file that the next start puts back is not gone. */
function restored(file: FileHistory, tree: RootTree, blobs: BlobTable): FileFate | undefined {
  const { path, contents, restoredFrom } = file;
  const latest = contents.at(-1);
  if (restoredFrom === undefined || latest === undefined) return undefined;
  const copy = tree.file(restoredFrom.path);
  if (copy === undefined || !sameBytes(latest, copy, blobs)) return undefined;
  const { text, source } = restoredFrom.how;
  return { fate: 'intact', why: { text: `${path} is not there, but ${text}`, source } };
}

function judgeVersion(file: FileHistory, at: number): FileFate {
  const { path, contents, existedBefore } = file;
  const latest = at === contents.length - 1;
  if (!latest) {
    const text = `${path} holds an earlier version: what was saved last is gone.`;
    return { fate: 'reverted', why: { text, source: rules } };
  }
  const written = contents.length > 1 || !existedBefore;
  const text = written
    ? `${path} holds what was saved last.`
    : `${path} is byte for byte what it was before.`;
  return { fate: written ? 'updated' : 'intact', why: { text, source: rules } };
}

function judgeDamage({ path }: FileHistory, now: Content, versions: VersionIndex): FileFate {
  if (now.sizeBytes === 0) {
    const text = `${path} is empty: its name is on the disk, its data is not.`;
    return { fate: 'torn', why: { text, source: rules } };
  }
  const sources = versions.piecesOf(now);
  if (sources === 'other') {
    const zeros = now.segments.some(({ blob }) => blob === zeroBlob);
    const text = zeros
      ? `${path} has zeros where data was written: its size reached the disk before its bytes.`
      : `${path} holds bytes that are of no version that was saved.`;
    return { fate: 'torn', why: { text, source: rules } };
  }
  const text =
    sources === 'one'
      ? `${path} is cut: its end is missing.`
      : `${path} is made of pieces of two versions.`;
  return { fate: sources === 'one' ? 'torn' : 'mixed', why: { text, source: rules } };
}

/** Equal segments, or equal text: a cut of a longer text may be, byte for byte, what was saved before. */
function sameBytes(left: Content, right: Content, blobs: BlobTable): boolean {
  if (sameContent(left, right)) return true;
  if (left.sizeBytes !== right.sizeBytes) return false;
  const plain = (content: Content): boolean =>
    content.segments.every(
      ({ blob }) => blob !== zeroBlob && blobs.get(blob).text.length === blobs.get(blob).sizeBytes,
    );
  return plain(left) && plain(right) && contentText(left, blobs) === contentText(right, blobs);
}
