/** What the contract looks at on a disk: a datum, and the files of a version. */
import { wholeBlob } from '../../src/model/content.ts';
import { sameContent } from '../../src/model/expected-file.ts';
import type { VersionName } from '../../src/model/release.ts';
import { RootTree } from '../../src/model/root-tree.ts';
import type { BootEntry } from '../../src/model/boot-entry.ts';
import type { TestMachine } from '../unit/backends/machine.ts';

/** What somebody wrote. */
export const thesis = {
  id: 'thesis',
  kind: 'document',
  path: '/home/sam/thesis.txt',
  text: 'a year of work\n',
} as const;

/**
 * What an entry lacks of a version: files of its tree, or its image as a whole, which has no files that could be walked,
 * and the kernel image beside it.
 */
export function lostOf(
  target: TestMachine,
  entry: BootEntry | undefined,
  version: VersionName,
): readonly string[] {
  const { disk } = target.running;
  const { image, unified, kernel } = entry ?? {};
  if (image === undefined) {
    return lostFiles(target, new RootTree(disk, entry?.root ?? []), version);
  }
  const view = disk.volumes.get(image.volume);
  const expected = image.expected[version];
  const whole =
    view !== undefined && expected !== undefined && sameContent(view.content(view.root), expected);
  const lost = whole ? [] : [image.volume];
  if (unified === undefined || kernel === undefined) return lost;
  const file = new RootTree(disk, [{ mountPoint: '/', ...kernel }]).file(kernel.path);
  return file !== undefined && sameContent(file, unified) ? lost : [...lost, kernel.path];
}

/** Paths of a version's files that are not whole where the backend says they lie; edited configuration left out. */
function lostFiles(target: TestMachine, tree: RootTree, version: VersionName): readonly string[] {
  const { backend, brief } = target;
  const edited = new Set(brief.release.editedConfig.map(({ path }) => path));
  return brief.release.packages.flatMap((owner) =>
    (owner.versions[version]?.files ?? [])
      .filter((file) => {
        if (edited.has(file.path)) return false;
        const content = tree.file(backend.pathOf(brief, file, owner, version));
        const whole = wholeBlob(brief.blobs.intern(file.text, file.sizeBytes), file.sizeBytes);
        return content === undefined || !sameContent(content, whole);
      })
      .map(({ path }) => path),
  );
}
