/**
 * What is there for certain under one cut, and what may be there besides: units, each with the units that it cannot do
 * without. A set of units is legal when it holds what its members need.
 */
import type { BlockNeeds } from './block-needs.ts';
import { microClass, type Compiled } from './compiled.ts';
import type { Cut, Obligations } from './legality.ts';
import { landingGroups } from './sectors.ts';

/** Micro-operations that land together. */
export interface FreeUnit {
  readonly micros: readonly number[];
  /** Places of the units that must be there for this one to be; all smaller than its own. */
  readonly needs: readonly number[];
}

/** A cut, taken apart. */
export interface FreeChoices {
  /** One flag per micro-operation. */
  readonly required: Uint8Array;
  readonly units: readonly FreeUnit[];
  /** How many of the units are names, attributes or sizes; those come first. */
  readonly namingUnits: number;
}

/** What decides which data is free. */
export interface FreeContext {
  readonly compiled: Compiled;
  readonly needs: BlockNeeds;
  readonly duties: Obligations;
  readonly cut: Cut;
  /** Whether a timer has brought this micro-operation to the disk by now. */
  readonly isTimed: (micro: number) => boolean;
}

/** Takes a cut apart. */
export function freeChoices(context: FreeContext): FreeChoices {
  const { compiled, cut } = context;
  const required = new Uint8Array(compiled.count);
  for (const micro of cut.required) required[micro] = 1;
  const units: FreeUnit[] = [];
  const placeOf = new Map<number, number>();
  for (const group of landingGroups(compiled, cut)) {
    addGroup(context, group, { required, units, placeOf });
  }
  const namingUnits = units.length;
  addData(context, { required, units, placeOf });
  return { required, units, namingUnits };
}

interface Draft {
  readonly required: Uint8Array;
  readonly units: FreeUnit[];
  readonly placeOf: Map<number, number>;
}

function addGroup(
  { compiled }: FreeContext,
  { micros, fewest }: { readonly micros: readonly number[]; readonly fewest: number },
  { required, units, placeOf }: Draft,
): void {
  if (compiled.profile.metadataOrder !== 'sectors') {
    units.push({ micros, needs: [] });
    return;
  }
  micros.forEach((micro, order) => {
    if (order < fewest) {
      required[micro] = 1;
      return;
    }
    const needs = order > fewest ? [units.length - 1] : [];
    placeOf.set(micro, units.length);
    units.push({ micros: [micro], needs });
  });
}

function addData(context: FreeContext, { required, units, placeOf }: Draft): void {
  const { compiled, cut, duties, needs } = context;
  const { classes, operationOf, inodeOf, microStart, profile } = compiled;
  const hasSnapshots = compiled.operations.some(({ effect }) => effect.kind === 'subvolume');
  const end = microStart[duties.moment.issued] ?? 0;
  for (let micro = 0; micro < end; micro++) {
    if (classes[micro] === microClass.metadata || required[micro] === 1) continue;
    const operation = operationOf[micro] ?? 0;
    // Only snapshots ask for the cut, and their answer costs a walk over the operations.
    const cutAt = hasSnapshots ? cut.at : 0;
    const isAttach = classes[micro] === microClass.attach;
    const isPlaced = isAttach && profile.metadataOrder === 'prefix' && operation >= cut.at;
    if (duties.isDataForced(inodeOf[micro] ?? 0, operation, cutAt)) required[micro] = 1;
    else if (isPlaced || placeOf.has(micro)) continue;
    else if (context.isTimed(micro)) required[micro] = 1;
    else {
      const needed = (needs.needs.get(micro) ?? []).filter((one) => required[one] === 0);
      const places = needed.flatMap((one) => placeOf.get(one) ?? []);
      // What it needs cannot be there, so neither can it.
      if (places.length < needed.length) continue;
      placeOf.set(micro, units.length);
      units.push({ micros: [micro], needs: places });
    }
  }
}
