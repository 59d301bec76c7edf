/** What is left of edited configuration after an update and after going back, layout by layout. */
import type { EtcState } from './config-cases.ts';
import { flows } from './config-flows.ts';
import type { Facts } from './facts.ts';

/** Layout → case → state → what is there. */
export interface ConfigRecording {
  readonly [layout: string]: { readonly [name: string]: { readonly [state: string]: string } };
}

/** Recorded where a person's lines were counted and none found: the file may also not be there. */
const noLines = '0 -';

/** Performs the recorded edits on each layout and compares every state that followed. */
export function compareConfiguration(recording: ConfigRecording, facts: Facts): void {
  for (const [layout, cases] of Object.entries(recording)) {
    const flow = flows[layout];
    if (flow === undefined) {
      facts.problem(`There is no rebuilt layout “${layout}”.`);
      continue;
    }
    const observed = statesOf(cases);
    const simulated = flow(observed);
    for (const [state, there] of Object.entries(observed)) {
      const found = simulated[state];
      if (found === undefined) facts.problem(`${layout} ${state}: not simulated.`);
      else compareState(`${layout} ${state}`, there, found, facts);
    }
  }
}

function compareState(fact: string, observed: EtcState, simulated: EtcState, facts: Facts): void {
  for (const name of new Set([...Object.keys(observed), ...Object.keys(simulated)])) {
    const recorded = observed[name];
    const none = recorded === noLines ? noLines : undefined;
    facts.same(`${fact} ${name}`, recorded, simulated[name] ?? none);
  }
}

function statesOf(cases: ConfigRecording[string]): { readonly [state: string]: EtcState } {
  const states: Record<string, Record<string, string>> = {};
  for (const [name, there] of Object.entries(cases)) {
    for (const [state, words] of Object.entries(there)) (states[state] ??= {})[name] = words;
  }
  return states;
}
