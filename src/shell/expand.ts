/** Expands words into the words that a program gets: tilde, globs. Sorted, as bash does in the C locale. */
import { SystemError, type Procedure, type Process } from '../kernel/process.ts';
import type { Word } from './words.ts';

/** The expression that a component with `*`, `?` and escapes stands for; undefined when it is plain text. */
function globOf(component: string): RegExp | undefined {
  let source = '';
  let special = false;
  for (let at = 0; at < component.length; at++) {
    const character = component[at] ?? '';
    if (character === '*' || character === '?') {
      special = true;
      source += character === '*' ? '.*' : '.';
    } else {
      const literal = character === '\\' ? (component[++at] ?? '') : character;
      source += literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    }
  }
  return special ? new RegExp(`^${source}$`, 's') : undefined;
}

function plain(component: string): string {
  return component.replace(/\\(.)/gs, '$1');
}

function* matches(os: Process, directory: string, glob: RegExp, hidden: boolean) {
  try {
    const names = yield* os.readdir(directory === '' ? '.' : directory);
    return names.filter((name) => glob.test(name) && (hidden || !name.startsWith('.')));
  } catch (error) {
    if (error instanceof SystemError) return [];
    throw error;
  }
}

/** The words that one word expands to; a pattern that matches nothing stays as it is. */
export function* expandWord(os: Process, word: Word, home: string): Procedure<readonly string[]> {
  const pattern =
    word.tilde && /^~(\/|$)/.test(word.pattern) ? home + word.pattern.slice(1) : word.pattern;
  if (!/[*?]/.test(pattern)) return [plain(pattern)];
  let found = [pattern.startsWith('/') ? '/' : ''];
  for (const component of pattern.split('/').filter((part) => part !== '')) {
    const glob = globOf(component);
    const next: string[] = [];
    for (const before of found) {
      const prefix = before === '' || before.endsWith('/') ? before : `${before}/`;
      if (glob === undefined) next.push(prefix + plain(component));
      else {
        const names = yield* matches(os, before, glob, component.startsWith('.'));
        next.push(...names.map((name) => prefix + name));
      }
    }
    found = next;
  }
  return found.length === 0 ? [plain(pattern)] : found;
}
