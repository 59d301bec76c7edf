/** Which kind of survival recording a JSON is, and its comparison. */
import type { ComparedRun } from '../compared-run.ts';
import { compareConfiguration } from './config-merge.ts';
import { Facts } from './facts.ts';
import { configRecordingOf } from './recordings.ts';

/** Compares a recording of rm, tampering, layouts or configuration; undefined when the JSON is none of them. */
export function compareSurvival(id: string, recording: unknown): ComparedRun | undefined {
  const facts = new Facts();
  const configuration = configRecordingOf(recording);
  if (configuration === undefined) return undefined;
  compareConfiguration(configuration, facts);
  return facts.compared(id);
}
