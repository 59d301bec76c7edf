/**
 * What a start leaves in the names of the images. The loader takes one try off before it starts an image: a panic or a
 * pulled plug then counts as well. A start that reaches boot-complete.target takes the counter off. Source: systemd
 * src/boot/boot.c (boot_entry_bump_counters), src/bless-boot/bless-boot.c (verb_set: rename, fsync of the directory,
 * syncfs).
 */
import type { Work } from '../backend.ts';
import { namesIn } from '../tool-calls.ts';
import type { Procedure } from '../../kernel/process.ts';
import { countedName, imageDirectory, menuOrder, type CountedName } from './boot-counter.ts';
import { readTable } from './partition-table.ts';
import { slots, type Slot } from './slot.ts';
import { partitionLabel, slotOf, whyNoStart } from './unified-image.ts';

/** Where a running machine sees the EFI system partition. */
export const espMount = '/boot';

const directory = `${espMount}${imageDirectory}`;

/** The slot that /usr comes from. */
export function* runningSlot({ os }: Work): Procedure<Slot> {
  const { volume } = yield* os.stat('/usr');
  return slots.find((slot) => slot.volume === volume) ?? slots[0];
}

/** Does something while the EFI system partition is mounted; without a mount of its own, an automount brings it. */
export function* withEsp(work: Work, body: () => Procedure): Procedure {
  const { os, brief } = work;
  const isHidden = brief.settings.espMounted === false;
  const source = { kind: 'volume', volume: 'esp' } as const;
  if (isHidden) yield* os.mount({ mountPoint: espMount, source, readOnly: false });
  yield* body();
  if (isHidden) yield* os.unmount(espMount);
}

/** What the loader and systemd-bless-boot do at a start that succeeds, and what the loader did at those before it. */
export function* countBoots(work: Work): Procedure {
  yield* withEsp(work, function* () {
    const { os } = work;
    const images = menuOrder(yield* namesIn(os, directory));
    if (images.every(({ counter }) => counter === undefined || counter.left === 0)) return;
    const table = yield* readTable(work);
    const label = table[(yield* runningSlot(work)).letter];
    const running = images.findIndex(({ version }) => partitionLabel(version) === label);
    if (running < 0) return;
    for (const image of images.slice(0, running)) yield* useUpTries(work, image);
    const own = images[running];
    if (own?.counter === undefined) return;
    yield* bless(work, yield* countDown(work, own));
  });
}

/** An image that never gets as far as this was started again until no tries were left. */
function* useUpTries(work: Work, image: CountedName): Procedure {
  if (image.counter === undefined || image.counter.left === 0) return;
  const { os, brief } = work;
  const slot = slotOf(yield* readTable(work), image.version);
  const partition = slot === undefined ? undefined : yield* os.readBlocks(slot.volume);
  const kernelImage = yield* os.read(`${directory}/${image.name}`);
  const { version } = image;
  if (whyNoStart(brief, { version, kernelImage, partition }) === undefined) return;
  let left = image;
  while ((left.counter?.left ?? 0) > 0) left = yield* countDown(work, left);
}

function* countDown({ os }: Work, image: CountedName): Procedure<CountedName> {
  const { name, version, counter } = image;
  if (counter === undefined) return image;
  const next = { left: Math.max(0, counter.left - 1), done: counter.done + 1 };
  const renamed = countedName(version, next.left, next.done);
  yield* os.rename(`${directory}/${name}`, `${directory}/${renamed}`);
  // The firmware's file system driver writes through.
  yield* os.syncfs(espMount);
  return { name: renamed, version, counter: next };
}

function* bless({ os }: Work, { name, version }: CountedName): Procedure {
  yield* os.rename(`${directory}/${name}`, `${directory}/${countedName(version)}`);
  yield* os.fsyncPath(directory);
  yield* os.syncfs(espMount);
}
