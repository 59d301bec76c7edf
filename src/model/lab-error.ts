/**
 * The one error class of the laboratory. The code is data; text, reason and fix belong to the code.
 */

/** What each code means. `definite` says whether the thing asked for has certainly not happened. */
export const errorCodes = {
  'unknown-system': {
    text: 'There is no system of this name.',
    why: 'A system is one file in src/systems, registered in its catalogue.',
    fix: 'Use `npx survives list` for the names.',
    definite: true,
  },
  'unknown-scenario': {
    text: 'There is no scenario of this name.',
    why: 'A scenario is the id of a file in scenarios, or the path of a file.',
    fix: 'Use `npx survives list` for the names.',
    definite: true,
  },
  'unknown-variant': {
    text: 'The scenario has no variant of this name.',
    why: 'A variant is one of those that the scenario lists.',
    fix: 'Leave the variant out for the first one, or use one of the names above.',
    definite: true,
  },
  'unknown-stage': {
    text: 'The machine has no stage of this name.',
    why: 'The power can be cut at the start of a stage that the step goes through on that machine.',
    fix: 'Use one of the stages above, a share such as 41%, or a time such as 3s.',
    definite: true,
  },
  'unknown-file': {
    text: 'There is no file of this name.',
    why: 'The path is looked up from the folder in which the command is run, and a folder is no file.',
    fix: 'Check the path.',
    definite: true,
  },
  'bad-run-id': {
    text: 'This link does not name a run.',
    why: 'A run id holds a format version and a checksum; this one does not match them.',
    fix: 'Copy the whole link again, or choose the scenario by hand.',
    definite: true,
  },
  'stale-run-id': {
    text: 'This link was made with another version of the laboratory or of the scenario.',
    why: 'The same screen can be made again only from the same scenario and the same format.',
    fix: 'Run the scenario again; the result may differ from the one linked to.',
    definite: true,
  },
  'unknown-profile': {
    text: 'There is no file system profile of this name.',
    why: 'A profile is one file in src/persistence/profiles.',
    fix: 'Use one of the names in src/persistence/registry.ts.',
    definite: true,
  },
  'limit-reached': {
    text: 'The simulation reached one of its bounds.',
    why: 'Bounds keep a browser usable; they are listed in src/model/limits.ts.',
    fix: 'Use a smaller scenario, or the classroom release.',
    definite: false,
  },
  'broken-code': {
    text: 'The laboratory contradicts itself.',
    why: 'An assertion failed; this is a mistake in the laboratory, not in the scenario.',
    fix: 'Please report the run id.',
    definite: false,
  },
} as const;

/** Name of an error. */
export type ErrorCode = keyof typeof errorCodes;

/** Thrown when the laboratory cannot go on; `detail` names the thing concerned. */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;

  constructor(code: ErrorCode, detail: string) {
    super(`${errorCodes[code].text} (${detail}) ${errorCodes[code].fix}`);
    this.name = 'LabError';
    this.code = code;
    this.detail = detail;
  }
}

/** Stops at once when an invariant of our own code is broken. */
export function assert(condition: boolean, detail: string): asserts condition {
  if (!condition) throw new LabError('broken-code', detail);
}
