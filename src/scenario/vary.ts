/** One thing that is changed between machines, as the variants that it stands for. */
import type { ScenarioVariant } from '../model/scenario.ts';
import type { ScenarioShape } from './schema.ts';
import { instant } from './step-build.ts';

/** The variants of `vary`, in the order of its values; empty without. */
export function variedVariants(vary: ScenarioShape['vary']): readonly ScenarioVariant[] {
  const bare = { without: [], machine: {} };
  const encrypted = (vary?.luks ?? []).map((luks) => ({
    ...bare,
    id: luks ? 'encrypted' : 'not-encrypted',
    label: luks ? 'with an encrypted disk' : 'without encryption',
    machine: { encrypted: luks },
  }));
  const esp = (vary?.esp ?? []).map((state) => ({
    ...bare,
    id: `esp-${state}`,
    label: `ESP ${state === 'mounted' ? 'mounted' : 'not mounted'}`,
    machine: { espMounted: state === 'mounted' },
  }));
  const roots = (vary?.composefs ?? []).map((composefs) => ({
    ...bare,
    id: composefs ? 'composefs' : 'hard-links',
    label: composefs ? 'with a composefs image' : 'with hard links',
    machine: { composefs },
  }));
  const fileSystems = (vary?.['file-system'] ?? []).map((fileSystem) => ({
    ...bare,
    id: `on-${fileSystem}`,
    label: `root on ${fileSystem}`,
    machine: { fileSystem },
  }));
  const times = (vary?.at ?? []).map((at) => ({
    ...bare,
    id: `at-${at
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/-$/, '')}`,
    label: `at ${at}`,
    at: instant(at),
  }));
  return [...encrypted, ...esp, ...roots, ...fileSystems, ...times];
}
