/**
 * Names of unified kernel images that count tries: `gnome-os_v2+3.efi`, then `+2-1`, `+1-2`, `+0-3`; without a counter
 * once a start was a success. Source: Boot Loader Specification, "Boot counting",
 * https://uapi-group.org/specifications/specs/boot_loader_specification/#boot-counting; systemd src/boot/boot.c,
 * boot_entry_parse_tries and boot_entry_compare.
 */
import type { VersionName } from '../../model/release.ts';
import { versionNames } from './roots.ts';

/** Directory of the EFI system partition in which systemd-boot looks for them. */
export const imageDirectory = '/EFI/Linux';

/** A name, taken apart. */
export interface CountedName {
  readonly name: string;
  readonly version: VersionName;
  /** Absent without a counter. */
  readonly counter?: { readonly left: number; readonly done: number };
}

const prefix = 'os_';

/** The name of the image of a version; `done` is left out as long as it is zero. */
export function countedName(version: VersionName, left?: number, done = 0): string {
  const tries = left === undefined ? '' : `+${String(left)}${done === 0 ? '' : `-${String(done)}`}`;
  return `${prefix}${version}${tries}.efi`;
}

/** Reads a name; undefined for another file. */
export function parseName(name: string): CountedName | undefined {
  const [, word, left, done] = /^os_([a-z0-9-]+?)(?:\+(\d+)(?:-(\d+))?)?\.efi$/.exec(name) ?? [];
  const version = versionNames.find((known) => known === word);
  if (version === undefined) return undefined;
  if (left === undefined) return { name, version };
  return { name, version, counter: { left: Number(left), done: Number(done ?? 0) } };
}

/** Whether the loader puts it behind all others: no tries are left. */
export function isSpent({ counter }: CountedName): boolean {
  return counter?.left === 0;
}

/** Images in the order of the menu: those with no tries left last, then the newest version first. */
export function menuOrder(names: readonly string[]): readonly CountedName[] {
  return names
    .flatMap((name) => parseName(name) ?? [])
    .sort(
      (left, right) =>
        Number(isSpent(left)) - Number(isSpent(right)) ||
        (left.version < right.version ? 1 : left.version > right.version ? -1 : 0),
    );
}
