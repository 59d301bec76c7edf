/** The parts of a report that tests about figures and expectations need; the figures are invented. */
import { recordedDrive } from '../../../src/model/device.ts';
import type { Fates } from '../../../src/model/fate.ts';
import type { Screen, SystemReport } from '../../../src/model/report.ts';
import type { OutcomeClass } from '../../../src/model/verdict.ts';

const reason = { text: 'The test says so.', source: 'this test' };

/** A screen of a class, with a thesis whose content came to this. */
export function screenWith(outcome: OutcomeClass, content: Fates['content']): Screen {
  return {
    outcome,
    plain: 'starts, damaged',
    verdict: {
      starts: true,
      reached: 'applications',
      because: reason,
      console: [],
      wayBack: { kind: 'not needed', how: 'Nothing to do.' },
      loader: 'same',
    },
    fates: [
      {
        datum: 'thesis',
        fates: { content, reach: 'open', secrecy: 'safe', author: 'owner' },
        why: [reason],
      },
    ],
  };
}

/** A machine on which nothing happened, except for what the test says. */
export function reportWith(parts: Partial<SystemReport>): SystemReport {
  return {
    id: 'debian',
    name: 'Debian',
    mechanism: 'in place',
    backend: 'mutable',
    drive: recordedDrive,
    states: 1,
    searched: { complete: true, notSearched: [] },
    outcomes: {},
    settlingFates: {},
    possibleFates: {},
    settling: {},
    possible: [],
    fates: {},
    reasons: [],
    data: [],
    screens: [],
    terminal: [],
    terminalDropped: 0,
    ...parts,
  };
}
