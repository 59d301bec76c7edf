/** Faults that strike nothing, or at no time that there is. */
import { unknown, type Context, type Entry, type Words } from './context.ts';
import { instantOf } from './duration.ts';
import type { StepShape } from './schema.ts';
import { valueAt } from './shape.ts';
import type { Path } from './yaml-text.ts';

function labelsBefore({ yaml }: Context, path: Path): string[] {
  const steps = valueAt(yaml.value, ['steps']);
  if (!Array.isArray(steps)) return [];
  return steps.slice(0, Number(path[1])).flatMap((step: unknown) => {
    const label = valueAt(step, ['label']);
    const isFault = valueAt(step, ['fault']) !== undefined;
    return typeof label === 'string' && !isFault ? [label] : [];
  });
}

/** A fault: the step that it strikes, and when. */
export function checkFault(context: Context, entry: Entry<StepShape>): void {
  const { path, value } = entry;
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
  } else {
    checkStruck(context, entry, during);
  }
  if (value.fault === 'interrupt') checkInterrupt(context, entry);
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

/** The step that is struck lasts a while, and the machine has not been restarted since. */
function checkStruck(
  { steps, note }: Context,
  { path, value }: Entry<StepShape>,
  during: string,
): void {
  const at = Number(path[1]);
  const before = steps.filter((step) => Number(step.path[1]) < at);
  const struck = before.findLast((step) => step.value.label === during);
  const isPowerLoss = value.fault === 'power-loss';
  if (struck === undefined) return;
  if (struck.value.reboot !== undefined || (struck.value.wait !== undefined && !isPowerLoss)) {
    note([...path, 'during'], {
      code: 'cannot-strike',
      text: `"${during}" is a step that ${isPowerLoss ? 'no power cut' : 'nobody'} can ${isPowerLoss ? 'strike' : 'interrupt'} here.`,
      why: 'A restart is not looked at instant by instant, and whoever waits runs no program.',
      fix: 'Name a "run", "write", "update" or "rollback" step.',
    });
  }
  const since = before.slice(before.indexOf(struck) + 1);
  if (isPowerLoss && since.some((step) => step.value.reboot !== undefined)) {
    note([...path, 'during'], {
      code: 'struck-too-late',
      text: `The machine has been restarted since "${during}".`,
      why: 'A power cut strikes the machine as it runs; what ran before the restart is over.',
      fix: 'Put the fault before the "reboot" step.',
    });
  }
}

const interruptTime: Pick<Words, 'code' | 'why' | 'fix'> = {
  code: 'interrupt-time',
  why: 'Somebody presses Ctrl-C after a while, and cannot know how far the program is.',
  fix: 'Use a time after the start of the step, for example "at: 3 s".',
};

function checkInterrupt({ note }: Context, { path, value }: Entry<StepShape>): void {
  const { at, search } = value;
  if (search !== undefined) {
    note(
      [...path, 'search'],
      {
        code: 'interrupt-search',
        text: 'An interrupt has "at", not "search".',
        why: 'It leaves one disk and the machine runs on; only a power cut has many disks to search.',
        fix: 'Write for example "at: 3 s" instead.',
      },
      'key',
    );
  }
  if (at === undefined || !isOtherThanTime(at)) return;
  note([...path, 'at'], { ...interruptTime, text: `An interrupt cannot strike at "${at}".` });
}

/** Whether a text is an instant, but no time after the start of its step. */
function isOtherThanTime(at: string): boolean {
  const instant = instantOf(at);
  return instant !== undefined && instant.kind !== 'seconds';
}

/** The `at` of a variant moves every fault that the variant keeps. */
export function checkRetiming(
  { steps, note }: Context,
  path: Path,
  at: string,
  without: readonly string[],
): void {
  const interrupts = steps.some(
    ({ value }) =>
      value.fault === 'interrupt' && !(value.label !== undefined && without.includes(value.label)),
  );
  if (!interrupts || !isOtherThanTime(at)) return;
  note(path, { ...interruptTime, text: `An interrupt cannot strike at "${at}".` });
}
