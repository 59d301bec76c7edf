/** Options of the btrfs backend. */
import type { BackendOptions } from '../../model/system.ts';

/** Option → its values, the default first. */
export const optionTable = {
  tool: {
    values: ['rpm', 'dpkg', 'rsync'],
    note: 'What writes the files inside the new snapshot; dpkg and rsync are those of the recorded runs.',
  },
  layout: {
    values: ['microos', 'tumbleweed', 'recorded'],
    note: 'microos: transactional-update 5 or later; tumbleweed: a writable root that zypper changes in place, with a snapshot before and after; recorded, and the default with dpkg and rsync: /etc and the package database inside the snapshot, no sync, no read-only property.',
  },
  var: {
    values: ['shared', 'in-root'],
    note: 'tumbleweed: whether /var is a subvolume of its own, shared by all snapshots, or part of the root, so that each snapshot holds it and going back brings it back; the recorded layout has it in the root.',
  },
  startChecks: {
    values: ['none', 'as-shipped', 'with-login'],
    note: 'microos: health-checker, which looks at each start: none, with the checks that come with it, or with one more, written by somebody, for the login screen.',
  },
} as const;

/** The options of one machine, defaults filled in. */
export interface BtrfsOptions {
  readonly tool: 'rpm' | 'dpkg' | 'rsync';
  readonly layout: 'microos' | 'tumbleweed' | 'recorded';
  /** Whether /var is part of the root and of its snapshots. */
  readonly varInRoot: boolean;
  readonly startChecks: 'none' | 'as-shipped' | 'with-login';
}

/** Fills in defaults; a value that the table does not name counts as the default. */
export function optionsOf(options: BackendOptions): BtrfsOptions {
  const asked = options['tool'];
  const tool = asked === 'dpkg' || asked === 'rsync' ? asked : 'rpm';
  const layout = options['layout'] ?? (tool === 'rpm' ? 'microos' : 'recorded');
  if (layout === 'tumbleweed') {
    return { tool: 'rpm', layout, varInRoot: options['var'] === 'in-root', startChecks: 'none' };
  }
  if (layout === 'recorded') return { tool, layout, varInRoot: true, startChecks: 'none' };
  const checks = options['startChecks'];
  const startChecks = checks === 'as-shipped' || checks === 'with-login' ? checks : 'none';
  return { tool, layout: 'microos', varInRoot: false, startChecks };
}
