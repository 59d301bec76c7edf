/**
 * The one firmware variable that matters here: the entry that `bootctl set-default` names. The firmware keeps it, so it
 * counts as written when the call returns. Source: https://www.freedesktop.org/software/systemd/man/latest/bootctl.html
 */
import type { MachineBrief, Work } from '../backend.ts';
import { textContent } from '../machine-files.ts';
import type { Procedure } from '../../kernel/process.ts';
import type { DiskView } from '../../model/boot-entry.ts';
import { contentText } from '../../model/content.ts';
import { ImageBuilder, Volume } from '../../model/volume.ts';

const variables = 'variables';

/** Bytes of the variable; one sector, so that it changes as a whole. */
const sizeBytes = 512;

/** Firmware that names no entry. */
export function firmwareVariables({ blobs }: MachineBrief): Volume {
  const builder = new ImageBuilder();
  builder.setContent(builder.root, textContent(blobs, '\n'.padEnd(sizeBytes, '#')));
  const label = 'firmware variables';
  return new Volume({ id: variables, profile: 'raw-slot', label }, builder.state());
}

/** Id of the entry that the firmware names; empty when it names none. */
export function namedDefault(disk: DiskView): string {
  const view = disk.volumes.get(variables);
  const text = view === undefined ? '' : contentText(view.content(view.root), disk.blobs);
  return text.split('\n')[0] ?? '';
}

/** Names an entry. */
export function* nameDefault({ os, brief }: Work, entry: string): Procedure {
  const text = `${entry}\n`.padEnd(sizeBytes, '#');
  yield* os.writeBlocks(variables, 0, textContent(brief.blobs, text));
  yield* os.flushBlocks(variables);
}
