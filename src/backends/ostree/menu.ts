/** What firmware, GRUB and the initramfs find on the disk of an OSTree system. Reads the disk alone. */
import type { MachineBrief } from '../backend.ts';
import type {
  AfterFailure,
  BootEntry,
  BootMenu,
  DiskView,
  RootMount,
} from '../../model/boot-entry.ts';
import { contentText } from '../../model/content.ts';
import { join } from '../../model/path.ts';
import { RootTree, type Place } from '../../model/root-tree.ts';
import type { MountPlan } from '../../model/system.ts';
import type { Reason } from '../../model/verdict.ts';
import { parseDeploymentName, parseEntry, type ParsedEntry } from './boot-files.ts';
import { afterFailures, environmentPath, greenbootDidNot } from './greenboot.ts';
import { deploymentPath, stateroot, versionOfCommit } from './names.ts';
import { optionsOf } from './options.ts';
import { hotfixLayers, hotfixUpper } from './unlock.ts';

const prepareRoot = 'https://github.com/ostreedev/ostree/blob/main/man/ostree-prepare-root.xml';
const bootLoaderSpecification =
  'https://uapi-group.org/specifications/specs/boot_loader_specification/';
const firmwareSource = 'https://fedoraproject.org/wiki/Changes/BootLoaderSpecByDefault';

/** The volume that GRUB reads, as a tree of its own. */
function bootTree(brief: MachineBrief, disk: DiskView): { readonly tree: RootTree; top: string } {
  const single = optionsOf(brief.options).layout === 'single';
  return { tree: volumeTree(disk, single ? 'root' : 'boot'), top: single ? '/boot' : '/' };
}

function volumeTree(disk: DiskView, volume: string): RootTree {
  const root = disk.volumes.get(volume)?.root ?? 0;
  return new RootTree(disk, [{ mountPoint: '/', volume, directory: root }]);
}

/** One entry of the live set, with the deployment that its bootlink leads to. */
interface FoundEntry {
  readonly file: string;
  readonly parsed: ParsedEntry;
  /** Path of the deployment below the physical root, where the bootlink exists. */
  readonly deployment?: string;
}

/** The live entries, the default first: GRUB takes the highest file name. */
function liveEntries(brief: MachineBrief, disk: DiskView): readonly FoundEntry[] {
  const { tree, top } = bootTree(brief, disk);
  const directory = join(top, 'loader/entries');
  const root = volumeTree(disk, 'root');
  return tree
    .list(directory)
    .filter((file) => file.endsWith('.conf'))
    .sort((left, right) => entryNumber(right) - entryNumber(left))
    .map((file) => {
      const content = tree.file(`${directory}/${file}`);
      const parsed = parseEntry(content === undefined ? '' : contentText(content, disk.blobs));
      const deployment = deploymentOf(root, parsed.bootLink);
      return { file, parsed, ...(deployment === undefined ? {} : { deployment }) };
    })
    .filter(({ parsed }) => parsed.kernel !== undefined);
}

function entryNumber(file: string): number {
  return Number(/\d+/.exec(file)?.[0] ?? '0');
}

function deploymentOf(root: RootTree, bootLink: string | undefined): string | undefined {
  const place = bootLink === undefined ? undefined : root.walk(bootLink, false);
  const target = place === undefined ? undefined : root.attributes(place)?.target;
  const name = target?.slice(target.lastIndexOf('/') + 1);
  const parsed = name === undefined ? undefined : parseDeploymentName(name);
  return parsed === undefined ? undefined : deploymentPath(parsed.commit, parsed.serial);
}

/** The menu of this disk. */
export function bootMenu(brief: MachineBrief, disk: DiskView): BootMenu {
  const nothing = firstMissing(brief, disk);
  const live = nothing === undefined ? liveEntries(brief, disk) : [];
  const entries = live.flatMap((found) => entryOf(brief, disk, found));
  const isWatched = optionsOf(brief.options).startChecks !== 'none';
  const how = 'Choose the second entry, the deployment before, in the GRUB menu.';
  return {
    loader: 'grub',
    entries,
    ...(entries.length > 0 ? {} : { nothing: nothing ?? noEntry }),
    ...(isWatched ? { afterFailures: goingBack(brief, disk, live, entries) } : {}),
    wayToOther: { kind: 'menu', how: isWatched ? `${how} ${greenbootDidNot.text}` : how },
  };
}

function goingBack(
  brief: MachineBrief,
  disk: DiskView,
  live: readonly FoundEntry[],
  entries: readonly BootEntry[],
): readonly AfterFailure[] {
  const { tree, top } = bootTree(brief, disk);
  const content = tree.file(join(top, environmentPath));
  const text = content === undefined ? '' : contentText(content, disk.blobs);
  return afterFailures(brief, text, entries, commitOfEntry(live[0])?.commit);
}

function commitOfEntry(found: FoundEntry | undefined): { readonly commit: string } | undefined {
  const deployment = found?.deployment;
  return parseDeploymentName(deployment?.slice(deployment.lastIndexOf('/') + 1) ?? '');
}

type Nothing = NonNullable<BootMenu['nothing']>;

const noEntry: Nothing = {
  stage: 'loader',
  because: {
    text: 'GRUB starts, but /boot/loader/entries holds no entry that names a kernel.',
    source: bootLoaderSpecification,
  },
  console: ['grub>'],
};

function firstMissing(brief: MachineBrief, disk: DiskView): Nothing | undefined {
  const esp = volumeTree(disk, 'esp');
  const loader = ['/EFI/fedora/grubx64.efi', '/EFI/BOOT/BOOTX64.EFI'].some(
    (path) => (esp.file(path)?.sizeBytes ?? 0) > 0,
  );
  if (!loader) {
    return {
      stage: 'firmware',
      because: {
        text: 'The EFI system partition holds no boot loader: the firmware finds nothing to start.',
        source: 'recorded runs rm-ostree-rmroot and rm-ostree-rmstar',
      },
      console: ['No bootable device.'],
    };
  }
  const { tree, top } = bootTree(brief, disk);
  if ((tree.file(join(top, 'grub2/grub.cfg'))?.sizeBytes ?? 0) > 0) return undefined;
  return {
    stage: 'loader',
    because: {
      text: 'GRUB starts, but finds no grub.cfg in /boot that would make it read the entries.',
      source: firmwareSource,
    },
    console: ['grub>'],
  };
}

function entryOf(brief: MachineBrief, disk: DiskView, found: FoundEntry): readonly BootEntry[] {
  const { file, parsed, deployment } = found;
  const { tree } = bootTree(brief, disk);
  const boot = tree.walk('/');
  const commit = commitOfEntry(found);
  const version =
    parsed.version ?? (commit === undefined ? undefined : versionOfCommit(brief, commit.commit));
  if (boot === undefined || version === undefined) return [];
  const place = deployment === undefined ? undefined : volumeTree(disk, 'root').walk(deployment);
  const missing = missingOf(brief, disk, found, place);
  // Of a volume that does not mount nobody knows what it holds; of a link that is gone, nobody knows where it led.
  const isGone = deployment !== undefined && place === undefined && disk.volumes.has('root');
  const reference = { volume: boot.volume, directory: boot.inode };
  return [
    {
      id: file.replace('.conf', ''),
      title: parsed.title,
      version,
      kernel: { ...reference, path: parsed.kernel ?? '' },
      initramfs: { ...reference, path: parsed.initramfs ?? '' },
      root: place === undefined ? [] : rootOf(brief, disk, place),
      initramfsMaker: 'dracut',
      isDeployment: true,
      init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
      ...(missing === undefined ? {} : { missing }),
      ...(isGone ? { rootGone: true } : {}),
    },
  ];
}

function missingOf(
  brief: MachineBrief,
  disk: DiskView,
  found: FoundEntry,
  place: Place | undefined,
): Reason | undefined {
  if (found.deployment === undefined) {
    return {
      text: `The entry names the link ${found.parsed.bootLink ?? '(none)'}, which is not on the root volume.`,
      source: prepareRoot,
    };
  }
  if (place === undefined) {
    return { text: `The deployment /${found.deployment} is gone.`, source: prepareRoot };
  }
  const image = `${found.deployment}/.ostree.cfs`;
  const { composefs } = optionsOf(brief.options);
  if (!composefs || (volumeTree(disk, 'root').file(image)?.sizeBytes ?? 0) > 0) return undefined;
  return { text: `The composefs image /${image} is missing or empty.`, source: prepareRoot };
}

/** The pieces of the root: ostree-prepare-root puts them together in the initramfs. */
function rootOf(brief: MachineBrief, disk: DiskView, deployment: Place): readonly RootMount[] {
  const root = volumeTree(disk, 'root');
  const { tree, top } = bootTree(brief, disk);
  const mounts: RootMount[] = [];
  const add = (mountPoint: string, place: Place | undefined): void => {
    if (place === undefined || place.inode === 0) return;
    mounts.push({ mountPoint, volume: place.volume, directory: place.inode });
  };
  add('/', deployment);
  const inside = new RootTree(disk, [
    { mountPoint: '/', volume: deployment.volume, directory: deployment.inode },
  ]);
  const upper = inside.walk(hotfixUpper);
  const usr = inside.walk('usr');
  if (upper !== undefined && usr !== undefined) {
    mounts.push({ mountPoint: '/usr', volume: 'root', directory: usr.inode, upper: upper.inode });
  }
  add('/var', root.walk(`ostree/deploy/${stateroot}/var`));
  add('/boot', tree.walk(top));
  add('/sysroot', root.walk('/'));
  add('/boot/efi', volumeTree(disk, 'esp').walk('/'));
  return mounts;
}

/** What is mounted while an entry runs, the default one unless another was chosen. Source: systems.md 2.2, recorded `base-ostree`. */
export function mounts(brief: MachineBrief, disk: DiskView, choice?: string): readonly MountPlan[] {
  const usable = liveEntries(brief, disk).filter(({ deployment }) => deployment !== undefined);
  const found = usable.find(({ file }) => file === `${choice ?? ''}.conf`) ?? usable[0];
  if (found?.deployment === undefined) return [];
  const { layout, composefs } = optionsOf(brief.options);
  const from = found.deployment;
  const isHotfixed = volumeTree(disk, 'root').walk(hotfixLayers(from).work) !== undefined;
  const root = { volume: 'root' } as const;
  const boot: MountPlan =
    layout === 'single'
      ? { mountPoint: '/boot', ...root, from: 'boot', readOnly: false }
      : { mountPoint: '/boot', volume: 'boot', readOnly: false };
  const esp: MountPlan = { mountPoint: '/boot/efi', volume: 'esp', readOnly: false };
  const sealed = composefs ? { sealed: true as const } : {};
  return [
    { mountPoint: '/', ...root, from, readOnly: composefs, ...sealed },
    isHotfixed
      ? {
          mountPoint: '/usr',
          ...root,
          from: `${from}/usr`,
          readOnly: false,
          overlay: hotfixLayers(from),
        }
      : { mountPoint: '/usr', ...root, from: `${from}/usr`, readOnly: true, ...sealed },
    { mountPoint: '/etc', ...root, from: `${from}/etc`, readOnly: false },
    { mountPoint: '/var', ...root, from: `ostree/deploy/${stateroot}/var`, readOnly: false },
    { mountPoint: '/sysroot', ...root, readOnly: true },
    boot,
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
