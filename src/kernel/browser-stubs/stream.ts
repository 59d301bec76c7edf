/**
 * Stands in for `node:stream` in the browser. memfs extends these two classes while it loads, but
 * the laboratory reads and writes files by calls and never by streams, so an empty class is enough
 * and saves the 44 kB (gzipped) that a full implementation would cost.
 */
class UnusedStream {
  constructor() {
    throw new Error('Streams are left out of the browser build: read and write files by calls.');
  }
}

export { UnusedStream as Readable, UnusedStream as Writable };
