/** Which kind of survival recording a JSON is, and its comparison. */
import type { ComparedRun } from '../compared-run.ts';
import { compareBase } from './base-facts.ts';
import { compareConfiguration } from './config-merge.ts';
import { Facts } from './facts.ts';
import {
  baseRecordingOf,
  configRecordingOf,
  rmRecordingOf,
  tamperRecordingOf,
} from './recordings.ts';
import { compareTampering } from './tamper-facts.ts';
import { compareRemoval } from './rm-facts.ts';

/** Compares a recording of rm, tampering, layouts or configuration; undefined when the JSON is none of them. */
export function compareSurvival(id: string, recording: unknown): ComparedRun | undefined {
  const facts = new Facts();
  const configuration = configRecordingOf(recording);
  const base = baseRecordingOf(recording);
  const tampering = tamperRecordingOf(recording);
  const removal = rmRecordingOf(recording);
  if (configuration !== undefined) compareConfiguration(configuration, facts);
  else if (base !== undefined) compareBase(base, facts);
  else if (tampering !== undefined) compareTampering(tampering, facts);
  else if (removal !== undefined) compareRemoval(removal, facts);
  else return undefined;
  return facts.compared(id);
}
