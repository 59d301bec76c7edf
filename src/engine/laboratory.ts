/** The front of the engine: what the terminal calls. The page begins with `begin.ts` and searches later. */
import type { LabReport, SystemReport } from '../model/report.ts';
import type { System } from '../model/system.ts';
import { backendNamed } from '../backends/registry.ts';
import { beginOn, policyOf, systemNamed, type SystemRun } from './begin.ts';
import { deeds } from './deeds.ts';
import { searchDisks } from './disk-search.ts';
import { disappointments } from './expectations.ts';
import type { LabRequest } from './request.ts';
import { encodeRunId } from './run-id.ts';

export { LabError, expandRelease, scenarioVariant, systemList, usualSystemList } from './begin.ts';
export type { LabRequest } from './request.ts';

/** Tells the scenario to one machine and reports what becomes of it. */
export function runSystem(request: LabRequest, id: string): SystemReport {
  return reportOn(request, systemNamed(id));
}

/** The same for a system that is not in the catalogue: the tests build machines of their own. */
export function reportOn(request: LabRequest, system: System): SystemReport {
  const { first, searched } = beginOn(request, system, backendNamed(system.backend), deeds);
  return searched === undefined ? first : searched(searchDisks);
}

/** Both looks at one machine, the second still to come. Throws `unknown-system`. */
export function beginSystem(request: LabRequest, id: string): SystemRun {
  const system = systemNamed(id);
  return beginOn(request, system, backendNamed(system.backend), deeds);
}

/** Runs all systems of a request. */
export function runLaboratory(request: LabRequest): LabReport {
  const { scenario, systems, release, seed } = request;
  const reports = systems.map((id) => runSystem(request, id));
  return {
    scenario: scenario.id,
    title: scenario.title,
    ...(scenario.variant === undefined ? {} : { variant: scenario.variant }),
    seed,
    runId: encodeRunId({
      scenario: scenario.id,
      digest: scenario.digest,
      systems,
      release: release.size,
      seed,
      ...(scenario.variant === undefined ? {} : { variant: scenario.variant }),
      ...(request.policy === undefined ? {} : { policy: request.policy }),
      ...(request.cut === undefined ? {} : { cut: request.cut }),
      ...(request.drive === undefined ? {} : { drive: request.drive }),
    }),
    policy: policyOf(request),
    release: release.size,
    systems: reports,
    disappointments: disappointments(scenario, reports),
  };
}
