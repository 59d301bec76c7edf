/** Workloads of the engine's benches: real updates of real releases, and long windows of the same operations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { backendNamed } from '../../src/backends/registry.ts';
import { studyCuts, type CutStudy } from '../../src/engine/cut-report.ts';
import { judgingOf } from '../../src/engine/judging-facts.ts';
import { Story } from '../../src/engine/story.ts';
import { attributes } from '../../src/model/attributes.ts';
import { BlobTable, wholeBlob } from '../../src/model/content.ts';
import { recordedTiming } from '../../src/model/device.ts';
import type { Effect } from '../../src/model/operation.ts';
import type { Release } from '../../src/model/release.ts';
import type { System } from '../../src/model/system.ts';
import { ImageBuilder, Volume } from '../../src/model/volume.ts';
import { schedule } from '../../src/persistence/clock.ts';
import { compile } from '../../src/persistence/compile.ts';
import type { VolumeWindow } from '../../src/persistence/explorer.ts';
import { profileNamed } from '../../src/persistence/registry.ts';
import { expandRelease } from '../../src/releases/expand.ts';
import { systemCatalogue } from '../../src/systems/catalogue.ts';
import { updateScenario } from '../unit/backends/update-scenario.ts';

const project = join(import.meta.dirname, '..', '..');

/** A release that ships. */
export function releaseOf(size: 'classroom' | 'full'): Release {
  return expandRelease(readFileSync(join(project, 'public', 'releases', `${size}.json`), 'utf8'));
}

/** A distribution of the catalogue; `rpm` is Debian's layout with rpm instead of dpkg, which no longer syncs files. */
export function systemOf(id: string): System {
  const known = systemCatalogue.find((system) => system.id === id);
  if (known !== undefined) return known;
  const [debian] = systemCatalogue;
  if (debian === undefined) throw new Error('an empty catalogue');
  return { ...debian, id, options: { ...debian.options, tool: 'rpm' } };
}

/** A machine in the middle of its update, ready to be searched. */
export function studyOf(system: System, release: Release): CutStudy {
  const brief = {
    system,
    release,
    options: system.options,
    settings: {},
    blobs: new BlobTable(),
    data: [],
  };
  const story = new Story(updateScenario, backendNamed(system.backend), brief);
  const fault = story.tell();
  if (fault === undefined) throw new Error('no power cut');
  return studyCuts(story, judgingOf(story), story.window(fault));
}

/** What rpm does to each file, without any sync: create beside, write in two pieces, mode, rename over the old one. */
export function rpmVolume(operationCount: number, fileCount = 5000): Volume {
  const blobs = new BlobTable();
  const builder = new ImageBuilder();
  const sizeBytes = 9000;
  const directories = Array.from({ length: 80 }, (_, index) =>
    builder.directory(builder.root, `usr/${String(index)}`),
  );
  for (let file = 0; file < fileCount; file++) {
    const content = wholeBlob(blobs.intern(`old ${String(file)}`, sizeBytes), sizeBytes);
    builder.file(builder.root, `usr/${String(file % 80)}/${String(file)}`, content);
  }
  const volume = new Volume({ id: 'root', profile: 'ext4', label: 'root' }, builder.state());
  const record = (effect: Effect, path: string): void => {
    const index = volume.operations.length;
    const at = index * 100;
    volume.record({
      index,
      volume: 'root',
      startMicroseconds: at,
      endMicroseconds: at + 60,
      process: 1,
      stage: 0,
      effect,
      path,
    });
  };
  for (let turn = 0; volume.operations.length + 5 <= operationCount; turn++) {
    const file = turn % fileCount;
    const directory = directories[file % 80] ?? builder.root;
    const name = String(file);
    const path = `/usr/${String(file % 80)}/${name}`;
    const inode = volume.table.newInode(0);
    const blob = blobs.intern(`new ${String(turn)}`, sizeBytes);
    const piece = (fromBytes: number, lengthBytes: number) => ({
      sizeBytes: lengthBytes,
      segments: [{ blob, fromBytes, lengthBytes }],
    });
    const replaced = volume.live.lookup(directory, name);
    const beside = `${name};6`;
    record({ kind: 'link', directory, name: beside, inode, created: attributes('file') }, path);
    record(
      { kind: 'write', inode, offsetBytes: 0, data: piece(0, 8192), sizeBeforeBytes: 0 },
      path,
    );
    record(
      { kind: 'write', inode, offsetBytes: 8192, data: piece(8192, 808), sizeBeforeBytes: 8192 },
      path,
    );
    record({ kind: 'set-attributes', inode, attributes: attributes('file', 0o755) }, path);
    record(
      {
        kind: 'rename',
        fromDirectory: directory,
        fromName: beside,
        toDirectory: directory,
        toName: name,
        inode,
        replaced,
      },
      path,
    );
  }
  return volume;
}

/** A volume as the explorer takes it. */
export function windowOf(volume: Volume): VolumeWindow {
  const compiled = compile(volume, profileNamed(volume.description.profile));
  const end = (volume.operations.at(-1)?.endMicroseconds ?? 0) + 38_000_000;
  return {
    volume: volume.description.id,
    compiled,
    likely: schedule(compiled, recordedTiming, end, 'likely'),
    certain: schedule(compiled, recordedTiming, end, 'certain'),
  };
}
