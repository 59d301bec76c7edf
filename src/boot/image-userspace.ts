/**
 * User space of a root that is one image. Its files share one fate, so a stage fails only where the version itself lacks
 * what it needs; around the image lies what people can change: /etc with accounts and the table of file systems.
 */
import type { BootEntry } from '../model/boot-entry.ts';
import type { BootNeed, VersionName } from '../model/release.ts';
import type { RootTree } from '../model/root-tree.ts';
import { fileSystemTableStop } from './file-system-table.ts';
import type { KernelStart, Stop } from './kernel.ts';
import { loginStop } from './login.ts';
import type { BootPlan } from './plan.ts';
import { reason } from './sources.ts';
import { stageBefore, wordsOfStage, type UserspaceStart } from './userspace.ts';

/** Whether the system of an entry is an image whose files cannot be told apart. */
export function isOpaque(entry: BootEntry | undefined): boolean {
  return entry?.image !== undefined && entry.image.isWalkable !== true;
}

/** Starts user space of a whole image. */
export function startImageUserspace(
  plan: BootPlan,
  tree: RootTree,
  entry: BootEntry,
  { imageVersions = [] }: KernelStart,
): UserspaceStart {
  const stops = plan.needs.flatMap((need) => missingIn(plan, need, imageVersions) ?? []);
  const inStart = stops.filter(({ failure }) => failure.stage !== 'applications');
  const stop = inStart[0] ?? aroundImage(plan, tree, entry);
  if (stop !== undefined) return { stop, degraded: [] };
  return { degraded: stops.map(({ because }) => because) };
}

/** Recorded slot images hold their own /etc; with a kernel image beside the slot, only /usr is in it. */
function aroundImage(plan: BootPlan, tree: RootTree, entry: BootEntry): Stop | undefined {
  if (entry.unified === undefined) return undefined;
  return fileSystemTableStop(tree, entry) ?? loginStop(plan, tree, entry);
}

function missingIn(
  plan: BootPlan,
  { path, stage }: BootNeed,
  images: readonly VersionName[],
): Stop | undefined {
  const versions = plan.files.get(path)?.versions;
  const [image] = images;
  if (versions === undefined || image === undefined) return undefined;
  if (versions.some(({ version }) => images.includes(version))) return undefined;
  return {
    reached: stageBefore[stage],
    failure: { stage, kind: 'damaged', path },
    because: reason(
      `${path} is not in the image of ${image}, and ${wordsOfStage[stage]} cannot start without it.`,
      'bootup',
    ),
    console: [],
  };
}
