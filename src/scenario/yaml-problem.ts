/** What the YAML reader complains about, in words for people who do not know YAML. */
import type { Problem } from '../model/problem.ts';

/** A complaint of the YAML reader: its code, its words, and where it stands, both counted from 1. */
export interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

type Words = Omit<Problem, 'line' | 'column'>;

const tooDeep: Words = {
  code: 'too-deep',
  text: 'Lists and keys lie within each other too deeply.',
  why: 'A scenario needs five levels; very deep nesting can only be a mistake or an attack.',
  fix: 'Remove the surplus brackets or hyphens.',
};

const tab: Words = {
  code: 'tab',
  text: 'This line is indented with a tab.',
  why: 'YAML forbids tabs for indentation, because editors disagree about their width.',
  fix: 'Replace the tab by spaces.',
};

const wordsOfCode: { readonly [code: string]: Words } = {
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: tab,
  MULTIPLE_DOCS: {
    code: 'several-documents',
    text: 'A second document begins here.',
    why: 'One file holds one scenario.',
    fix: 'Remove the line `---`, or put the rest into a file of its own.',
  },
  BAD_SCALAR_START: {
    code: 'quote-needed',
    text: 'A value cannot begin with this character.',
    why: 'YAML keeps some characters for itself: ` @ % and others.',
    fix: 'Put the value into quotation marks.',
  },
  BAD_INDENT: {
    code: 'indentation',
    text: 'This line is not indented like its neighbours, or a bracket or quotation mark before it is not closed.',
    why: 'YAML tells from the indentation what belongs together.',
    fix: 'Give the keys of one group the same indentation, and close every bracket.',
  },
  TAG_RESOLVE_FAILED: {
    code: 'tag',
    text: 'A tag (a word with an exclamation mark) is not part of the language.',
    why: 'A scenario holds texts, numbers, lists and keys only.',
    fix: 'Remove the tag, or put the value into quotation marks.',
  },
  BAD_ALIAS: {
    code: 'alias',
    text: 'A name after `&` or `*` is missing or wrong.',
    why: '`&name` marks a value and `*name` repeats it.',
    fix: 'Put the value into quotation marks if the character belongs to it.',
  },
};

const unquotedColon = (line: string): Words => {
  const [, start = '', key = 'title', value = ''] = /^(\s*(?:- )?)([^:]+): (.*)$/.exec(line) ?? [];
  const isPlain = value !== '' && !/^["'[{|>&*!]/.test(value) && !start.includes('{');
  return {
    code: 'unquoted-colon',
    text: 'A colon followed by a space stands inside a value without quotation marks.',
    why: 'YAML takes it for the end of another key.',
    fix: isPlain
      ? `Write ${key}: "${value.trimEnd().replaceAll('"', '\\"')}"`
      : 'Put the value into quotation marks.',
  };
};

const colonCodes = new Set(['BLOCK_AS_IMPLICIT_KEY', 'BLOCK_IN_FLOW']);

/** All lines that begin with a tab, and no more: what the reader makes of the rest of such a file is a guess. */
function tabProblems(lines: readonly string[]): readonly Problem[] {
  return lines.flatMap((line, index) =>
    line.startsWith('\t') && line.trim() !== '' ? [{ ...tab, line: index + 1, column: 1 }] : [],
  );
}

function wordsFor({ code, message, column }: Complaint, line: string): Words {
  if (/^\s*\t/.test(line)) return tab;
  const rest = line.slice(column - 1);
  if (colonCodes.has(code) && /:(\s|$)/.test(rest)) return unquotedColon(line);
  return (
    wordsOfCode[code] ?? {
      code: 'yaml',
      text: `This is not valid YAML: ${message}.`,
      why: 'YAML is a text format: `key: value`, lists with hyphens, groups by indentation.',
      fix: 'Look for a missing quotation mark, bracket, hyphen or colon here or in the line above.',
    }
  );
}

/**
 * The text as it was probably meant, so that the rest of the file can be checked as well: values that lack quotation
 * marks get them. Undefined when something else is wrong, too. No line moves.
 */
export function repaired(text: string, problems: readonly Problem[]): string | undefined {
  const lines = text.split('\n');
  for (const { code, line: number } of problems) {
    if (code !== 'unquoted-colon' && code !== 'quote-needed') return undefined;
    const [, start, value] = /^(\s*(?:- )?[^:]+: )(.*)$/.exec(lines[number - 1] ?? '') ?? [];
    if (start === undefined || value === undefined || /[{[]/.test(start)) return undefined;
    lines[number - 1] = start + JSON.stringify(value);
  }
  return lines.join('\n');
}

/** Complaints as problems, one for each line, because one slip makes the reader complain several times. */
export function syntaxProblems(complaints: readonly Complaint[], text: string): readonly Problem[] {
  const lines = text.split(/\r\n|\r|\n/);
  const byLine = new Map<number, Problem>();
  for (const complaint of complaints) {
    const { line, column } = complaint;
    if (byLine.has(line)) continue;
    byLine.set(line, { ...wordsFor(complaint, lines[line - 1] ?? ''), line, column });
  }
  const problems = [...byLine.values()];
  const ofTabs = problems.filter(({ code }) => code === 'tab');
  const begun = tabProblems(lines);
  if (ofTabs.length > 0) return begun.length > 0 ? begun : ofTabs;
  const deep = problems.find(({ code }) => code === 'too-deep');
  return deep === undefined ? problems : [deep];
}
