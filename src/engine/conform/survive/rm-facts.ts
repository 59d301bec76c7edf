/** A recorded `rm -rf` beside the same command on the rebuilt machine. */
import type { Facts } from './facts.ts';
import type { KindCounts } from './layout.ts';
import { layouts } from './layouts/registry.ts';
import { compareMounts } from './mount-facts.ts';
import type { KindOutcome, RmRecording } from './recordings.ts';
import { recordedStart, startEntry } from './recovery.ts';
import { runRecorded, type CommandResult, type ErrorCounts } from './rm-run.ts';
import { SurvivalMachine } from './survival-machine.ts';

const busy = 'Device or resource busy';

/** Rebuilds the layout, runs the command, compares everything that was counted afterwards. */
export function compareRemoval(recording: RmRecording, facts: Facts): void {
  const layout = layouts[recording.layout];
  if (layout === undefined) {
    facts.problem(`There is no rebuilt layout “${recording.layout}”.`);
    return;
  }
  const counts: KindCounts = Object.fromEntries(
    Object.entries(recording.kinds).map(([kind, { files }]) => [kind, files]),
  );
  const machine = new SurvivalMachine(layout, counts);
  compareMounts('', recording.log, layout.mounts, facts);
  compareImmutable(machine, recording.log, facts);
  const command = valueOf(recording.log, 'RM-START ');
  if (command === undefined) {
    facts.problem('The recording names no command.');
    return;
  }
  const ended = recording.errors['No such process'] !== undefined;
  const result = runRecorded(machine, command, ended);
  facts.same('exit status', Number(valueOf(recording.log, 'RM-RC ')), result.status);
  compareErrors(recording, result, ended, facts);
  compareReadOnly(recording, result.readOnly, facts);
  compareKinds(machine, recording.kinds, facts);
  compareLeft(machine, recording.log, facts);
  if (recording.loaderOnEsp !== undefined) {
    const loader = machine.manifest.some(
      (entry) => entry.volume === 'esp' && entry.path.startsWith('EFI/') && machine.isLeft(entry),
    );
    facts.same('loader on the EFI system partition', recording.loaderOnEsp, loader);
  }
  compareRecovery(machine, recording, facts);
}

function valueOf(log: readonly string[], before: string): string | undefined {
  return log.find((line) => line.startsWith(before))?.slice(before.length);
}

function compareImmutable(machine: SurvivalMachine, log: readonly string[], facts: Facts): void {
  const [root] = machine.layout.mounts;
  for (const line of log) {
    const flags = /^LSATTR\|([-a-zA-Z]+) \/$/.exec(line)?.[1];
    if (flags === undefined || root === undefined) continue;
    const tree = machine.kernel.tree(root.volume);
    const record = tree.attributesOf(machine.lookup(root));
    facts.same('immutable bit of /', flags.includes('i'), record.immutable === true);
  }
}

/** How many lines of a reason the layout decides; /run has more mounts where somebody has just logged in. */
function decided(
  counts: { readonly [place: string]: number },
  reason: string,
  total: number,
): number {
  return reason === busy ? total - (counts[`${busy} | /run`] ?? 0) : total;
}

function compareErrors(
  { errors, errorsByTop }: RmRecording,
  result: CommandResult,
  ended: boolean,
  facts: Facts,
): void {
  const simulatedRun = { [`${busy} | /run`]: 2 };
  for (const reason of new Set([...Object.keys(errors), ...Object.keys(result.errors)])) {
    const walked = reason === 'Operation not permitted' || reason === 'Permission denied';
    // Where rm ended within /proc, how far it had come there is a matter of chance.
    if (ended && (walked || reason === 'No such process')) continue;
    const recorded = decided(errorsByTop, reason, errors[reason] ?? 0);
    const busyInRun = ended ? {} : simulatedRun;
    facts.ratio(
      `errors “${reason}”`,
      recorded,
      Math.max(0, decided(busyInRun, reason, result.errors[reason] ?? 0)),
    );
  }
}

function sumOf(counts: ErrorCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function compareReadOnly(recording: RmRecording, found: ErrorCounts, facts: Facts): void {
  const { errors, errorsByTop } = recording;
  const before = 'Read-only file system | ';
  const recorded: Record<string, number> = {};
  for (const [place, lines] of Object.entries(errorsByTop)) {
    if (place.startsWith(before)) recorded[place.slice(before.length)] = lines;
  }
  // A list of parts that was cut off says nothing of those that are not in it.
  const whole = sumOf(errorsByTop) === sumOf(errors);
  for (const part of new Set([...Object.keys(recorded), ...(whole ? Object.keys(found) : [])])) {
    facts.ratio(`read-only in ${part}`, recorded[part] ?? 0, found[part] ?? 0);
  }
}

function compareKinds(
  machine: SurvivalMachine,
  kinds: { readonly [kind: string]: KindOutcome },
  facts: Facts,
): void {
  const left = new Set(
    machine.manifest
      .filter((entry) => !entry.isLink && machine.isLeft(entry))
      .map(({ text }) => text),
  );
  for (const [kind, recorded] of Object.entries(kinds)) {
    if (recorded.files === 0) continue;
    const entries = machine.manifest.filter((entry) => entry.kind === kind);
    const lost = entries.filter((entry) => !machine.isLeft(entry));
    facts.same(`${kind}: files`, recorded.files, entries.length);
    // A file that the running system itself had written since counts as there; one hidden by a whiteout does not.
    facts.same(`${kind}: gone`, recorded.lost + recorded.hidden, lost.length);
    facts.same(`${kind}: there`, recorded.there - recorded.hidden, entries.length - lost.length);
    facts.same(
      `${kind}: gone, links among them`,
      recorded.lostLinks,
      lost.filter(({ isLink }) => isLink).length,
    );
    facts.same(
      `${kind}: gone, same content elsewhere`,
      recorded.lostElsewhere,
      lost.filter(({ isLink, text }) => !isLink && left.has(text)).length,
    );
  }
}

/** Directories whose names are those of the rebuilt tree; in others only whether anything is left is compared. */
const exactDirectories = new Set([
  ...['/', '/usr', '/home', '/home/alice', '/boot', '/boot/efi', '/efi', '/sysroot'],
  ...['/sysroot/ostree', '/ostree', '/nix', '/data', '/.snapshots'],
]);

function compareLeft(machine: SurvivalMachine, log: readonly string[], facts: Facts): void {
  for (const line of log) {
    const [word, path = '', count = '', names = ''] = line.split('|');
    if (word !== 'LEFT' || path === '/run' || path === '/dev') continue;
    const found = namesAt(machine, path);
    const recorded = count === 'gone' ? 'gone' : namesIn(path, count, names);
    facts.same(`left in ${path}`, recorded, simulatedNames(path, found, recorded));
  }
}

function namesIn(path: string, count: string, names: string): string {
  if (count === '0') return 'nothing';
  if (!exactDirectories.has(path)) return 'something';
  return names
    .split(' ')
    .map((name) => name.slice(name.lastIndexOf('/') + 1))
    .join(' ');
}

function simulatedNames(
  path: string,
  found: readonly string[] | undefined,
  recorded: string,
): string {
  if (found === undefined) return 'gone';
  // The recorded list is what a shell's glob gives: names with a dot in front are not in it.
  const shown = found.filter((name) => !name.startsWith('.'));
  if (shown.length === 0) return 'nothing';
  if (recorded === 'something' || !exactDirectories.has(path)) return 'something';
  return [...shown].sort().join(' ');
}

function namesAt(machine: SurvivalMachine, path: string): readonly string[] | undefined {
  const { kernel, root } = machine;
  let names: readonly string[] | undefined;
  function* looking() {
    try {
      names = yield* root.readdir(path);
    } catch {
      names = undefined;
    }
  }
  kernel.finish(root, looking());
  return names;
}

function compareRecovery(machine: SurvivalMachine, recording: RmRecording, facts: Facts): void {
  // Two initramfs were recorded on A/B; the words of a failed bind say that it was the one that makes no directories.
  const starts = recording.recovery.map(({ file, lines }) => ({
    file,
    facts: recordedStart(lines),
  }));
  const makes = !starts.some(({ facts: { start } }) =>
    String(start).startsWith('INITRD-FAIL bind'),
  );
  for (const { file, facts: observed } of starts) {
    const entry = machine.layout.entries[file];
    if (entry === undefined) {
      facts.problem(`There is no rebuilt boot entry “${file}”.`);
      continue;
    }
    const simulated = startEntry(machine, entry, makes);
    for (const fact of new Set([...Object.keys(observed), ...Object.keys(simulated)])) {
      facts.same(`${file} put back: ${fact}`, observed[fact], simulated[fact]);
    }
  }
}
