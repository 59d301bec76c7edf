/** What a browser is asked to compute, and Node beside it: the same lines, so the answers must be equal. */
import { expandRelease, runSystem, usualSystemList } from '../../src/engine/laboratory.ts';
import { AllowedStates } from '../../src/engine/litmus/allowed.ts';
import { checkLitmus } from '../../src/engine/litmus/litmus.ts';
import { readLitmus } from '../../src/engine/litmus/litmus-file.ts';
import { parseScenario } from '../../src/engine/scenario-text.ts';
import { profiles } from '../../src/persistence/registry.ts';

/** The report on a file of litmus tests, as JSON. */
export function litmusReport(text: string): string {
  const read = readLitmus(text);
  return JSON.stringify(read.ok ? checkLitmus(read.tests) : read.problems);
}

/** What every profile allows for programs given as JSON, as JSON. */
export function statesOfPrograms(text: string): string {
  const programs = JSON.parse(text) as readonly {
    readonly setup: readonly (readonly (string | number)[])[];
    readonly ops: readonly (readonly (string | number)[])[];
    readonly observe: readonly string[];
  }[];
  return JSON.stringify(
    profiles.map((profile) =>
      programs.map((program) => {
        const { anyTime, afterEnd } = new AllowedStates(program, program.observe, profile);
        return { anyTime, afterEnd };
      }),
    ),
  );
}

/** The whole report of one machine, as JSON. */
export function machineReport(scenario: string, release: string, system: string): string {
  const parsed = parseScenario(scenario, usualSystemList());
  if (!parsed.ok) return JSON.stringify(parsed.problems);
  const request = { scenario: parsed.value, release: expandRelease(release), seed: 1 };
  return JSON.stringify(runSystem({ ...request, systems: [system] }, system));
}
