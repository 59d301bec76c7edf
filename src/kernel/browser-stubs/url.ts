/**
 * Stands in for `node:url` in the browser. memfs asks for it only to accept file paths given as
 * `file:` addresses; the laboratory gives every path as a string, so refusing is honest and small.
 */
export function fileURLToPath(address: string | URL): string {
  throw new Error(`A path was given as an address (${String(address)}): give it as a string.`);
}

/** The browser's own class, because memfs compares against it by `instanceof`. */
export const URL = globalThis.URL;
