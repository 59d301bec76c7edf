/** What was mounted where, and how. */
import type { Facts } from './facts.ts';
import type { LayoutMount } from './layout.ts';

/** Compares recorded lines of /proc/mounts with the mounts of a layout; not all were recorded everywhere. */
export function compareMounts(
  before: string,
  log: readonly string[],
  mounts: readonly LayoutMount[],
  facts: Facts,
): void {
  for (const line of log) {
    const match = /^(?:MNT\|)?\S+ (\/\S*) (\S+) (ro|rw)[, ]/.exec(line);
    if (match === null) continue;
    const [, mountPoint = '', fileSystem = '', access = ''] = match;
    const mount = mounts.find((one) => one.mountPoint === mountPoint);
    const simulated =
      mount === undefined ? undefined : `${mount.fileSystem} ${mount.readOnly ? 'ro' : 'rw'}`;
    facts.same(`${before}mount ${mountPoint}`, `${fileSystem} ${access}`, simulated);
  }
}
