/** What it takes to come back from a disk on which nothing can be started. */
import type { WayBack } from '../model/verdict.ts';
import type { Census } from './census.ts';

/** What a rescue medium finds on such a disk. */
export interface WhatIsLeft {
  /** Census of the root that ran. */
  readonly census: Census;
  /** Labels of what people wrote, by whether it is still there. */
  readonly kept: readonly string[];
  readonly lost: readonly string[];
  /** Whether the passwords of people are still there. */
  readonly passwords: boolean;
}

/**
 * With the boot entries put back the recorded machines whose system was whole started again, without homes and /var; where
 * the system had gone too there was nothing to start. Source: recorded runs rm-*-rmroot, recovery_boot.
 */
export function wayFromNothing(left: WhatIsLeft): WayBack {
  const how = [...wayOfSystem(left), ...wayOfPeople(left)].join('; ');
  return { kind: 'rescue medium', how: `Start a rescue medium: ${how}.` };
}

function wayOfSystem({ census, passwords }: WhatIsLeft): readonly string[] {
  const { counts, bootDamaged } = census.classify();
  if (counts.same + counts.old + counts.new === 0) {
    return ['it finds no file of the system any more, so install again'];
  }
  const missing = missingForStart(census);
  if (bootDamaged > 0 || missing.length > 0) {
    return [
      `it finds no whole system, for ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing or damaged, so install again`,
    ];
  }
  const loader =
    'it finds every file of the system whole, so put the boot loader and an entry for it back';
  const account = passwords ? [] : ['set a password from there, for /etc/shadow is gone'];
  return [loader, ...wayOfConfiguration(census), ...account];
}

/** Files that the start needs and that are not whole, the telling ones first. */
export function missingForStart(census: Census): readonly string[] {
  const files = census.damaged().filter(({ file }) => file.boot);
  return [...files.map(({ path }) => path), ...census.damagedKernel()].slice(0, 4);
}

function wayOfConfiguration(census: Census): readonly string[] {
  const { configuration } = census.classify();
  const { directory, missingInPlace } = census.configurationPlace();
  if (configuration.missing + configuration.torn > 0) {
    return ['/etc comes back from a backup or from the packages only'];
  }
  if (missingInPlace === 0 || directory === '/etc') return [];
  return [`/etc as shipped is whole in ${directory}`];
}

function wayOfPeople({ kept, lost }: WhatIsLeft): readonly string[] {
  if (lost.length === 0) return kept.length === 0 ? [] : ['what people wrote is still there'];
  if (kept.length === 0) return ['what people wrote comes back from a backup only'];
  return [`still there: ${kept.join(', ')}`, `from a backup only: ${lost.join(', ')}`];
}
