/** The line to remember, for the file systems and the drive that it is told on. */
import { losesFlushed, type Drive } from '../../model/device.ts';
import type { FileSystemLecture } from './lecture.ts';

/** What a case teaches here. A lesson of its own holds where the drive keeps its word, and where there is a disk. */
export function lessonOf(
  own: string | undefined,
  fileSystems: readonly FileSystemLecture[],
  drive: Drive,
): string {
  const onDisk = fileSystems.filter(({ profile }) => profile !== 'tmpfs');
  const memory =
    'tmpfs is memory: whatever a program calls, a power cut takes all of it, and what was there before as well.';
  if (onDisk.length === 0) return memory;
  const taught = losesFlushed(drive) ? lyingLesson(own) : (own ?? generalLesson(onDisk));
  return onDisk.length < fileSystems.length ? `${taught} ${memory}` : taught;
}

function lyingLesson(own: string | undefined): string {
  const lie =
    'On a drive that lies, fsync and sync are no help: nothing that they waited for is certain to be there.';
  return own === undefined ? lie : `${lie} On one that keeps its word: ${own}`;
}

/** What a program without a line of its own teaches. */
function generalLesson(fileSystems: readonly FileSystemLecture[]): string {
  const harmed = fileSystems.filter(({ outcomes }) => outcomes.some(({ isHarm }) => isHarm));
  if (harmed.length > 0) return 'What a running machine shows is not what a power cut leaves.';
  const early = fileSystems.some(({ outcomes }) =>
    outcomes.some(({ kind, possibleAfterEnd }) => kind !== 'after' && possibleAfterEnd),
  );
  const isKnown = fileSystems.every(({ isComplete }) => isComplete);
  return early || !isKnown
    ? 'Nothing is damaged here, but the last calls can be undone until they are committed.'
    : 'This program keeps what it promises on these file systems.';
}
