/** Steps and variants that name nothing or contradict themselves. */
import { namesIn, unknown, type Context, type Entry } from './context.ts';
import { instantOf } from './duration.ts';
import type { StepShape } from './schema.ts';
import { valueAt } from './shape.ts';
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

function labelsBefore({ yaml }: Context, path: Path): string[] {
  const steps = valueAt(yaml.value, ['steps']);
  if (!Array.isArray(steps)) return [];
  return steps.slice(0, Number(path[1])).flatMap((step: unknown) => {
    const label = valueAt(step, ['label']);
    const isFault = valueAt(step, ['fault']) !== undefined;
    return typeof label === 'string' && !isFault ? [label] : [];
  });
}

function checkFault(context: Context, { path, value }: Entry<StepShape>): void {
  const { at, search, during } = value;
  if (during === undefined) {
    context.note(path, {
      code: 'missing-key',
      text: 'A fault needs "during".',
      why: 'It strikes while another step is under way.',
      fix: 'Give that step a label, and write "during: <label>" here.',
    });
  } else if (!labelsBefore(context, path).includes(during)) {
    unknown(context, [...path, 'during'], during, 'label', labelsBefore(context, path));
  }
  if ((at === undefined) === (search === undefined)) {
    const both = at !== undefined;
    context.note(
      both ? [...path, 'search'] : path,
      {
        code: both ? 'at-and-search' : 'at-or-search',
        text: both
          ? 'A fault has either "at" or "search", not both.'
          : 'A fault needs "at" or "search".',
        why: '"at" is one instant; "search" looks at many.',
        fix: both ? 'Remove one of the two.' : 'Add for example "search: every-op" or "at: 41%".',
      },
      both ? 'key' : undefined,
    );
  }
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
    if (value.at !== undefined) checkInstant(context, [...path, 'at'], value.at);
    if (value.write !== undefined) checkWrite(context, [...path, 'write'], value.write);
    if (value.fault !== undefined) {
      checkFault(context, entry);
      continue;
    }
    for (const key of ['at', 'during', 'search'] as const) {
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
    if (value.at !== undefined) checkInstant(context, [...path, 'at'], value.at);
    (value.without ?? []).forEach((label, index) => {
      if (!labels.includes(label)) {
        unknown(context, [...path, 'without', index], label, 'label', labels);
      }
    });
  }
}
