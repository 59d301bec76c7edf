/** The shortest story with a power cut: an update, searched at every operation. */
import type { Scenario } from '../../../src/model/scenario.ts';

export const updateScenario: Scenario = {
  id: 'update-cut',
  title: '',
  story: '',
  goal: '',
  tests: [],
  level: 1,
  data: [],
  programs: [],
  machine: {},
  steps: [
    { verb: 'update', to: 'v2', label: 'the-update', line: 1 },
    {
      verb: 'fault',
      fault: 'power-loss',
      during: 'the-update',
      moment: { kind: 'search', policy: 'every-op' },
      line: 2,
    },
  ],
  ask: [],
  expect: [],
  teach: '',
  variants: [],
  digest: 1,
};
