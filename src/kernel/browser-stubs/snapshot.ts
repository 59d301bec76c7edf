/**
 * Stands in for memfs' snapshot package in the browser, which brings encoders for JSON and CBOR along. Nobody copies a
 * running tree here: a disk after a crash is made from the operations that were recorded, never from memory.
 */
export function toSnapshotSync(): never {
  throw new Error('Snapshots of memfs are left out of the browser build.');
}
