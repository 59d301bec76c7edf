/**
 * Where no journal keeps metadata together, a sector is what reaches the disk in one piece: it holds every change to
 * it so far, so within one sector the order of the changes is kept. Source: persistence.md 3.6; a long name takes two
 * of vfat's 32-byte entries, so 8 names share a sector of 512 bytes, and 64 one of 4096; measured, litmus vfat/many-creates.
 */
import type { Inode } from '../model/cell-table.ts';
import type { Effect } from '../model/operation.ts';
import { microClass, type Compiled } from './compiled.ts';
import type { Cut } from './legality.ts';

const namesPer512Bytes = 8;

/** Changes of one sector, oldest first; the first few are on the disk, at least `fewest`. */
export interface LandingGroup {
  readonly micros: readonly number[];
  readonly fewest: number;
}

/** How many ways there are for a group: some of its first changes where a sector holds them, else all or none. */
export function waysOf(compiled: Compiled, { micros, fewest }: LandingGroup): number {
  return compiled.profile.metadataOrder === 'sectors' ? micros.length - fewest + 1 : 2;
}

/** What lands of a group in one of its ways. */
export function landedOf(
  compiled: Compiled,
  { micros, fewest }: LandingGroup,
  way: number,
): readonly number[] {
  if (compiled.profile.metadataOrder === 'sectors') return micros.slice(0, fewest + way);
  return way === 0 ? [] : micros;
}

/** The changes of a cut that may land besides the required ones, sector by sector. */
export function landingGroups(compiled: Compiled, cut: Cut): readonly LandingGroup[] {
  if (compiled.profile.metadataOrder !== 'sectors') {
    return cut.optional.map((micros) => ({ micros, fewest: 0 }));
  }
  const required = new Set(cut.required);
  return bySector(compiled, cut).map((micros) => {
    const last = micros.findLastIndex((micro) => required.has(micro));
    return { micros, fewest: last + 1 };
  });
}

/** Changes of sectors between two operations, sector by sector, oldest first. */
export function bySector(
  compiled: Compiled,
  { settled, at }: Pick<Cut, 'settled' | 'at'>,
): readonly (readonly number[])[] {
  const sectors = sectorsOf(compiled);
  const groups = new Map<string, number[]>();
  const { microStart, classes, steps } = compiled;
  for (let micro = microStart[settled] ?? 0; micro < (microStart[at] ?? 0); micro++) {
    // Data has sectors of its own.
    if (classes[micro] === microClass.data && steps[micro]?.kind !== 'attach') continue;
    const sector = sectors.get(micro) ?? String(micro);
    groups.set(sector, [...(groups.get(sector) ?? []), micro]);
  }
  return [...groups.values()];
}

/** Directory entries take places in the order in which they appear; a name that is gone leaves its place empty. */
class Places {
  readonly #compiled: Compiled;
  readonly #namesPerSector: number;
  readonly #places = new Map<Inode, Map<string, number>>();

  constructor(compiled: Compiled) {
    this.#compiled = compiled;
    this.#namesPerSector = (namesPer512Bytes * compiled.drive.sectorBytes) / 512;
  }

  /** The sector of a name. */
  sector(directory: Inode, name: string): string {
    let names = this.#places.get(directory);
    if (names === undefined) {
      const known = this.#compiled.base.list(directory);
      names = new Map(known.map((entry, place) => [entry.name, place]));
      this.#places.set(directory, names);
    }
    const place = names.get(name) ?? names.size;
    names.set(name, place);
    return `${String(directory)}/${String(Math.floor(place / this.#namesPerSector))}`;
  }
}

/** Micro-operation → the sector that it changes. Size, start and mode are written back with the inode, apart. */
function sectorsOf(compiled: Compiled): ReadonlyMap<number, string> {
  const places = new Places(compiled);
  const sectors = new Map<number, string>();
  compiled.operations.forEach(({ effect }, index) => {
    const named = sectorsOfNames(places, effect);
    microsOf(compiled, index).forEach((micro, order) => {
      const sector = named[Math.min(order, named.length - 1)];
      sectors.set(micro, sector ?? `inode ${String(compiled.inodeOf[micro] ?? 0)}`);
    });
  });
  return sectors;
}

function sectorsOfNames(places: Places, effect: Effect): readonly string[] {
  switch (effect.kind) {
    case 'link':
    case 'unlink':
      return [places.sector(effect.directory, effect.name)];
    case 'rename': {
      const { fromDirectory, fromName, toDirectory, toName, inode, replaced } = effect;
      const to = places.sector(toDirectory, toName);
      // A name that was taken keeps its entry, which is written back with its new inode.
      return [
        replaced === 0 ? to : `inode ${String(inode)}`,
        places.sector(fromDirectory, fromName),
      ];
    }
    case 'exchange': {
      // Both names in one sector were one write and two states: litmus vfat/exchange.
      const from = places.sector(effect.fromDirectory, effect.fromName);
      return from === places.sector(effect.toDirectory, effect.toName) ? [from] : [];
    }
    default:
      return [];
  }
}

function microsOf(compiled: Compiled, index: number): readonly number[] {
  const first = compiled.microStart[index] ?? 0;
  const end = compiled.microStart[index + 1] ?? first;
  return Array.from({ length: end - first }, (_, order) => first + order);
}
