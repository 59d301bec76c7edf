/** What the contract looks at on a disk: a datum, and the files of a version. */
import { wholeBlob } from '../../src/model/content.ts';
import { sameContent } from '../../src/model/expected-file.ts';
import type { VersionName } from '../../src/model/release.ts';
import type { RootTree } from '../../src/model/root-tree.ts';
import type { TestMachine } from '../unit/backends/machine.ts';

/** What somebody wrote. */
export const thesis = {
  id: 'thesis',
  kind: 'document',
  path: '/home/sam/thesis.txt',
  text: 'a year of work\n',
} as const;

/** Paths of a version's files that are not whole where the backend says they lie; edited configuration left out. */
export function lostFiles(
  target: TestMachine,
  tree: RootTree,
  version: VersionName,
): readonly string[] {
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
