/** What a recording showed and what the simulation shows; JSON of `survives conform`. */
export interface ComparedRun {
  readonly id: string;
  /** Fact → value as recorded; only facts that are compared. */
  readonly observed: { readonly [fact: string]: unknown };
  /** The same facts as simulated. */
  readonly simulated: { readonly [fact: string]: unknown };
  /** What reality showed and the simulation does not, a sentence each, where nothing explains it. */
  readonly missing: readonly string[];
  /** What the simulation shows and reality did not. */
  readonly invented: readonly string[];
  /** What the closed list explains (tool version, device timing, thinned recording), with which of them. */
  readonly explained: readonly string[];
}
