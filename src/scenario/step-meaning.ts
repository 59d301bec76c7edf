/** Steps and variants that name nothing or contradict themselves. */
import { namesIn, unknown, type Context } from './context.ts';
import { instantOf } from './duration.ts';
import { checkDeed, checkFile } from './deed-meaning.ts';
import { checkFault, checkRetiming } from './fault-meaning.ts';
import type { StepShape } from './schema.ts';
import { saveWords } from './vocabulary.ts';
import type { Path } from './yaml-text.ts';

function checkInstant(context: Context, path: Path, text: string): void {
  if (instantOf(text) !== undefined) return;
  const [, percent] = /^-?(\d+(?:\.\d+)?)\s*%$/.exec(text.trim()) ?? [];
  if (percent !== undefined) {
    context.note(path, {
      code: 'out-of-range',
      text: `${text} is not between 0% and 100%.`,
      why: 'A share of a step lies within the step.',
      fix: 'Use a share from 0% to 100%, or a time such as "3 s".',
    });
    return;
  }
  context.note(path, {
    code: 'bad-time',
    text: `"${text}" is not an instant.`,
    why: 'An instant is a share ("41%"), a time after the start of the step ("3 s", "1500 ms"), "commit", or the label of a stage.',
  });
}

function checkWrite(context: Context, path: Path, write: NonNullable<StepShape['write']>): void {
  const { to, text, append, how } = write;
  const ids = namesIn(context, 'data', 'id');
  if (!ids.includes(to) && !/^(\/|~\/)/.test(to)) {
    unknown(context, [...path, 'to'], to, 'datum', ids);
  }
  if ((text === undefined) === (append === undefined)) {
    context.note(path, {
      code: 'text-or-append',
      text: 'A write has either "text" or "append".',
      why: '"text" is the whole new content, "append" is added at the end.',
    });
  }
  if (text !== undefined && how !== undefined && saveWords[how] === 'append') {
    context.note([...path, 'how'], {
      code: 'contradiction',
      text: `A program that saves by "${how}" adds at the end; it cannot write a whole new text.`,
      why: 'The file is opened for appending.',
      fix: 'Use "append" instead of "text".',
    });
  }
}

/** Faults, writes and modifiers of all steps. */
export function checkSteps(context: Context): void {
  for (const entry of context.steps) {
    const { path, value } = entry;
    if (value.file !== undefined) checkFile(context, [...path, 'file'], value.file);
    if (value.at !== undefined) checkInstant(context, [...path, 'at'], value.at);
    if (value.write !== undefined) checkWrite(context, [...path, 'write'], value.write);
    if (value.fault !== undefined) {
      checkFault(context, entry);
      continue;
    }
    checkDeed(context, entry);
    for (const key of ['at', 'during', 'search', 'seed', 'file', 'place', 'release'] as const) {
      if (value[key] === undefined) continue;
      context.note(
        [...path, key],
        {
          code: 'misplaced-modifier',
          text: `"${key}" belongs to a fault, and this step is none.`,
          why: 'Only a fault strikes during another step.',
          fix: `Remove "${key}".`,
        },
        'key',
      );
    }
  }
}

/** Instants and labels of all variants. */
export function checkVariants(context: Context): void {
  const labels = namesIn(context, 'steps', 'label');
  for (const { path, value } of context.variants) {
    if (value.at !== undefined) {
      checkInstant(context, [...path, 'at'], value.at);
      checkRetiming(context, [...path, 'at'], value.at, value.without ?? []);
    }
    (value.without ?? []).forEach((label, index) => {
      if (!labels.includes(label)) {
        unknown(context, [...path, 'without', index], label, 'label', labels);
      }
    });
  }
}
