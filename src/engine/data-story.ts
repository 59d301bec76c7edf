/**
 * What every datum of a run held, and since when: the versions that a fate is told against. Filled while the machine
 * runs; a crash state is then compared with it.
 */
import type { BlobTable, Content } from '../model/content.ts';
import { sameContent } from '../model/expected-file.ts';
import type { VersionName } from '../model/release.ts';
import type { RootTree } from '../model/root-tree.ts';

/** One version of a datum's content. */
export interface DatumVersion {
  readonly content: Content;
  readonly atMicroseconds: number;
}

/** What a file held when a machine of some version started. */
export interface StartContent {
  readonly content: Content;
  readonly version: VersionName;
}

/** The contents of each datum of a scenario, oldest first. */
export class DataStory {
  readonly #versions = new Map<string, DatumVersion[]>();
  /** What was there when somebody looked last. */
  readonly #seen = new Map<string, Content>();
  /** What a file held each time that a machine started, oldest first. */
  readonly #starts = new Map<string, readonly StartContent[]>();
  readonly blobs: BlobTable;

  constructor(blobs: BlobTable) {
    this.blobs = blobs;
  }

  /** Looks at a datum and remembers its content if it is new. */
  note(id: string, path: string, tree: RootTree, atMicroseconds: number): void {
    const content = tree.file(path);
    if (content === undefined) return;
    const seen = this.#seen.get(id);
    if (seen !== undefined && sameContent(seen, content)) return;
    this.#seen.set(id, content);
    this.#versions.set(id, [...(this.#versions.get(id) ?? []), { content, atMicroseconds }]);
  }

  /**
   * Looks at a datum after a tool or a start may have brought an older content back: what it held before is no new
   * version, or a change that went back would count as the last one.
   */
  meet(id: string, path: string, tree: RootTree, atMicroseconds: number): void {
    const content = tree.file(path);
    const isKnown = (version: DatumVersion): boolean =>
      content !== undefined && sameContent(version.content, content);
    if (this.of(id).some(isKnown)) this.find(id, path, tree);
    else this.note(id, path, tree, atMicroseconds);
  }

  /** Looks at a datum after a power cut: what the disk has kept of it is no new version. */
  find(id: string, path: string, tree: RootTree): void {
    const content = tree.file(path);
    if (content !== undefined) this.#seen.set(id, content);
  }

  /** A machine of this version has started: these files are noted as they are. */
  begin(paths: readonly string[], tree: RootTree, version: VersionName): void {
    for (const path of paths) {
      const content = tree.file(path);
      if (content === undefined) continue;
      this.#starts.set(path, [...this.startsOf(path), { content, version }]);
    }
  }

  /** What a file held at each start, oldest first. */
  startsOf(path: string): readonly StartContent[] {
    return this.#starts.get(path) ?? [];
  }

  /** Versions of a datum, oldest first. */
  of(id: string): readonly DatumVersion[] {
    return this.#versions.get(id) ?? [];
  }
}
