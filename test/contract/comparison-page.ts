/** docs/comparison.md: every cell is read from a backend, a system file, or a story that was run. */
import { inabilitiesOf, inabilityOf, type Capability } from '../../src/backends/backend.ts';
import type { SystemReport } from '../../src/model/report.ts';
import type { Stage } from '../../src/model/operation.ts';
import type { MountPlan, SystemCommands } from '../../src/model/system.ts';
import type { Compared } from './comparison-runs.ts';

type Row = readonly [title: string, cell: (one: Compared) => string];

/** The lifecycle verbs as people call them, and which command of a system file does them. */
export const capabilityTitles: {
  readonly [capability in Capability]: readonly [title: string, command?: keyof SystemCommands];
} = {
  update: ['Update', 'update'],
  rollback: ['Go back', 'rollback'],
  installPackage: ['Install a package', 'install'],
  removePackage: ['Remove a package', 'remove'],
  replacePackage: ['Replace a package', 'replace'],
  collectGarbage: ['Remove older versions'],
  factoryReset: ['Reset to the state as shipped'],
  verify: ['Look for damage'],
  pin: ['Keep a version whatever is removed'],
  unlock: ['Change /usr by hand, for a while'],
  checkStarts: ['Look at each start and go back by itself'],
};

const capabilities = Object.keys(capabilityTitles) as readonly Capability[];

const rows: readonly Row[] = [
  ['Mechanism', ({ system }) => system.mechanism],
  ['Facts as of', ({ system }) => system.asOf],
  ['Runs unasked', ({ system }) => (system.onRequest === true ? 'on request' : 'yes')],
  ...capabilities.map((one): Row => [capabilityTitles[one][0], (of) => capabilityCell(of, one)]),
  ['The step that switches versions (commit point)', commitPointCell],
  ['Mounted read-only while it runs', readOnlyCell],
  ['/usr lies on', ({ mounts }) => placeCell(mounts, '/usr')],
  ['/etc lies on', ({ mounts }) => placeCell(mounts, '/etc')],
  ['/var lies on', ({ mounts }) => placeCell(mounts, '/var')],
  ['Homes lie on', ({ mounts, homeDirectory }) => placeCell(mounts, homeDirectory)],
  ['Going back, a change in /etc', ({ back }) => afterBack(back, 'etc')],
  ['Going back, a change in /var', ({ back }) => afterBack(back, 'var')],
  ['Going back, a change in a home', ({ back }) => afterBack(back, 'home')],
  ['An update brings a kernel that panics', byItselfCell],
  ['Who notices one changed bit in a photo', ({ decayed }) => noticed(decayed.photo, 'photos')],
  ['Who notices it in a program', ({ decayed }) => noticed(decayed.browser)],
  ['Who notices it under /var', ({ decayed }) => noticed(decayed.database, 'records')],
  ['Older version, after an update', ({ updated }) => olderVersion(updated)],
  ['Older version, after removing older ones', ({ cleaned }) => olderVersion(cleaned)],
];

/** The document as Markdown. */
export function comparisonMarkdown(all: readonly Compared[]): string {
  return [
    '# The systems beside one another',
    '',
    'Generated, and kept fresh by a test: no cell is typed by hand. What a system can and cannot do is read from the procedures of its backend, commands and dates from its system file, and what becomes of it from stories that were run on the simulated machines (classroom release, the usual order of writing, nothing searched beside it). Sources stand below each system.',
    '',
    line(['', ...all.map(({ system }) => system.name)]),
    line(['---', ...all.map(() => '---')]),
    ...rows.map(([title, cell]) => line([`**${title}**`, ...all.map(cell)])),
    '',
    ...all.flatMap(systemSection),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function capabilityCell({ backend, system, stagesOf }: Compared, capability: Capability): string {
  const cannot = inabilityOf(backend, system.options, capability);
  if (cannot !== undefined) return `**cannot**: ${cannot.because} (${sourceText(cannot.source)})`;
  if (capability === 'checkStarts' && backend.checkStarts !== undefined) {
    return `${backend.checkStarts.text} (${sourceText(backend.checkStarts.source)})`;
  }
  const command = capabilityTitles[capability][1];
  if (command !== undefined) return `\`${system.commands[command]}\``;
  const labels = [...new Set((stagesOf[capability] ?? []).map(({ label }) => label))];
  return labels.length === 0 ? 'yes' : `yes: ${labels.join('; ')}`;
}

function commitPointCell({ updateStages }: Compared): string {
  const points = updateStages.filter(({ commitPoint }) => commitPoint === true);
  if (points.length === 0) return 'none: each file by itself';
  const told = [...new Set(points.map(stageText))];
  return `${told.join(' ')} It is step ${placesOf(points, updateStages)} of ${String(updateStages.length)}.`;
}

function stageText({ label, note }: Stage): string {
  return note === undefined ? `${label}.` : `${label}: ${note}`;
}

function placesOf(points: readonly Stage[], all: readonly Stage[]): string {
  return points.map((point) => String(all.indexOf(point) + 1)).join(', ');
}

function readOnlyCell({ mounts }: Compared): string {
  const paths = mounts.filter(({ readOnly }) => readOnly).map(({ mountPoint }) => mountPoint);
  return paths.length === 0 ? 'nothing' : paths.join(', ');
}

function placeCell(mounts: readonly MountPlan[], path: string): string {
  const covering = mounts
    .filter(({ mountPoint: at }) => at === '/' || at === path || path.startsWith(`${at}/`))
    .sort((left, right) => right.mountPoint.length - left.mountPoint.length)[0];
  if (covering === undefined) return 'not mounted';
  const { volume, from, subvolume, mountPoint, readOnly } = covering;
  const within = [subvolume, from].filter((part) => part !== undefined).map(withoutDigest);
  const where = within.length === 0 ? volume : `${volume}, ${within.join(', ')}`;
  const way = mountPoint === path ? '' : `, by way of ${mountPoint}`;
  return `${path} on ${where}${way} (${readOnly ? 'read-only' : 'writable'})`;
}

/** Checksums of deployments say nothing to a reader. */
function withoutDigest(path: string): string {
  return path.replace(/[0-9a-f]{32,}/, '…');
}

function afterBack({ fates, refused }: SystemReport, datum: string): string {
  if ((refused ?? []).length > 0) return 'does not apply: it cannot go back';
  const [content] = Object.keys(fates[datum]?.['content'] ?? {});
  const words: { readonly [fate: string]: string } = {
    updated: 'stays',
    intact: 'stays',
    reverted: 'goes back',
  };
  return content === undefined ? 'not judged' : (words[content] ?? content);
}

function byItselfCell({ badKernel }: Compared): string {
  const verdict = badKernel.screens.at(-1)?.verdict;
  if (verdict === undefined) return 'not judged';
  const { starts, wayBack, because } = verdict;
  if (starts) return `starts all the same: ${because.text}`;
  const itself =
    wayBack.kind === 'automatic' ? 'Goes back by itself' : 'Does not go back by itself';
  return `${itself}. ${wayBack.how}`;
}

/** What reading, the system's own check and a scrub make of one changed bit, in that order. */
function noticed({ screens, measured = [], refused = [] }: SystemReport, datum?: string): string {
  const fate = screens.at(-1)?.fates.find((one) => one.datum === datum);
  const reading = fate?.why.find(({ text }) => text.startsWith('One bit of'))?.text;
  const told = [
    ...(reading === undefined
      ? []
      : [reading.replace(/^[^.]*\.\S* ?[^.]*? changed on the disk\. /, '')]),
    ...measured.map(({ text }) => text),
    ...refused.map(({ text }) => text),
  ];
  return told.join(' ');
}

function olderVersion({ screens }: SystemReport): string {
  const fate = screens.at(-1)?.fates.find(({ datum }) => datum === 'older-version');
  if (fate === undefined) return 'not judged';
  const kept =
    fate.none === true
      ? ''
      : fate.fates.content === 'intact'
        ? 'kept. '
        : `${fate.fates.content}. `;
  return `${kept}${fate.why.map(({ text }) => text).join(' ')}`;
}

function systemSection({ system, backend }: Compared): readonly string[] {
  const cannot = inabilitiesOf(backend, system.options).map(({ capability, because, source }) => {
    return `- ${capabilityTitles[capability][0]}: ${because} (${sourceText(source)})`;
  });
  return [
    `## ${system.name}`,
    '',
    ...(system.thenAndNow === undefined ? [] : [`**Then and now**: ${system.thenAndNow}`, '']),
    'What protects what:',
    '',
    ...system.protections.map((text) => `- ${text}`),
    '',
    ...(cannot.length === 0 ? [] : ['What it cannot do:', '', ...cannot, '']),
    'Where it is simpler here than in reality:',
    '',
    ...system.simplified.map((text) => `- ${text}`),
    '',
    `Facts as of ${system.asOf}, from:`,
    '',
    ...system.sources.map((source) => `- ${sourceText(source)}`),
    '',
  ];
}

function sourceText(source: string): string {
  return /^https?:\/\/\S+$/.test(source) ? `<${source}>` : source;
}
