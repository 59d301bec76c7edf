/**
 * Stands in for parts of memfs that the laboratory never calls, and that a browser would have to load: snapshots with
 * their encoders (a disk after a crash is made from the recorded operations, never from memory), drawings of trees, and
 * patterns of file names (the shell expands its own).
 */
function unused(): never {
  throw new Error('This part of memfs is left out of the browser build.');
}

export {
  unused as expandBraces,
  unused as toRegex,
  unused as toSnapshotSync,
  unused as toTreeSync,
};
