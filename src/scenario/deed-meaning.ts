/** Changes and attacks that name nothing, or contradict themselves. */
import { namesIn, unknown, type Context, type Entry } from './context.ts';
import type { StepShape } from './schema.ts';
import type { Path } from './yaml-text.ts';

/** A file is named by the id of a datum, or by its path. */
export function checkFile(context: Context, path: Path, name: string): void {
  const ids = namesIn(context, 'data', 'id');
  if (!ids.includes(name) && !/^(\/|~\/)/.test(name)) unknown(context, path, name, 'datum', ids);
}

const changeKinds = [
  'install',
  'remove',
  'replace',
  'edit',
  'clean',
  'reset',
  'pin',
  'unlock',
] as const;

function checkChange(context: Context, path: Path, change: NonNullable<StepShape['change']>): void {
  const found = changeKinds.filter((kind) => change[kind] !== undefined);
  if (found.length !== 1) {
    context.note(path, {
      code: found.length === 0 ? 'no-change' : 'several-changes',
      text: found.length === 0 ? 'This changes nothing.' : `This changes several things at once.`,
      why: `A change has exactly one of ${changeKinds.join(', ')}.`,
    });
  }
  if ((change.replace === undefined) !== (change.with === undefined)) {
    context.note(path, {
      code: 'replace-with',
      text:
        change.with === undefined
          ? 'A replacement names what comes instead.'
          : '"with" belongs to a replacement.',
      why: '"replace" is the package that goes, "with" the one that comes.',
    });
  }
  if (change.edit !== undefined) checkFile(context, [...path, 'edit'], change.edit);
  const texts = [change.text, change.append].filter((text) => text !== undefined).length;
  if (texts === (change.edit === undefined ? 0 : 1)) return;
  context.note(path, {
    code: 'text-or-append',
    text:
      change.edit === undefined
        ? '"text" and "append" belong to an edit.'
        : 'An edit has either "text" or "append".',
    why: '"text" is the whole new content, "append" is added at the end.',
  });
}

function checkAttack(context: Context, { path, value }: Entry<StepShape>): void {
  const { read = [], overwrite = [], plant = [], permissions } = value.attack ?? {};
  for (const [key, names] of [
    ['read', read],
    ['overwrite', overwrite],
  ] as const) {
    names.forEach((name, index) => {
      checkFile(context, [...path, 'attack', key, index], name);
    });
  }
  if (read.length + overwrite.length + plant.length === 0) {
    context.note([...path, 'attack'], {
      code: 'no-attack',
      text: 'This attack tries nothing.',
      why: 'An attack has at least one of read, overwrite, plant.',
    });
  }
  if (permissions !== undefined && value.by !== 'sandboxed-program') {
    context.note([...path, 'attack', 'permissions'], {
      code: 'misplaced-modifier',
      text: 'Only a sandboxed program has permissions.',
      why: 'Other programs may do whatever their user may.',
      fix: 'Write "by: sandboxed-program", or remove "permissions".',
    });
  }
}

/** A change or an attack, and modifiers that belong to an attack. */
export function checkDeed(context: Context, entry: Entry<StepShape>): void {
  const { path, value } = entry;
  if (value.change !== undefined) checkChange(context, [...path, 'change'], value.change);
  if (value.attack !== undefined) checkAttack(context, entry);
  else if (value.by !== undefined) {
    context.note(
      [...path, 'by'],
      {
        code: 'misplaced-modifier',
        text: '"by" belongs to an attack, and this step is none.',
        why: 'It says with whose rights an attack runs; "as" says who does another step.',
        fix: 'Remove "by", or use "as".',
      },
      'key',
    );
  }
}
