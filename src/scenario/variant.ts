/** Tells a scenario in one of its variants. */
import type { Scenario, Step } from '../model/scenario.ts';

/**
 * The scenario as this variant tells it: steps left out, instants and settings replaced, expectations of other
 * variants dropped. Without an id the first variant is told; a scenario without variants is itself. An id that names
 * none is undefined. The result keeps id and digest, and has no variants left to apply.
 */
export function applyVariant(scenario: Scenario, id?: string): Scenario | undefined {
  const variant =
    id === undefined ? scenario.variants[0] : scenario.variants.find((one) => one.id === id);
  if (variant === undefined) return id === undefined ? scenario : undefined;
  const { at, without } = variant;
  const retimed = (step: Step): Step =>
    step.verb === 'fault' && at !== undefined ? { ...step, moment: { kind: 'at', at } } : step;
  return {
    ...scenario,
    machine: { ...scenario.machine, ...variant.machine },
    steps: scenario.steps
      .filter(({ label }) => label === undefined || !without.includes(label))
      .map(retimed),
    expect: scenario.expect.filter(({ variants }) => variants?.includes(variant.id) ?? true),
    variants: [],
    variant: variant.id,
  };
}
