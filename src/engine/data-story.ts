/**
 * What every datum of a run held, and since when: the versions that a fate is told against. Filled while the machine
 * runs; a crash state is then compared with it.
 */
import type { BlobTable, Content } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import type { RootTree } from '../model/root-tree.ts';

/** One version of a datum's content. */
export interface DatumVersion {
  readonly content: Content;
  readonly atMicroseconds: number;
}

/** The contents of each datum of a scenario, oldest first. */
export class DataStory {
  readonly #versions = new Map<string, DatumVersion[]>();
  readonly blobs: BlobTable;

  constructor(blobs: BlobTable) {
    this.blobs = blobs;
  }

  /** Looks at a datum and remembers its content if it is new. */
  note(id: string, path: string, tree: RootTree, atMicroseconds: number): void {
    const content = tree.file(path);
    if (content === undefined) return;
    const versions = this.#versions.get(id) ?? [];
    const last = versions.at(-1);
    if (last !== undefined && sameContent(last.content, content)) return;
    versions.push({ content, atMicroseconds });
    this.#versions.set(id, versions);
  }

  /** Versions of a datum, oldest first. */
  of(id: string): readonly DatumVersion[] {
    return this.#versions.get(id) ?? [];
  }
}
