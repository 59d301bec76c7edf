/**
 * One directory entry in memory: memfs' link, which fetches the entries below it from the disk when someone asks for
 * them, and which knows its path from its parents instead of keeping it: a stock link stores its whole path, so that
 * renaming a directory touches everything below it.
 */
import { Link, type Superblock } from '@jsonjoy.com/fs-core';

/** A tree whose entries come into memory one by one. */
export interface EntrySource extends Superblock {
  child(directory: Link, name: string): Link | undefined;
}

/** A link of a RAM tree. */
export class RamLink extends Link {
  readonly #tree: EntrySource;

  constructor(tree: EntrySource) {
    super(tree, undefined, '');
    this.#tree = tree;
  }

  /** Names from the root down, the root's own empty name first. */
  override get steps(): string[] {
    return this.parent === undefined ? [''] : [...this.parent.steps, this.name];
  }

  override set steps(_steps: string[]) {
    // Follows from the parents.
  }

  override syncSteps(): void {
    // Follows from the parents.
  }

  override getName(): string {
    return this.name;
  }

  override getChild(name: string): Link | undefined {
    return this.#tree.child(this, name);
  }
}
