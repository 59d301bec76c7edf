/** Holds the engine against litmus tests: what was seen must be allowed, what is forbidden must not be. */
import type { Drive } from '../../model/device.ts';
import { profileRecordedAs } from '../../persistence/registry.ts';
import type { Profile } from '../../persistence/profile.ts';
import { SystemError } from '../../kernel/process.ts';
import { AllowedStates, keyOf } from './allowed.ts';
import { isAllowed } from './inclusion.ts';
import type { LitmusTest, SeenState } from './litmus-file.ts';
import type { Observation } from './observe.ts';
import { UnknownCall, type LitmusProgram } from './program.ts';

/** What is wrong with one test; every list that is there has something in it. */
export interface LitmusFailure {
  /** Seen on a real file system, and not allowed by the engine. */
  readonly observedNotAllowed?: readonly Observation[];
  /** Forbidden, and allowed by the engine. */
  readonly forbiddenButAllowed?: readonly Observation[];
  /** Allowed by the test, and not by the engine. */
  readonly missing?: readonly Observation[];
  /** Allowed by the engine, and not by the test. */
  readonly tooMuch?: readonly Observation[];
  /** Why the test cannot be run. */
  readonly notModelled?: string;
}

/** Counts of tests. */
export interface LitmusTotals {
  readonly tests: number;
  readonly ok: number;
  readonly observedNotAllowed: number;
  readonly forbiddenButAllowed: number;
  readonly allowedDiffers: number;
  readonly notModelled: number;
}

/** Test id → `ok` or what is wrong. */
export interface LitmusReport {
  readonly tests: Readonly<Record<string, 'ok' | LitmusFailure>>;
  readonly totals: LitmusTotals;
}

/** Checks all tests. */
export function checkLitmus(tests: readonly LitmusTest[]): LitmusReport {
  const results = tests.map((test) => [test.id, checkTest(test)] as const);
  const failures = results.flatMap(([, result]) => (result === 'ok' ? [] : [result]));
  const count = (has: (failure: LitmusFailure) => unknown): number =>
    failures.filter((failure) => has(failure) !== undefined).length;
  return {
    tests: Object.fromEntries(results),
    totals: {
      tests: tests.length,
      ok: tests.length - failures.length,
      observedNotAllowed: count((failure) => failure.observedNotAllowed),
      forbiddenButAllowed: count((failure) => failure.forbiddenButAllowed),
      allowedDiffers: count((failure) => failure.missing ?? failure.tooMuch),
      notModelled: count((failure) => failure.notModelled),
    },
  };
}

function checkTest(test: LitmusTest): 'ok' | LitmusFailure {
  const profile = profileRecordedAs(test.fileSystem);
  if (profile === undefined) return { notModelled: `There is no profile for ${test.fileSystem}.` };
  try {
    return compare(test, profile);
  } catch (error) {
    if (error instanceof UnknownCall) {
      return { notModelled: `There is no call ${error.message}.` };
    }
    if (error instanceof SystemError) {
      return { notModelled: `The program fails: ${error.message}.` };
    }
    throw error;
  }
}

function compare(test: LitmusTest, profile: Profile): 'ok' | LitmusFailure {
  const states = new AllowedStates(asRecorded(test, profile), test.observe, profile, test.drive);
  const { anyTime, afterEnd } = states;
  const unexpected = test.seen.filter((seen) => !isSeenAllowed(seen, states, profile, test.drive));
  const forbidden = [
    ...test.forbidden.filter((state) => isAllowed(state, anyTime)),
    ...test.forbiddenAfterEnd.filter((state) => isAllowed(state, afterEnd)),
  ];
  const missing = [
    ...lacking(test, test.allowed, anyTime),
    ...lacking(test, test.allowedAfterEnd, afterEnd),
  ];
  const tooMuch =
    test.kind === 'observed'
      ? []
      : [...without(anyTime, test.allowed), ...without(afterEnd, test.allowedAfterEnd)];
  if (!states.isComplete) return { notModelled: 'It leaves more states than are enumerated.' };
  const failure: LitmusFailure = {
    ...(unexpected.length > 0 ? { observedNotAllowed: unexpected.map(({ state }) => state) } : {}),
    ...(forbidden.length > 0 ? { forbiddenButAllowed: forbidden } : {}),
    ...(missing.length > 0 ? { missing } : {}),
    ...(tooMuch.length > 0 ? { tooMuch } : {}),
  };
  return Object.keys(failure).length === 0 ? 'ok' : failure;
}

/** What a test allows and the engine does not: as it is where the test is complete, by inclusion where it is not. */
function lacking(
  { kind }: LitmusTest,
  wanted: readonly Observation[],
  ours: readonly Observation[],
): readonly Observation[] {
  return kind === 'observed'
    ? wanted.filter((state) => !isAllowed(state, ours))
    : without(wanted, ours);
}

function without(
  states: readonly Observation[],
  others: readonly Observation[],
): readonly Observation[] {
  const known = new Set(others.map(keyOf));
  return states.filter((state) => !known.has(keyOf(state)));
}

const refusedToMount = /^MOUNTFAIL/;

/** A state must be allowed after as many calls as it was first and last seen after. */
function isSeenAllowed(
  { state, callsDone }: SeenState,
  states: AllowedStates,
  profile: Profile,
  { sectorBytes }: Drive,
): boolean {
  if (Object.values(state).some((word) => refusedToMount.test(word))) {
    return (profile.superblockBytes ?? 0) > sectorBytes;
  }
  if (callsDone === undefined) return isAllowed(state, states.anyTime);
  return callsDone.every((count) => isAllowed(state, states.afterCalls(count)));
}

/**
 * The program as the laboratory ran it: mkfs.ext4 makes `lost+found`, and on XFS the log was forced by a file of the
 * laboratory's own. Both count where the entries of the root are counted. Source: persistence.md section 1.
 */
function asRecorded({ setup, ops, observe }: LitmusTest, profile: Profile): LitmusProgram {
  if (!observe.includes('/#n')) return { setup, ops };
  const isExt4 = profile.id.startsWith('ext4') || profile.id === 'overlay';
  return {
    setup: isExt4 ? [['mkdir', 'lost+found'], ...setup] : setup,
    ops: profile.id === 'xfs' ? [...ops, ['creat', '.force-log']] : ops,
  };
}
