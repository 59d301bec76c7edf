/** Reads YAML and remembers where everything stood. Text is data: nothing in it is ever run or shown as HTML. */
import { isAlias, isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import { scenarioAliasCountMax, scenarioBytesMax, scenarioDepthMax } from '../model/limits.ts';
import type { Problem } from '../model/problem.ts';
import { repaired, syntaxProblems } from './yaml-problem.ts';

/** Keys and places in lists that lead to a part of a file. */
export type Path = readonly (string | number)[];

/** Line and column, both counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A text that was read: plain values, where they stand, and what is wrong with the YAML. */
export interface YamlText {
  /** Undefined when the text is too broken to go on. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where a value stands; for a missing one, the nearest part around it. */
  placeOf(path: Path): Place;
  /** Where the last key of a path stands. */
  placeOfKey(path: Path): Place;
}

const start: Place = { line: 1, column: 1 };

function refused(problems: readonly Problem[]): YamlText {
  const here = (): Place => start;
  return { value: undefined, problems, placeOf: here, placeOfKey: here };
}

/** What can be told without parsing; such a text is not given to the parser at all. */
function refusal(text: string): Problem | undefined {
  const bytesMax = scenarioBytesMax;
  if (text.length > bytesMax || new TextEncoder().encode(text).length > bytesMax) {
    return {
      ...start,
      code: 'too-large',
      text: `The file is larger than ${bytesMax / 1024} KiB and was not read.`,
      why: 'A scenario is a page or two of text.',
      fix: 'Shorten the file, or choose the right one.',
    };
  }
  // eslint-disable-next-line no-control-regex -- control characters are what this looks for
  const index = text.search(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
  if (index < 0) return undefined;
  const before = text.slice(0, index).split('\n');
  return {
    code: 'binary',
    line: before.length,
    column: (before.at(-1) ?? '').length + 1,
    text: 'The file holds characters that no text has; it may be a picture or a program.',
    why: 'A scenario is a text file in UTF-8.',
    fix: 'Choose the right file, or save it as UTF-8 text.',
  };
}

type Mark = (node: Node | null, words: Omit<Problem, 'line' | 'column'>) => void;

const deepWords = {
  code: 'too-deep',
  text: 'Lists and keys lie within each other too deeply.',
  why: 'A scenario needs five levels.',
  fix: 'Remove the surplus brackets, hyphens or indentation.',
};

function checkKeys(node: Node, mark: Mark): void {
  if (!isMap(node)) return;
  const seen = new Set<string>();
  for (const { key } of node.items) {
    const at = key as Node | null;
    const word = isScalar(key) && typeof key.value === 'string' ? key.value : undefined;
    if (word === undefined || word === '__proto__') {
      mark(at ?? node, {
        code: 'bad-key',
        text: 'This cannot be a key.',
        why: 'A key is a word.',
        fix: 'Write a word before the colon, or put the value into quotation marks.',
      });
    } else if (seen.has(word)) {
      mark(at, {
        code: 'duplicate-key',
        text: `The key "${word}" stands here a second time.`,
        why: 'Only one of the two could be heeded.',
        fix: 'Remove one of them, or put them into one list.',
      });
    } else seen.add(word);
  }
}

/** Walks the tree and marks what makes it unsafe or ambiguous to read as plain values. */
function check(document: Document, mark: Mark): void {
  const open: { node: Node; depth: number }[] = [];
  if (document.contents !== null) open.push({ node: document.contents, depth: 1 });
  const anchors = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (isAlias(node) && !anchors.has(node.source)) {
      mark(node, {
        code: 'alias',
        text: `"*${node.source}" repeats a value that nothing before it is named "&${node.source}".`,
        why: 'A text that begins with a star is an alias in YAML.',
        fix: 'Put the value into quotation marks.',
      });
    }
    if (!isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor);
    if (!isCollection(node)) continue;
    if (depth > scenarioDepthMax) return mark(node, deepWords);
    checkKeys(node, mark);
    const children = node.items.flatMap((item) => {
      const value: unknown = isMap(node) ? (item as { value?: unknown }).value : item;
      return value === null || value === undefined ? [] : [value as Node];
    });
    for (const child of children.toReversed()) open.push({ node: child, depth: depth + 1 });
  }
}

function childOf(document: Document, node: Node | null, part: string | number): Found | undefined {
  const whole = isAlias(node) ? (node.resolve(document) ?? null) : node;
  if (!isCollection(whole)) return undefined;
  if (!isMap(whole)) {
    const value = typeof part === 'number' ? (whole.items[part] as Node | undefined) : undefined;
    return value === undefined ? undefined : { key: value, value };
  }
  const pair = whole.items.find(({ key }) => isScalar(key) && key.value === String(part));
  if (pair === undefined) return undefined;
  const key = pair.key as Node;
  return { key, value: (pair.value as Node | null) ?? key };
}

interface Found {
  readonly key: Node;
  readonly value: Node;
}

/** The deepest part of the tree that a path reaches. */
function find(document: Document, path: Path): Found | undefined {
  let found: Found | undefined;
  if (document.contents !== null) found = { key: document.contents, value: document.contents };
  for (const part of path) {
    const child = childOf(document, found?.value ?? null, part);
    if (child === undefined) return found;
    found = child;
  }
  return found;
}

function aliasBomb(): Omit<Problem, 'line' | 'column'> {
  return {
    code: 'alias-bomb',
    text: `Aliases repeat values more than ${scenarioAliasCountMax} times, or a value contains itself.`,
    why: 'A few lines of nested aliases can grow to gigabytes, so their number is bounded.',
    fix: 'Write the values out.',
  };
}

function plainValue(document: Document, mark: Mark): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount: scenarioAliasCountMax });
    // A value that contains itself is legal YAML; as text it would never end.
    JSON.stringify(value);
    return value;
  } catch {
    mark(document.contents, aliasBomb());
    return undefined;
  }
}

interface Parsed {
  readonly document: Document;
  readonly problems: readonly Problem[];
  readonly placeAt: (offset: number) => Place;
}

function parsed(text: string): Parsed {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // Checked below, in linear time.
    resolveKnownTags: false,
  });
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const complaints = [...document.errors, ...document.warnings].map((complaint) => ({
    code: complaint.code,
    message: complaint.message.split('\n')[0] ?? '',
    ...placeAt(complaint.pos[0]),
  }));
  return { document, problems: syntaxProblems(complaints, text), placeAt };
}

const unsafe = new Set(['too-deep', 'alias', 'bad-key']);

/** Reads a text. Never throws; what is wrong is in the list. */
export function readYaml(text: string): YamlText {
  const refusedFor = refusal(text);
  if (refusedFor !== undefined) return refused([refusedFor]);
  const first = parsed(text);
  const mended = first.problems.length === 0 ? text : repaired(text, first.problems);
  const { document, placeAt, problems: left } = mended === undefined ? first : parsed(mended);
  if (left.length > 0) return refused(first.problems);
  const problems = [...first.problems];
  const placeOfNode = (node: Node | null | undefined): Place =>
    node?.range ? placeAt(node.range[0]) : start;
  const mark: Mark = (node, words) => {
    problems.push({ ...words, ...placeOfNode(node) });
  };
  check(document, mark);
  const isSafe = problems.every(({ code }) => !unsafe.has(code));
  return {
    value: isSafe ? plainValue(document, mark) : undefined,
    problems,
    placeOf: (path) => placeOfNode(find(document, path)?.value),
    placeOfKey: (path) => placeOfNode(find(document, path)?.key),
  };
}
