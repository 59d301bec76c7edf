/** What a machine whose matching files are of two versions says, as boot and survival both tell it. */

/** A group of files that must be of one version, found in two. */
export interface MixedGroup {
  readonly id: string;
  /** Why its files must match, in words that follow "because"; absent where the release gives no reason. */
  readonly why?: string | undefined;
  /** Which file is of which version, such as "a is of v1, b of v2"; absent where no example is known. */
  readonly examples?: string | undefined;
  /** Whether the start itself, up to the login, reads files of both versions; absent where it ends before for another reason. */
  readonly inStart?: boolean | undefined;
  /** Programs outside of the start that use files of both versions. */
  readonly programs?: readonly string[];
}

/** The sentence that names the group, its files, and why they must match; and what that means for the start. */
export function wordsOfMixedGroup({ id, why, examples, inStart, programs }: MixedGroup): string {
  const files = examples === undefined ? '' : `: ${examples}`;
  const because = why ?? 'they are built for one another';
  const group = `Files that must match do not${files} (group ${id}; its files must be of one version because ${because}).`;
  if (inStart === undefined) return group;
  return `${group} ${inStart ? inStartWords : outsideWords(programs ?? [])}`;
}

/** Nobody promises that two builds fit, and nobody can name the line at which they stop fitting: nothing is printed. */
const inStartWords =
  'The start runs both, and nobody promises that two builds work together: it counts as not starting.';

function outsideWords(programs: readonly string[]): string {
  const which = programs.length === 0 ? 'what uses both' : programs.join(', ');
  const verb = programs.length > 1 ? 'run' : 'runs';
  return `The start reads no two of them that differ, so the machine starts; ${which} ${verb} on files of two builds, and nobody promises that this works.`;
}
