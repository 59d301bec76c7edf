/** Splits a line into commands and words: quotes, `;`, `&&`, `||`, `>`, `>>`, comments. Pure text. */

/** A word, with what may still be expanded in it: quoted characters are escaped by a backslash. */
export interface Word {
  /** The text; characters that globs give a meaning to are preceded by a backslash when they were quoted. */
  readonly pattern: string;
  /** Whether the word began with an unquoted tilde. */
  readonly tilde: boolean;
}

/** One simple command. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  readonly redirect?: { readonly append: boolean; readonly to: Word };
  /** Whether it runs depends on the status of the one before. */
  readonly when: 'always' | 'success' | 'failure';
}

/** A line, or why it makes no sense. */
export type ParsedLine =
  | { readonly ok: true; readonly commands: readonly SimpleCommand[] }
  | { readonly ok: false; readonly message: string };

type Token =
  | { readonly kind: 'word'; readonly word: Word }
  | { readonly kind: 'operator'; readonly text: string };

const globCharacters = new Set(['*', '?', '[', '\\']);

function quoted(character: string): string {
  return globCharacters.has(character) ? `\\${character}` : character;
}

class Scanner {
  readonly tokens: Token[] = [];
  #pattern = '';
  #tilde = false;
  #inWord = false;
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  /** Undefined when all went well, else the message that bash gives. */
  scan(): string | undefined {
    while (this.#at < this.#line.length) {
      const problem = this.#character(this.#line[this.#at] ?? '');
      if (problem !== undefined) return problem;
    }
    this.#endWord();
    return undefined;
  }

  #character(character: string): string | undefined {
    if (character === "'" || character === '"') return this.#quote(character);
    if (character === '#' && !this.#inWord) {
      this.#at = this.#line.length;
      return undefined;
    }
    this.#at++;
    if (character === ' ' || character === '\t' || character === '\n') this.#endWord();
    else if (';&|>'.includes(character)) this.#operator(character);
    else if (character === '\\') this.#add(quoted(this.#line[this.#at++] ?? ''));
    else {
      if (character === '~' && !this.#inWord) this.#tilde = true;
      this.#add(character);
    }
    return undefined;
  }

  #quote(mark: string): string | undefined {
    const end = this.#line.indexOf(mark, this.#at + 1);
    if (end < 0) return `bash: unexpected EOF while looking for matching \`${mark}'`;
    this.#add([...this.#line.slice(this.#at + 1, end)].map(quoted).join(''));
    this.#at = end + 1;
    return undefined;
  }

  #operator(character: string): void {
    this.#endWord();
    const double = this.#line[this.#at] === character;
    if (double) this.#at++;
    this.tokens.push({ kind: 'operator', text: double ? character + character : character });
  }

  #add(text: string): void {
    this.#inWord = true;
    this.#pattern += text;
  }

  #endWord(): void {
    if (this.#inWord) {
      this.tokens.push({ kind: 'word', word: { pattern: this.#pattern, tilde: this.#tilde } });
    }
    this.#pattern = '';
    this.#tilde = false;
    this.#inWord = false;
  }
}

const separators: { readonly [operator: string]: SimpleCommand['when'] } = {
  ';': 'always',
  '&&': 'success',
  '||': 'failure',
};

/** Parses one line. */
export function parseLine(line: string): ParsedLine {
  const scanner = new Scanner(line);
  const problem = scanner.scan();
  if (problem !== undefined) return { ok: false, message: problem };
  const commands: SimpleCommand[] = [];
  let words: Word[] = [];
  let redirect: SimpleCommand['redirect'];
  let when: SimpleCommand['when'] = 'always';
  const finish = (): void => {
    if (words.length > 0 || redirect !== undefined) {
      commands.push({ words, when, ...(redirect === undefined ? {} : { redirect }) });
    }
    words = [];
    redirect = undefined;
  };
  for (let index = 0; index < scanner.tokens.length; index++) {
    const token = scanner.tokens[index];
    if (token?.kind === 'word') words.push(token.word);
    else if (token?.text === '>' || token?.text === '>>') {
      const to = scanner.tokens[++index];
      if (to?.kind !== 'word') return unexpected(to?.text ?? 'newline');
      redirect = { append: token.text === '>>', to: to.word };
    } else if (token !== undefined) {
      const next = separators[token.text];
      if (next === undefined || (words.length === 0 && redirect === undefined)) {
        return unexpected(token.text);
      }
      finish();
      when = next;
    }
  }
  finish();
  return { ok: true, commands };
}

function unexpected(token: string): ParsedLine {
  return { ok: false, message: `bash: syntax error near unexpected token \`${token}'` };
}
