/**
 * What systemd-boot offers: the newest image first, those with no tries left last. An image that does not start is
 * restarted until its tries are used up, nobody has to choose: so the menu is read as it is after that. Source: systemd
 * src/boot/boot.c (boot_entry_compare, boot_entry_bump_counters), https://systemd.io/AUTOMATIC_BOOT_ASSESSMENT
 */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView } from '../../model/boot-entry.ts';
import type { Content } from '../../model/content.ts';
import { sameContent } from '../../model/expected-file.ts';
import type { MountPlan } from '../../model/system.ts';
import type { RootTree } from '../../model/root-tree.ts';
import type { Reason } from '../../model/verdict.ts';
import {
  countedName,
  imageDirectory,
  isSpent,
  menuOrder,
  type CountedName,
} from './boot-counter.ts';
import { namedDefault } from './firmware-variables.ts';
import { tableOn } from './partition-table.ts';
import { slotImage, slots, type Slot } from './slot.ts';
import { slotOf, unifiedImage, whyNoStart } from './unified-image.ts';
import { usrDirectory, usrOf } from './usr-tree.ts';
import { firmwareStop, volumeTree } from './volume-tree.ts';

const bootSource = 'https://github.com/systemd/systemd/blob/main/src/boot/boot.c';
const assessment = 'https://systemd.io/AUTOMATIC_BOOT_ASSESSMENT';

/** The menu of this disk. */
export function bootMenuSysupdate(brief: MachineBrief, disk: DiskView): BootMenu {
  const esp = volumeTree(disk, 'esp');
  const nothing = firmwareStop(disk, 'systemd', 'systemd-bootx64.efi') ?? noImage(esp);
  return {
    loader: 'systemd-boot',
    entries: nothing === undefined ? entriesOf(brief, disk, esp) : [],
    ...(nothing === undefined ? {} : { nothing }),
    wayToOther: { kind: 'menu', how: 'Choose the other version in the menu of systemd-boot.' },
  };
}

function noImage(esp: RootTree): BootMenu['nothing'] {
  if (menuOrder(esp.list(imageDirectory)).length > 0) return undefined;
  return {
    stage: 'loader',
    because: {
      text: 'systemd-boot starts, but there is no kernel image in EFI/Linux: it has nothing to offer.',
      source: bootSource,
    },
    console: ['No loader found. Configuration files in \\loader\\entries\\*.conf are needed.'],
  };
}

function entriesOf(brief: MachineBrief, disk: DiskView, esp: RootTree): readonly BootEntry[] {
  const named = namedDefault(disk);
  const all = menuOrder(esp.list(imageDirectory)).map((image) =>
    candidateOf(brief, disk, esp, image),
  );
  const isNamed = ({ image }: Candidate): boolean => countedName(image.version) === named;
  const first = all.filter(isNamed);
  const order = [...first, ...all.filter((candidate) => !isNamed(candidate))];
  const starting = order.findIndex(({ image, why }) => why === undefined && !isSpent(image));
  // What has no counter, or was chosen by name, is tried for ever: nothing is taken in its place.
  const ahead = order.slice(0, Math.max(starting, 0));
  if (ahead.some(({ image }) => image.counter === undefined) || ahead.some(isNamed)) {
    return order.map(({ entry }) => entry);
  }
  const [taken, ...rest] = order.slice(ahead.length);
  if (taken === undefined || ahead.length === 0) return order.map(({ entry }) => entry);
  const insteadOf = wordsOfTries(ahead, taken);
  return [{ ...taken.entry, insteadOf }, ...[...rest, ...ahead].map(({ entry }) => entry)];
}

function wordsOfTries(ahead: readonly Candidate[], taken: Candidate): Reason {
  const tried = ahead.map(({ image, entry, why }) => {
    const left = image.counter?.left ?? 0;
    return `“${entry.title}” was started ${String(left)} ${left === 1 ? 'time' : 'times'} first, and each time ${why?.text ?? ''}`;
  });
  return {
    text: `${tried.join('; ')}. No tries are left for it then, so systemd-boot takes “${taken.entry.title}”, which is whole. Nobody has to choose it; a machine that hangs has to be switched off and on for each try.`,
    source: assessment,
  };
}

interface Candidate {
  readonly image: CountedName;
  readonly entry: BootEntry;
  readonly why: Reason | undefined;
}

function candidateOf(
  brief: MachineBrief,
  disk: DiskView,
  esp: RootTree,
  image: CountedName,
): Candidate {
  const { version, name } = image;
  const path = `${imageDirectory}/${name}`;
  const slot = slotOf(tableOn(disk), version);
  const partition = slot === undefined ? undefined : contentOf(disk, slot);
  const why = whyNoStart(brief, { version, kernelImage: esp.file(path), partition });
  const kernel = { volume: 'esp', directory: disk.volumes.get('esp')?.root ?? 0, path };
  const data = disk.volumes.get('data')?.root ?? 0;
  // Without the bytes of its version a slot shows no file.
  const isWhole = partition !== undefined && sameContent(partition, slotImage(brief, version));
  const usr = slot === undefined || !isWhole ? undefined : usrOf(disk, slot, version);
  const entry: BootEntry = {
    id: countedName(version),
    title: `${brief.system.name} ${version}`,
    version,
    kernel,
    initramfs: kernel,
    unified: unifiedImage(brief, version),
    initramfsMaker: 'dracut',
    root: [
      { mountPoint: '/', volume: 'data', directory: data },
      ...(usr === undefined || slot === undefined
        ? []
        : [{ mountPoint: '/usr', volume: slot.volume, directory: usr }]),
    ],
    ...(slot === undefined ? { missing: noPartition(version) } : {}),
    ...(slot === undefined ? {} : { image: imageOf(brief, slot, version, usr !== undefined) }),
    init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
  };
  return { image, entry, why };
}

function contentOf(disk: DiskView, { volume }: Slot): Content | undefined {
  const view = disk.volumes.get(volume);
  return view?.content(view.root);
}

function imageOf(
  brief: MachineBrief,
  { volume }: Slot,
  version: CountedName['version'],
  isWalkable: boolean,
): NonNullable<BootEntry['image']> {
  const expected = { [version]: slotImage(brief, version) };
  return { volume, expected, verity: true, ...(isWalkable ? { isWalkable: true } : {}) };
}

function noPartition(version: string): Reason {
  return {
    text: `The image asks for the /usr of ${version} by its hash, and no partition carries it.`,
    source: 'https://www.freedesktop.org/software/systemd/man/latest/sysupdate.d.html',
  };
}

/** What is mounted: /usr from the slot of the version that runs, read-only as erofs is. */
export function mountsSysupdate(
  brief: MachineBrief,
  disk: DiskView,
  choice?: string,
): readonly MountPlan[] {
  const { entries } = bootMenuSysupdate(brief, disk);
  const entry = entries.find(({ id }) => id === choice) ?? entries[0];
  const usr = entry?.image?.volume ?? slots[0].volume;
  const from = usrDirectory(entry?.version ?? 'v1');
  const esp: MountPlan = { mountPoint: '/boot', volume: 'esp', readOnly: false };
  return [
    { mountPoint: '/', volume: 'data', readOnly: false },
    { mountPoint: '/usr', volume: usr, from, readOnly: true },
    ...(brief.settings.espMounted === false ? [] : [esp]),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
