/** Whom a stored file belongs to: the package that ships its bytes, wherever a mechanism has put them. */
import type { BlobTable, Content } from '../model/content.ts';
import { blobOf } from '../model/expected-file.ts';
import type { Release, ReleaseFile } from '../model/release.ts';

const people = 'written by people';
const others = 'no package';

/** Finds owners by bytes, and by path where there are none. */
export class StoredOwners {
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();
  readonly #ofBlob = new Map<number, number>();
  readonly #ofPath = new Map<string, number>();

  constructor({ packages, kernels, generated }: Release, blobs: BlobTable) {
    const note = (file: ReleaseFile, owner: number): void => {
      this.#ofPath.set(file.path, owner);
      const blob = blobOf(blobs, file);
      if (blob !== 0) this.#ofBlob.set(blob, owner);
    };
    for (const { name, versions } of packages) {
      const owner = this.#place(name);
      for (const version of Object.values(versions)) {
        for (const file of version.files) note(file, owner);
      }
    }
    for (const { package: name, image, modules, initramfs } of Object.values(kernels)) {
      const owner = this.#place(name);
      for (const file of [image, ...modules]) note(file, owner);
      note(initramfs, this.#place('initramfs, made on the machine'));
    }
    for (const { path, maker } of generated) {
      this.#ofPath.set(path, this.#place(`made by ${maker}`));
    }
  }

  /** The owner of a file at a path of a volume; `contents` are those that it has, should have and had. */
  of(path: string, contents: readonly Content[]): number {
    for (const { segments } of contents) {
      for (const { blob } of segments) {
        const owner = this.#ofBlob.get(blob);
        if (owner !== undefined) return owner;
      }
    }
    // The path below the root of a deployment, a snapshot or a store path.
    const below = /\/(?:usr|etc|boot)\/.*$/.exec(path)?.[0] ?? path;
    const known = this.#ofPath.get(below);
    if (known !== undefined) return known;
    return this.#place(/(^|\/)home\//.test(path) ? people : others);
  }

  #place(name: string): number {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.names.push(name) - 1;
      this.#places.set(name, place);
    }
    return place;
  }
}
