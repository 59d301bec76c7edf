/** Settings of a scenario that a system turns into options of its backend. */
import type { MachineSettings } from '../model/scenario.ts';
import type { BackendOptions, System } from '../model/system.ts';

/** The options of a system, with those that the settings stand for. */
export function optionsFor(system: System, settings: MachineSettings): BackendOptions {
  const { options, settingOptions = {} } = system;
  const { ownBootPartition, startChecks } = settings;
  return {
    ...options,
    ...(ownBootPartition === true ? settingOptions.ownBootPartition : {}),
    ...(startChecks === undefined ? {} : settingOptions.startChecks?.[startChecks]),
  };
}
