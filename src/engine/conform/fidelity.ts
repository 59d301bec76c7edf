/** docs/fidelity.md: what was recorded, what agrees, what does not, and what no recording exists for. */
import type { ConformReport, RecordedFile } from './conform.ts';
import { fieldsOf } from './recording.ts';

/** What the laboratory shows without a recording of the very thing: derived from the order of calls, and said so. */
const withoutRecording: readonly (readonly [what: string, insteadOf: string])[] = [
  [
    'ABRoot itself',
    'the order of its calls was read in its sources; slot images with a boot flag were recorded',
  ],
  [
    'NixOS on a vfat EFI system partition',
    'recorded with ext4 in its place; vfat by itself is in the litmus tests',
  ],
  [
    'transactional-update itself',
    'its steps were recorded by hand: snapshot, package tool inside, set-default',
  ],
  [
    'OSTree finalizing a staged deployment at shutdown',
    'recorded on a system that was not booted, deployed at once',
  ],
  [
    'OSTree pinned, unlocked, and with a full /boot; greenboot-rs and health-checker',
    'the order of calls was read in their sources; that a full /boot leaves the old menu was measured with ostree 2022.7, before it pruned early',
  ],
  [
    'pacman, zypper, systemd-sysupdate, ChromeOS and Android slots',
    'the order of calls from sources and documents',
  ],
  ['overlayfs and tmpfs', 'what their documents say; nothing was recorded'],
  ['dm-verity and counters of failed starts', 'computed, not run'],
  [
    'real drives',
    'a logged device with 4 KiB pieces between flushes; tearing and lying follow the literature',
  ],
  [
    'Firefox, PostgreSQL and other applications',
    'how they save was recorded as patterns and with SQLite, not with the programs',
  ],
];

/** The document as Markdown. */
export function fidelityMarkdown(report: ConformReport, files: readonly RecordedFile[]): string {
  return [
    '# How far the simulation agrees with recordings',
    '',
    'Generated: `npx survives conform test/conformance/fixtures` prints the same, and a test keeps this page fresh. A difference may be explained only by the version of a tool, the timing of the device, or points that a recording left out; never an outcome that is simulated and was not recorded.',
    '',
    `${String(report.runs.length)} recordings, ${String(report.unexplained)} differences unexplained.`,
    '',
    '## What agrees, and what does not',
    '',
    '| recording | kernel and tools | facts compared | result |',
    '|---|---|---|---|',
    ...report.runs.map((run) => rowOf(run, files)),
    '',
    '## No recording exists for',
    '',
    ...withoutRecording.map(([what, instead]) => `- **${what}**: ${instead}.`),
    '',
    '## What is compared',
    '',
    '- Updates: the classes that a cut in the order of the device leaves, exactly; those that were seen with writes left out, as a lower bound of what is possible; what a boot loader sees that replays no journal, exactly; shares of the time of the update and of the quiet time after it, within a factor of 2 or 5 points; changes that the clocks of the kernel bring about, within 2 s; that no file of a person is touched.',
    '- Saves: what each file can hold and until when; how many entries that a program was told are safe a log or a database loses, and for how long.',
    '- Updates started again: which class becomes which.',
    '- Calls: how often each kind is made, within 5 %.',
    '- Deletions, tampering, layouts, merges of configuration: every fact of the recording that a simulated machine has.',
    '',
  ].join('\n');
}

function rowOf(run: ConformReport['runs'][number], files: readonly RecordedFile[]): string {
  const { id, observed, missing, invented, explained } = run;
  const differences = [...missing, ...invented];
  const result =
    differences.length > 0
      ? `differs: ${differences.join(' ')}`
      : explained.length > 0
        ? `agrees; explained: ${explained.join(' ')}`
        : 'agrees';
  const cells = [id, versionsOf(id, files), String(Object.keys(observed).length), result];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Versions that a recording names, in a few words. */
function versionsOf(id: string, files: readonly RecordedFile[]): string {
  const file = files.find(
    ({ name }) =>
      name
        .split('/')
        .at(-1)
        ?.replace(/\.(json|txt)$/, '') === id,
  );
  const recording =
    file?.name.endsWith('.json') === true ? fieldsOf(JSON.parse(file.text)) : undefined;
  const tools = Object.entries(fieldsOf(recording?.['tools']) ?? {}).flatMap(([tool, version]) => {
    const number = /\d+(?:\.\d+)+/.exec(String(version))?.[0];
    return number === undefined ? [] : [`${tool} ${number}`];
  });
  const kernel = recording?.['kernel'];
  const linux =
    typeof kernel === 'string'
      ? [`Linux ${/^[\d.]+/.exec(kernel)?.[0].replace(/\.$/, '') ?? kernel}`]
      : [];
  return [...linux, ...tools].join(', ');
}
