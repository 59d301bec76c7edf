/**
 * What a file can hold after a power cut, as runs of bytes of which each sector is one of several: a set of contents
 * in the room of one. A file whose inode or chain never arrived is unreadable.
 */
import { zeroBlob, type BlobId, type Content } from '../model/content.ts';

/** Bytes of a blob from a place on. */
export interface PatternOption {
  readonly blob: BlobId;
  readonly fromBytes: number;
}

/** A run; each of its sectors is what one of the options has there. */
export interface PatternPiece {
  readonly lengthBytes: number;
  readonly options: readonly PatternOption[];
}

/** A set of contents of equal size, or an error of read(2) with its errno. */
export type Pattern =
  | { readonly kind: 'bytes'; readonly sizeBytes: number; readonly pieces: readonly PatternPiece[] }
  | { readonly kind: 'unreadable'; readonly errno: number };

/** Bytes that are there, one by one. */
export type BytesPattern = Extract<Pattern, { kind: 'bytes' }>;

/** The pattern that only this content matches. */
export function exactly(content: Content): BytesPattern {
  const pieces = content.segments.map(({ blob, fromBytes, lengthBytes }) => ({
    lengthBytes,
    options: [{ blob, fromBytes }],
  }));
  return { kind: 'bytes', sizeBytes: content.sizeBytes, pieces };
}

const moved = ({ blob, fromBytes }: PatternOption, by: number): PatternOption =>
  blob === zeroBlob ? { blob, fromBytes: 0 } : { blob, fromBytes: fromBytes + by };

function range(pattern: BytesPattern, from: number, to: number): PatternPiece[] {
  const pieces: PatternPiece[] = [];
  let at = 0;
  for (const { lengthBytes, options } of pattern.pieces) {
    const start = Math.max(from, at);
    const end = Math.min(to, at + lengthBytes);
    const skipped = start - at;
    if (start < end) {
      const shown = options.map((option) => moved(option, skipped));
      pieces.push({ lengthBytes: end - start, options: shown });
    }
    at += lengthBytes;
  }
  const known = Math.max(from, Math.min(to, pattern.sizeBytes));
  if (known < to) {
    pieces.push({ lengthBytes: to - known, options: [{ blob: zeroBlob, fromBytes: 0 }] });
  }
  return pieces;
}

function bytes(pieces: readonly PatternPiece[]): BytesPattern {
  const sizeBytes = pieces.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  return { kind: 'bytes', sizeBytes, pieces };
}

/** Cut or lengthened with zeros. */
export function resized(pattern: BytesPattern, sizeBytes: number): BytesPattern {
  return bytes(range(pattern, 0, sizeBytes));
}

function replaced(
  pattern: BytesPattern,
  offsetBytes: number,
  pieces: readonly PatternPiece[],
): BytesPattern {
  const end = offsetBytes + pieces.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const before = range(pattern, 0, offsetBytes);
  return bytes([...before, ...pieces, ...range(pattern, end, Math.max(end, pattern.sizeBytes))]);
}

/** The data is there for certain. */
export function written(pattern: BytesPattern, offsetBytes: number, data: Content): BytesPattern {
  return replaced(pattern, offsetBytes, exactly(data).pieces);
}

/** The room is there for certain; of each sector, the data or zeros. */
export function allocated(pattern: BytesPattern, offsetBytes: number, data: Content): BytesPattern {
  const zero = { blob: zeroBlob, fromBytes: 0 };
  const pieces = exactly(data).pieces.map(({ lengthBytes, options }) => ({
    lengthBytes,
    options: distinct([zero, ...options]),
  }));
  return replaced(pattern, offsetBytes, pieces);
}

/** Of each sector inside the file, the data or what was there before. */
export function perhapsWritten(
  pattern: BytesPattern,
  offsetBytes: number,
  data: Content,
): BytesPattern {
  const end = Math.min(pattern.sizeBytes, offsetBytes + data.sizeBytes);
  if (end <= offsetBytes) return pattern;
  const old = range(pattern, offsetBytes, end);
  const next = range(exactly(data), 0, end - offsetBytes);
  return replaced(pattern, offsetBytes, either(old, next));
}

/** Two lists of pieces of equal length, cut where either is cut. */
function either(left: readonly PatternPiece[], right: readonly PatternPiece[]): PatternPiece[] {
  const pieces: PatternPiece[] = [];
  const total = left.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  const ends = [...new Set([...endsOf(left), ...endsOf(right)])].sort((one, two) => one - two);
  let at = 0;
  for (const end of ends.filter((one) => one <= total)) {
    const options = [left, right].flatMap((side) => range(bytes(side), at, end)[0]?.options ?? []);
    pieces.push({ lengthBytes: end - at, options: distinct(options) });
    at = end;
  }
  return pieces;
}

function endsOf(pieces: readonly PatternPiece[]): readonly number[] {
  let at = 0;
  return pieces.map(({ lengthBytes }) => (at += lengthBytes));
}

/** Whether every byte of an exact pattern is among the options of another. */
export function includes(pattern: BytesPattern, exact: BytesPattern): boolean {
  if (pattern.sizeBytes !== exact.sizeBytes) return false;
  let at = 0;
  return pattern.pieces.every(({ lengthBytes, options }) => {
    const wanted = range(exact, at, at + lengthBytes);
    at += lengthBytes;
    const [first] = wanted[0]?.options ?? [];
    const isAmong = options.some(
      ({ blob, fromBytes }) => blob === first?.blob && fromBytes === first.fromBytes,
    );
    return wanted.length === 1 && isAmong;
  });
}

function distinct(options: readonly PatternOption[]): readonly PatternOption[] {
  const known = new Map(
    options.map((option) => [`${String(option.blob)}+${String(option.fromBytes)}`, option]),
  );
  return [...known.values()];
}

/** A key that two patterns share when they are made of the same pieces. */
export function patternKey(pattern: Pattern): string {
  if (pattern.kind === 'unreadable') return `error ${String(pattern.errno)}`;
  return pattern.pieces
    .map(({ lengthBytes, options }) =>
      [
        lengthBytes,
        ...options.map(({ blob, fromBytes }) => `${String(blob)}+${String(fromBytes)}`),
      ].join(),
    )
    .join(' ');
}
