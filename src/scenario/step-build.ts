/** Turns checked steps into nouns: repetitions are counted out, faults become what the engine performs. */
import { assert } from '../model/lab-error.ts';
import type { Change, Instant, Step, StepModifiers } from '../model/scenario.ts';
import type { VersionName } from '../model/release.ts';
import { instantOf, secondsOf } from './duration.ts';
import type { StepShape } from './schema.ts';
import { saveWords } from './vocabulary.ts';

/** The instant of a text that was checked. */
export function instant(text: string): Instant {
  const found = instantOf(text);
  assert(found !== undefined, `instant ${text}`);
  return found;
}

/** A step with the line it stands on. */
export interface PlacedStep {
  readonly shape: StepShape;
  readonly line: number;
}

/** The steps of a scenario, in the order in which they are performed. */
export function stepsOf(placed: readonly PlacedStep[]): readonly Step[] {
  const flat = placed.flatMap(countedOut);
  const bad = new Map(
    flat.flatMap(({ shape: { fault, during, release } }): [string, VersionName][] =>
      fault === 'bad-release' && during !== undefined && release !== undefined
        ? [[during, release]]
        : [],
    ),
  );
  return flat
    .filter(({ shape }) => shape.fault !== 'bad-release')
    .map(({ shape, line }) => {
      const step = stepOf(shape, line);
      const release = bad.get(step.label ?? '');
      return step.verb === 'update' && release !== undefined ? { ...step, to: release } : step;
    });
}

/** Labels of a repeated step get the number of the round, and what names them within the round follows. */
function countedOut({ shape, line }: PlacedStep): readonly PlacedStep[] {
  const { repeat } = shape;
  if (repeat === undefined) return [{ shape, line }];
  const own = new Set(repeat.steps.map(({ label }) => label));
  return Array.from({ length: repeat.times }, (_, round) => String(round + 1)).flatMap((round) =>
    repeat.steps.map((step) => {
      const { label, during } = step;
      return {
        line,
        shape: {
          ...step,
          ...(label === undefined ? {} : { label: `${label}-${round}` }),
          ...(during === undefined || !own.has(during) ? {} : { during: `${during}-${round}` }),
        },
      };
    }),
  );
}

function modifiersOf(shape: StepShape, line: number): StepModifiers {
  const { as, on, label, note } = shape;
  return {
    line,
    ...(as === undefined ? {} : { as }),
    ...(Array.isArray(on) ? { on } : {}),
    ...(label === undefined ? {} : { label }),
    ...(note === undefined ? {} : { note }),
  };
}

type Bare = Step extends infer One
  ? One extends Step
    ? Omit<One, keyof StepModifiers>
    : never
  : never;

function stepOf(shape: StepShape, line: number): Step {
  return { ...bareStep(shape), ...modifiersOf(shape, line) };
}

function bareStep(shape: StepShape): Bare {
  if (shape.run !== undefined) return { verb: 'run', command: shape.run };
  if (shape.write !== undefined) return writeOf(shape.write);
  if (shape.update !== undefined) return { verb: 'update', to: shape.update };
  if (shape.rollback !== undefined) return { verb: 'rollback' };
  if (shape.reboot !== undefined) {
    return { verb: 'reboot', how: shape.reboot === 'clean' ? 'clean' : 'forced' };
  }
  if (shape.wait !== undefined) return { verb: 'wait', seconds: secondsOf(shape.wait) ?? 0 };
  if (shape.change !== undefined) return { verb: 'change', change: changeOf(shape.change) };
  if (shape.attack !== undefined) return attackOf(shape, shape.attack);
  if (shape.measure !== undefined) return { verb: 'measure', what: shape.measure };
  return faultOf(shape);
}

function writeOf(write: NonNullable<StepShape['write']>): Bare {
  const { to, text, append, how = 'editor' } = write;
  const pattern = saveWords[how];
  assert(pattern !== undefined, `a checked write knows how: ${how}`);
  const isAppended = append !== undefined;
  return { verb: 'write', to, text: append ?? text ?? '', append: isAppended, how: pattern };
}

function changeOf(shape: NonNullable<StepShape['change']>): Change {
  const { install, remove, replace, with: by = '', edit, clean, reset } = shape;
  const { pin, unlock, text, append } = shape;
  if (install !== undefined) return { kind: 'install', name: install };
  if (remove !== undefined) return { kind: 'remove', name: remove };
  if (replace !== undefined) return { kind: 'replace', name: replace, by };
  if (clean !== undefined) return { kind: 'clean', name: clean };
  if (reset !== undefined) return { kind: 'reset', name: reset };
  if (pin !== undefined) return { kind: 'pin', name: pin };
  if (unlock !== undefined) return { kind: 'unlock', how: unlock };
  const isAppended = append !== undefined;
  return { kind: 'edit', to: edit ?? '', text: append ?? text ?? '', append: isAppended };
}

function attackOf(shape: StepShape, attack: NonNullable<StepShape['attack']>): Bare {
  const { permissions = [], read = [], overwrite = [], plant = [] } = attack;
  const { by = 'user-program' } = shape;
  return { verb: 'attack', attack: { by, permissions, read, overwrite, plant } };
}

function faultOf(shape: StepShape): Bare {
  const { fault, at, search, seed, during = '', file = '', place } = shape;
  const seeded = seed === undefined ? {} : { seed };
  const moment =
    search !== undefined
      ? ({ kind: 'search', policy: search } as const)
      : at !== undefined
        ? ({ kind: 'at', at: instant(at) } as const)
        : ({ kind: 'search', policy: 'lying-drive' } as const);
  switch (fault) {
    case 'power-loss':
    case 'interrupt':
      return { verb: 'fault', fault, during, moment, ...seeded };
    case 'disk-full': {
      const where = place === undefined ? {} : { place };
      return { verb: 'fault', fault, during, moment, ...where };
    }
    case 'lying-drive':
      return { verb: 'fault', fault: 'power-loss', during, moment, driveLies: true, ...seeded };
    case 'drop-barrier': {
      const everywhere = { kind: 'search', policy: 'every-op' } as const;
      const dropsBarrier = instant(at ?? '');
      const loss = { verb: 'fault', fault: 'power-loss', during, moment: everywhere } as const;
      return { ...loss, dropsBarrier, ...seeded };
    }
    case 'bit-flip':
    case 'typo':
      return { verb: fault, file };
    default:
      return { verb: 'theft' };
  }
}
