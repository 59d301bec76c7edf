/**
 * Programs that run while an update replaces their files. A file that was taken its last name stays as long as somebody
 * has it open or mapped. Source: unlink(2), mmap(2).
 */
import { heldBytes } from '../kernel/space-account.ts';
import type { Inode } from '../model/cell-table.ts';
import type { VolumeId } from '../model/device.ts';
import { nameOf } from '../model/path.ts';
import type { ReleaseFile, ReleasePackage } from '../model/release.ts';
import type { BackendId } from '../model/system.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import type { Story } from './story.ts';

/** A file that a program has mapped since it was started. */
export interface MappedFile {
  readonly path: string;
  readonly volume: VolumeId;
  readonly inode: Inode;
  /** The group whose files must be of one version, if the file belongs to one. */
  readonly lockstep?: string;
}

/** A program that runs, with its libraries. */
export interface RunningProgram {
  /** As people call it, whatever link leads to its file. */
  readonly name: string;
  readonly path: string;
  readonly files: readonly MappedFile[];
}

interface Shipped {
  readonly file: ReleaseFile;
  readonly owner: ReleasePackage;
}

/** Needs of a start that do their work and end, or that are no programs of their own. */
const shortLived = ['/usr/bin/mount', '/usr/bin/login'];

/** Programs that the start of a machine leaves running, and what they have mapped; from now on the kernel holds it. */
export function startRunning(story: Story, machine: SimulatedMachine): void {
  const shipped = shippedFiles(story);
  const needs = story.brief.release.boot.filter(
    ({ path }) => !nameOf(path).includes('.so') && !shortLived.includes(path),
  );
  const added = story.scenario.programs.map(({ id }) => ({ path: `/usr/lib/${id}/${id}` }));
  machine.programs = [...needs, ...added].flatMap(({ path }) => {
    const files = mappedBy(story, machine, shipped, path);
    const [own] = files;
    return own === undefined ? [] : [{ name: nameOf(path), path: own.path, files }];
  });
  machine.stagesBefore = machine.kernel.stages.length;
  for (const { files } of machine.programs) {
    for (const { volume, inode } of files) machine.kernel.tree(volume).held.add(inode);
  }
}

/** Canonical path, file name and soname → what the running version ships there. */
function shippedFiles({ brief, running }: Story): ReadonlyMap<string, Shipped> {
  const found = new Map<string, Shipped>();
  for (const owner of brief.release.packages) {
    for (const file of (owner.versions[running] ?? owner.versions.v1)?.files ?? []) {
      const names = [
        file.path,
        nameOf(file.path),
        ...(file.soname === undefined ? [] : [file.soname]),
      ];
      for (const name of names) if (!found.has(name)) found.set(name, { file, owner });
    }
  }
  return found;
}

/** The program and, one after the other, the libraries that it and they ask for. Source: ld.so(8). */
function mappedBy(
  { backend, brief, running }: Story,
  { tree }: SimulatedMachine,
  shipped: ReadonlyMap<string, Shipped>,
  program: string,
): readonly MappedFile[] {
  const files = new Map<string, MappedFile>();
  const asked = [program];
  const seen = new Set<string>();
  for (let name = asked.shift(); name !== undefined; name = asked.shift()) {
    const found = shipped.get(name);
    if (found === undefined || seen.has(name)) continue;
    seen.add(name);
    const { file, owner } = found;
    const target = file.target === undefined ? undefined : nameOf(file.target);
    if (target !== undefined) asked.unshift(target);
    asked.push(...(file.needs ?? []));
    const path = backend.pathOf(brief, file, owner, running);
    const place = target === undefined ? tree.walk(path) : undefined;
    if (place === undefined) continue;
    const { lockstep } = owner;
    files.set(path, { path, ...place, ...(lockstep === undefined ? {} : { lockstep }) });
  }
  return [...files.values()];
}

/** What a look at the running programs finds. */
interface StaleProgram {
  readonly name: string;
  readonly path: string;
  readonly gone: readonly MappedFile[];
}

function staleOf(machine: SimulatedMachine): readonly StaleProgram[] {
  const hasName = ({ volume, inode }: MappedFile): boolean =>
    machine.kernel.tree(volume).linkCount(inode) > 0;
  return machine.programs
    .map(({ name, path, files }) => ({ name, path, gone: files.filter((file) => !hasName(file)) }))
    .filter(({ gone }) => gone.length > 0);
}

/** Notes which programs still run deleted files, what that means, and how much room it takes; or why none does. */
export function measurePrograms(story: Story, step: string): void {
  const { machine, brief } = story;
  const stale = staleOf(machine);
  const tool = brief.system.staleProgramsTool;
  if (tool !== undefined) story.say(`# ${tool.command}`, 'command');
  for (const { path, gone } of stale) {
    story.say(`${path}: ${gone.map((file) => `${file.path} (deleted)`).join(', ')}`, 'output');
  }
  const text = stale.length === 0 ? noneWords(story) : staleWords(story, stale);
  story.measured.push({ step, what: 'programs', value: stale.length, text });
  story.say(text);
}

function staleWords(story: Story, stale: readonly StaleProgram[]): string {
  const { machine, brief } = story;
  const bytes = machine.kernel.volumes.reduce(
    (sum, { description }) => sum + heldBytes(machine.kernel.tree(description.id)),
    0,
  );
  const [first] = stale;
  const example = first?.gone[0]?.path ?? '';
  const groups = brief.release.lockstepGroups.filter(({ id }) =>
    stale.some(({ gone }) => gone.some(({ lockstep }) => lockstep === id)),
  );
  const mixed = stale.filter(({ gone }) => gone.some(({ lockstep }) => lockstep !== undefined));
  const why = groups.map((group) => `${group.id} (${group.why})`).join('; ');
  const tool = brief.system.staleProgramsTool;
  return [
    `${String(stale.length)} of ${String(machine.programs.length)} running programs still use files that the update deleted: ${stale.map(({ name }) => name).join(', ')}; ${first?.name ?? ''} for example ${example}.`,
    `Until they end they run the old version, a security fix does not reach them, and ${roomWords(bytes)} (unlink(2)).`,
    ...(mixed.length === 0
      ? []
      : [
          `${String(mixed.length)} of them can go wrong when they next load a part of themselves, for that is of the new version now: ${why}. Debian warns of it when it updates libc6: such programs “might not be able to do lookup or authentication any more” [libc6, template glibc/upgrade].`,
        ]),
    tool === undefined ? '' : `\`${tool.command}\` lists them [${tool.source}].`,
    'Package scripts that restart services are not simulated: what they restart is not on a real list.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function roomWords(bytes: number): string {
  return bytes === 0
    ? 'their old files take no room of their own, because a snapshot holds the same blocks'
    : `${(bytes / 1_000_000).toFixed(1)} MB are not freed`;
}

/** Why no file under a running program was deleted, by mechanism. */
const besides: { readonly [backend in BackendId]: string } = {
  mutable: 'What has changed since they were started was not among their files.',
  ostree:
    'The update made a deployment of its own, which starts with the next restart; the files of the running one keep their names [https://ostreedev.github.io/ostree/deployment/].',
  ab: 'The update filled the other root, which starts with the next restart; nothing was written below the running one [https://github.com/Vanilla-OS/ABRoot/blob/89b4ae0c/core/system.go].',
  btrfs:
    'The update worked inside a new snapshot, which starts with the next restart; the running one is read-only and as it was [https://github.com/openSUSE/transactional-update/blob/master/man/transactional-update.8.xml].',
  nix: 'A new version is a new path in the store, and the old one keeps its name beside it: programs go on with the version that they were started from until somebody restarts them, and garbage collection keeps what /proc says is mapped [https://github.com/NixOS/nix/blob/noaterm/scripts/find-runtime-roots.pl.in].',
};

function noneWords({ backend, machine }: Story): string {
  const none = `None of ${String(machine.programs.length)} running programs uses a deleted file.`;
  const why =
    machine.kernel.stages.length > machine.stagesBefore
      ? besides[backend.id]
      : 'Each was started from the files that are there now, and nothing has replaced one since.';
  return `${none} ${why}`;
}
