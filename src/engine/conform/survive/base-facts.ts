/** A recorded layout as it was built: its counts, its boot entries, and what each of them starts and mounts. */
import type { Facts } from './facts.ts';
import { layouts } from './layouts/registry.ts';
import { compareMounts } from './mount-facts.ts';
import type { BaseRecording } from './recordings.ts';
import { recordedStart, startEntry } from './recovery.ts';
import { SurvivalMachine } from './survival-machine.ts';

/** Builds the layout and starts every entry of it. */
export function compareBase(recording: BaseRecording, facts: Facts): void {
  const layout = layouts[recording.layout];
  if (layout === undefined) {
    facts.problem(`There is no rebuilt layout “${recording.layout}”.`);
    return;
  }
  const machine = new SurvivalMachine(layout, recording.kinds);
  for (const [kind, files] of Object.entries(recording.kinds)) {
    const entries = machine.manifest.filter((entry) => entry.kind === kind);
    facts.same(`${kind}: files`, files, entries.length);
  }
  const known = Object.keys(layout.entries).sort().join(' ');
  const recorded = recording.boots.map(({ file }) => file).sort();
  facts.same('boot entries', recorded.join(' '), known);
  for (const boot of recording.boots) compareStart(machine, recording, boot, facts);
}

function compareStart(
  machine: SurvivalMachine,
  { versions }: BaseRecording,
  { file, booted, kernelFound, lines }: BaseRecording['boots'][number],
  facts: Facts,
): void {
  const entry = machine.layout.entries[file];
  if (entry === undefined) return;
  const simulated = startEntry(machine, entry, true);
  const kernel = machine.manifest.some((one) => one.kind === 'kernel' && machine.isLeft(one));
  facts.same(`${file}: kernel and initramfs`, kernelFound, kernel);
  facts.same(`${file}: starts`, booted, simulated['start'] === 'running');
  if (versions[file] !== undefined) facts.same(`${file}: version`, versions[file], entry.version);
  if (!booted) return;
  const observed = recordedStart(lines);
  for (const fact of new Set([...Object.keys(observed), ...Object.keys(simulated)])) {
    facts.same(`${file}: ${fact}`, observed[fact], simulated[fact]);
  }
  compareMounts(`${file}: `, lines, machine.layout.mounts, facts);
}
