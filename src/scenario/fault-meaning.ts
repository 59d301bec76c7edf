/** Faults that strike nothing, or at no time that there is. */
import { unknown, type Context, type Entry, type Words } from './context.ts';
import { instantOf } from './duration.ts';
import type { StepShape } from './schema.ts';
import { listed, valueAt } from './shape.ts';
import type { Path } from './yaml-text.ts';

function labelsBefore({ yaml }: Context, path: Path): string[] {
  const outer = labelsIn(valueAt(yaml.value, ['steps']), Number(path[1]));
  const inner =
    path.length > 2 ? labelsIn(valueAt(yaml.value, path.slice(0, -1)), Number(path.at(-1))) : [];
  return [...outer, ...inner];
}

function labelsIn(steps: unknown, end: number): string[] {
  if (!Array.isArray(steps)) return [];
  return steps.slice(0, end).flatMap((step: unknown) => {
    const label = valueAt(step, ['label']);
    const isFault = valueAt(step, ['fault']) !== undefined;
    return typeof label === 'string' && !isFault ? [label] : [];
  });
}

/** What each fault has beside its name: keys that it needs, and keys that it may have. */
const keysOfFault: {
  readonly [fault: string]: {
    readonly needs: readonly FaultKey[];
    readonly may?: readonly FaultKey[];
  };
} = {
  'power-loss': { needs: ['during'], may: ['at', 'search'] },
  interrupt: { needs: ['during'], may: ['at', 'search'] },
  'disk-full': { needs: ['during', 'at'], may: ['place'] },
  'lying-drive': { needs: ['during'], may: ['at'] },
  'drop-barrier': { needs: ['during', 'at'] },
  'bad-release': { needs: ['during', 'release'] },
  'bit-flip': { needs: ['file'] },
  typo: { needs: ['file'] },
  theft: { needs: [] },
};

type FaultKey = 'during' | 'at' | 'search' | 'file' | 'place' | 'release';

const whyOfKey: { readonly [key in FaultKey]: string } = {
  during: 'It strikes while another step is under way.',
  at: 'It names the instant that the fault is about.',
  search: 'It looks at many instants.',
  file: 'It strikes one file.',
  place: 'It says what is full.',
  release: 'It says what is wrong with the release.',
};

function checkKeys({ note }: Context, { path, value }: Entry<StepShape>): void {
  const { needs = [], may = [] } = keysOfFault[value.fault ?? ''] ?? {};
  for (const key of Object.keys(whyOfKey) as FaultKey[]) {
    if (value[key] === undefined && needs.includes(key)) {
      note(path, {
        code: 'missing-key',
        text:
          key === 'during'
            ? 'A fault needs "during".'
            : `The fault "${value.fault ?? ''}" needs "${key}".`,
        why: whyOfKey[key],
        fix:
          key === 'during'
            ? 'Give that step a label, and write "during: <label>" here.'
            : `Add "${key}: …" here.`,
      });
    } else if (value[key] !== undefined && !needs.includes(key) && !may.includes(key)) {
      note(
        [...path, key],
        {
          code: 'misplaced-modifier',
          text: `The fault "${value.fault ?? ''}" has no "${key}".`,
          why: `It has ${listed([...needs, ...may]) || 'nothing beside its name'}.`,
          fix: `Remove "${key}".`,
        },
        'key',
      );
    }
  }
}

/** A fault: the step that it strikes, and when. */
export function checkFault(context: Context, entry: Entry<StepShape>): void {
  const { path, value } = entry;
  const { at, search, during, fault } = value;
  checkKeys(context, entry);
  if (during !== undefined && keysOfFault[fault ?? '']?.needs.includes('during') === true) {
    if (!labelsBefore(context, path).includes(during)) {
      unknown(context, [...path, 'during'], during, 'label', labelsBefore(context, path));
    } else {
      checkStruck(context, entry, during);
    }
  }
  if (fault !== 'power-loss' && fault !== 'interrupt') return;
  if (fault === 'interrupt') checkInterrupt(context, entry);
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

const powerFaults: ReadonlySet<string> = new Set(['power-loss', 'lying-drive', 'drop-barrier']);

/** The step that is struck lasts a while, and the machine has not been restarted since. */
function checkStruck(
  { steps, note }: Context,
  { path, value }: Entry<StepShape>,
  during: string,
): void {
  const at = steps.findIndex((step) => step.path.join() === path.join());
  const before = steps.slice(0, Math.max(0, at));
  const struck = before.findLast((step) => step.value.label === during);
  const isPowerLoss = powerFaults.has(value.fault ?? '');
  if (struck === undefined) return;
  if (value.fault === 'bad-release' && struck.value.update === undefined) {
    note([...path, 'during'], {
      code: 'cannot-strike',
      text: `"${during}" is no update.`,
      why: 'A bad release arrives with an update.',
      fix: 'Name an "update" step.',
    });
    return;
  }
  const isShutdown = isPowerLoss && struck.value.reboot === 'clean' && struck === before.at(-1);
  if (isShutdown) return;
  if (struck.value.reboot !== undefined || (struck.value.wait !== undefined && !isPowerLoss)) {
    note([...path, 'during'], {
      code: 'cannot-strike',
      text: `"${during}" is a step that ${isPowerLoss ? 'no power cut' : 'nobody'} can ${isPowerLoss ? 'strike' : 'interrupt'} here.`,
      why: 'Of a restart only the shutdown can be struck, by a power cut that comes right after a clean "reboot" step; whoever waits runs no program.',
      fix: 'Name a "run", "write", "update" or "rollback" step, or put the fault right after the "reboot: clean" step.',
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
