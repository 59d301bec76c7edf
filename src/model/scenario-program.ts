/** A program that keeps data in a format of its own, as a scenario describes it. */

/** It is a package of the release, and starts with the machine. */
export interface ScenarioProgram {
  /** Also the name of its package. */
  readonly id: string;
  readonly label: string;
  /** Id of the datum that it keeps. */
  readonly data: string;
  /** The format that each version writes. It reads that one and every older one, and migrates older data when it starts. */
  readonly formats: { readonly v1: number; readonly v2: number };
}

/** The format that a file says it is in, by its first line: `format 2`. Undefined when it says none. */
export function formatOf(text: string): number | undefined {
  const [, number] = /^format (\d{1,4})(?:\n|$)/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** The same data in another format. */
export function inFormat(text: string, format: number): string {
  return text.replace(/^format \d{1,4}/, `format ${String(format)}`);
}
