/**
 * The disk of a ChromeOS machine and what its firmware starts from it: two slots, each kernel and read-only root in one,
 * and a stateful partition with /home and /var that both share. Source: systems.md 3.0 and 3.1,
 * https://www.chromium.org/chromium-os/developer-library/reference/device/disk-format/ and
 * https://github.com/coreboot/vboot/blob/main/firmware/lib/cgptlib/cgptlib.c
 */
import type { MachineBrief } from '../backend.ts';
import type { BootEntry, BootMenu, DiskView, RootMount } from '../../model/boot-entry.ts';
import { emptyContent, type Content } from '../../model/content.ts';
import { sameContent } from '../../model/expected-file.ts';
import type { VersionName } from '../../model/release.ts';
import type { MountPlan } from '../../model/system.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';
import { dataVolume } from './install-slots.ts';
import { attributesOf, attributeWords, startOrder, unbootable } from './kernel-attributes.ts';
import { partitionTable, tableOn } from './partition-table.ts';
import { versionNames } from './roots.ts';
import { slotImage, slots, type Slot } from './slot.ts';
import { volumeTree } from './volume-tree.ts';

const firmwareSource = 'https://github.com/coreboot/vboot/blob/main/firmware/lib/cgptlib/cgptlib.c';

/** Directories of the stateful partition that appear in the root. */
const shared = ['home', 'var'] as const;

/** Slot A holds `v1` and was a success; slot B holds nothing and may not be started. */
export function installChromeos(brief: MachineBrief): readonly Volume[] {
  const good = attributeWords({ priority: 1, tries: 0, successful: true });
  return [
    partitionTable(brief, { A: good, B: attributeWords(unbootable) }),
    ...slots.map(({ volume, letter }) => {
      const builder = new ImageBuilder();
      builder.setContent(builder.root, letter === 'A' ? slotImage(brief, 'v1') : emptyContent);
      // The files of an image are not simulated; these are where something else is mounted.
      for (const name of [...shared, 'run', 'tmp']) builder.directory(builder.root, name);
      const label = `KERN-${letter} and ROOT-${letter}`;
      return new Volume({ id: volume, profile: 'raw-slot-verity', label }, builder.state());
    }),
    dataVolume(brief, 'ext4'),
  ];
}

/** What the image of a slot is, if it is whole. */
export function versionIn(
  brief: MachineBrief,
  content: Content | undefined,
): VersionName | undefined {
  return versionNames.find(
    (version) =>
      brief.release.kernels[version] !== undefined &&
      content !== undefined &&
      sameContent(slotImage(brief, version), content),
  );
}

/** Why a slot never gets as far as being marked a success; undefined when it does. */
export function whySlotFails(
  brief: MachineBrief,
  content: Content | undefined,
): string | undefined {
  const version = versionIn(brief, content);
  if (version === undefined) return 'its image is not whole, which verified boot refuses';
  return brief.release.kernels[version]?.broken === true
    ? 'its kernel panics before it looks for its root'
    : undefined;
}

function contentOf(disk: DiskView, { volume }: Slot): Content | undefined {
  const view = disk.volumes.get(volume);
  return view?.content(view.root);
}

/**
 * What the firmware starts, in its order. There is no menu. A slot that was never a success is tried until its tries are
 * used up, and then given up: so the order is read as it is after that.
 */
export function bootMenuChromeos(brief: MachineBrief, disk: DiskView): BootMenu {
  const table = tableOn(disk);
  const order = startOrder(table);
  const fails = (slot: Slot) => whySlotFails(brief, contentOf(disk, slot));
  const givenUp = (slot: Slot): boolean =>
    !attributesOf(table, slot).successful && fails(slot) !== undefined;
  const [first] = order;
  const left = order.filter((slot) => !givenUp(slot));
  // With nothing to fall back to, it is shown what the tries come to.
  const taken = left.length > 0 ? left : order;
  const entries = taken.map((slot) => entryOf(brief, disk, slot));
  return {
    entries:
      first === undefined || first === taken[0]
        ? entries
        : entries.map((entry, index) =>
            index > 0
              ? entry
              : {
                  ...entry,
                  insteadOf: {
                    text: `Slot ${first.letter} was started ${String(attributesOf(table, first).tries)} times first, and each time ${fails(first) ?? ''}. The firmware has given it up and takes “${entry.title}”. Nobody has to choose it; a machine that hangs has to be switched off and on for each try.`,
                    source: firmwareSource,
                  },
                },
          ),
    ...(entries.length > 0 ? {} : { nothing: noSlot }),
    wayToOther: {
      kind: 'none',
      how: 'There is no menu: the firmware takes another slot by its own rule or not at all. A recovery medium installs the system anew.',
    },
  };
}

/** Words of VB2_RECOVERY_RW_NO_KERNEL. Source: https://github.com/coreboot/vboot */
const noSlot: NonNullable<BootMenu['nothing']> = {
  stage: 'loader',
  because: {
    text: 'No kernel partition was ever a success or has tries left: the firmware has nothing to start.',
    source: firmwareSource,
  },
  console: ['No bootable kernel found on disk'],
};

function entryOf(brief: MachineBrief, disk: DiskView, slot: Slot): BootEntry {
  const { volume, letter } = slot;
  const view = disk.volumes.get(volume);
  const directory = view?.root ?? 0;
  const reference = { volume, directory, path: '' };
  const expected: { [version in VersionName]?: Content } = {};
  for (const version of versionNames) {
    if (brief.release.kernels[version] !== undefined) expected[version] = slotImage(brief, version);
  }
  const data = volumeTree(disk, 'data');
  const mounts = shared.flatMap((name): readonly RootMount[] => {
    const inode = data.walk(`/${name}`)?.inode;
    return inode === undefined
      ? []
      : [{ mountPoint: `/${name}`, volume: 'data', directory: inode }];
  });
  return {
    id: volume,
    title: `slot ${letter}`,
    version: versionIn(brief, contentOf(disk, slot)) ?? 'v2',
    kernel: reference,
    initramfs: reference,
    root: [{ mountPoint: '/', volume, directory }, ...mounts],
    image: { volume, expected, verity: true },
    init: brief.release.boot.find(({ stage }) => stage === 'init')?.path ?? '/sbin/init',
  };
}

/** What is mounted: the root read-only, /home and /var from the stateful partition. */
export function mountsChromeos(
  brief: MachineBrief,
  disk: DiskView,
  choice?: string,
): readonly MountPlan[] {
  const { entries } = bootMenuChromeos(brief, disk);
  const entry = entries.find(({ id }) => id === choice) ?? entries[0];
  return [
    { mountPoint: '/', volume: entry?.id ?? slots[0].volume, readOnly: true },
    ...shared.map((name) => ({
      mountPoint: `/${name}`,
      volume: 'data',
      from: name,
      readOnly: false,
    })),
    { mountPoint: '/run', volume: 'tmpfs', readOnly: false },
    { mountPoint: '/tmp', volume: 'tmpfs', readOnly: false },
  ];
}
