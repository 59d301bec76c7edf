/** Questions and expectations that use words for something else, or contradict themselves. */
import { dataKinds } from '../model/fate.ts';
import { namesIn, unknown, type Context } from './context.ts';
import { datumKeyPattern, varySchema } from './schema.ts';
import { didYouMean, listed, valueAt } from './shape.ts';
import { variedVariants } from './vary.ts';
import { fateWords, isAxis, outcomeWords } from './vocabulary.ts';
import type { Path } from './yaml-text.ts';

/** Words that may stand for what `subject` is about: outcomes for `boot`, fates for `data.<id>.<axis>`. */
function wordsAbout(context: Context, path: Path, subject: string): readonly string[] | undefined {
  if (subject === 'boot') return Object.keys(outcomeWords);
  const [first, datum = '', axis = ''] = subject.split('.');
  if (first !== 'data' || !isAxis(axis)) {
    context.note(path, {
      code: 'unknown-subject',
      text: `"${subject}" is nothing that can be asked about.`,
      why: `Expected "boot" or "data.<id>." and one of ${listed(Object.keys(fateWords))}.`,
    });
    return undefined;
  }
  const ids: string[] = [...namesIn(context, 'data', 'id'), ...plantedIn(context), ...dataKinds];
  if (!ids.includes(datum)) unknown(context, path, datum, 'datum', ids);
  return fateWords[axis];
}

/** What attacks leave behind is a datum of its own. */
function plantedIn({ steps }: Context): readonly string[] {
  return steps.flatMap(({ value }) =>
    (value.attack?.plant ?? []).map((thing) => `planted-${thing}`),
  );
}

/** Variants that are written out, and those of `vary`. */
function variantIds(context: Context): readonly string[] {
  const vary = varySchema.safeParse(valueAt(context.yaml.value, ['vary']) ?? {});
  const varied = vary.success ? variedVariants(vary.data).map(({ id }) => id) : [];
  return [...namesIn(context, 'variants', 'id'), ...varied];
}

/** Subjects and choices of all questions. */
export function checkQuestions(context: Context): void {
  for (const { path, value } of context.questions) {
    const words = wordsAbout(context, [...path, 'about'], value.about);
    if (words === undefined) continue;
    value.choices.forEach((choice, index) => {
      if (words.includes(choice)) return;
      context.note([...path, 'choices', index], {
        code: 'unknown-word',
        text: `"${choice}" is no answer to a question about "${value.about}".`,
        ...didYouMean(choice, words),
      });
    });
  }
}

const classesOf = (words: readonly string[] | undefined): string[] =>
  (words ?? []).flatMap((word) => outcomeWords[word] ?? []);

/** One expectation: variants, data, fates, and whether it says anything. */
export function checkExpectation(
  context: Context,
  { path, value }: Context['expectations'][number],
): void {
  const ids = variantIds(context);
  (value.in ?? []).forEach((id, index) => {
    if (!ids.includes(id)) unknown(context, [...path, 'in', index], id, 'variant', ids);
  });
  const keys = Object.keys(value).filter((key) => key.startsWith('data.'));
  for (const key of keys.filter((one) => datumKeyPattern.test(one))) {
    const words = wordsAbout(context, [...path, key], key);
    const fates = value[key];
    if (words === undefined || !Array.isArray(fates)) continue;
    fates.forEach((fate, index) => {
      if (words.includes(fate)) return;
      context.note([...path, key, index], {
        code: 'unknown-word',
        text: `"${fate}" is no fate on this axis.`,
        ...didYouMean(fate, words),
      });
    });
  }
  if (value.boot === undefined && value.occurs === undefined && keys.length === 0) {
    context.note(path, {
      code: 'empty-expectation',
      text: 'This expects nothing.',
      why: 'An expectation has "boot", "occurs", or a key such as "data.thesis.content".',
    });
  }
  const allowed = classesOf(value.boot);
  const surplus = classesOf(value.occurs).find((name) => !allowed.includes(name));
  if (value.boot !== undefined && surplus !== undefined) {
    context.note([...path, 'occurs'], {
      code: 'contradiction',
      text: `"${surplus}" must occur, but "boot" does not allow it.`,
      why: '"boot" lists everything that may occur.',
      fix: `Add "${surplus}" to "boot", or remove it from "occurs".`,
    });
  }
}
