/** Settings that a scenario asks of a machine, as options of its mechanism. */
import type { Backend } from '../backends/backend.ts';
import type { MachineSettings } from '../model/scenario.ts';
import type { BackendOptions, System } from '../model/system.ts';
import type { Reason } from '../model/verdict.ts';
import { optionsFor } from './setting-options.ts';

/** The options of one machine, and what it was asked for and does not have. */
export interface MachineOptions {
  readonly options: BackendOptions;
  /** The choices that were made, for the line under the machine's name. */
  readonly chosen: readonly string[];
  readonly refused: readonly Reason[];
}

/** The system's own options, with those that its mechanism lets one choose replaced. */
export function machineOptions(
  system: System,
  { optionTable }: Pick<Backend, 'optionTable'>,
  settings: MachineSettings,
): MachineOptions {
  const asked = [
    ['filesystem', settings.fileSystem, 'the file system of its root'],
    ['loader', settings.loader, 'its boot loader'],
    ['composefs', settings.composefs, undefined],
    [
      'var',
      settings.snapshots === 'with-var' ? 'in-root' : undefined,
      'whether its snapshots hold /var',
    ],
  ] as const;
  const options: { [option: string]: string | boolean } = { ...optionsFor(system, settings) };
  const chosen: string[] = [];
  const refused: Reason[] = [];
  for (const [option, value, what] of asked) {
    if (value === undefined) continue;
    if (optionTable[option]?.values.includes(value) === true && isOpen(system, option)) {
      options[option] = value;
      chosen.push(wordsOf(option, value));
    } else if (what !== undefined) {
      const text = `${system.name} does not let one choose ${what}: that stays as it is.`;
      refused.push({ text, source: 'the options of this mechanism' });
    }
  }
  return { options, chosen, refused };
}

/**
 * transactional-update needs a /var of its own; only a root that is updated in place may hold it. Source:
 * https://github.com/openSUSE/transactional-update/blob/master/man/transactional-update.8.xml.
 */
function isOpen({ options }: System, option: string): boolean {
  return option !== 'var' || options['layout'] === 'tumbleweed';
}

function wordsOf(option: string, value: string | boolean): string {
  if (option === 'var') return '/var in the root';
  if (typeof value === 'string') return value;
  return value ? option : `without ${option}`;
}
