/** The story of every recorded update: the small operating system goes from v1 to v2, then nobody touches it for 38 s. */
import { backendNamed } from '../../backends/registry.ts';
import { BlobTable } from '../../model/content.ts';
import type { Release } from '../../model/release.ts';
import type { Scenario } from '../../model/scenario.ts';
import type { BackendId, BackendOptions, System } from '../../model/system.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { applyVariant } from '../../scenario/variant.ts';
import { studyCuts, type CutStudy } from '../cut-report.ts';
import { expandHome } from '../home-path.ts';
import { judgingOf } from '../judging-facts.ts';
import { Story } from '../story.ts';

const storyText = `id: recorded
title: The recorded update
story: An update, and quiet afterwards.
goal: Agree with the recording.
tests: [safety-net-atomicity]
level: 1
data:
  - { id: thesis, kind: document, path: ~/docs/thesis.odt, text: "Chapter 1" }
  - { id: notes, kind: document, path: ~/docs/notes.txt, text: "Notes" }
  - { id: records, kind: service-data, path: /var/lib/app/records.db, text: "Records" }
steps:
  - update: v2
    label: the-update
  - fault: power-loss
    during: the-update
    search: every-op
teach: Nothing; this is a measurement.
expect:
  - { on: all, data.thesis.content: [intact], because: no update touches a home }
`;

function storyOfUpdate(): Scenario {
  const parsed = parseScenario(storyText, []);
  const scenario = parsed.ok ? applyVariant(parsed.value, undefined) : undefined;
  if (scenario === undefined) throw new TypeError('the story of the recorded updates is broken');
  return scenario;
}

function systemOf(backend: BackendId, options: BackendOptions): System {
  return {
    id: 'recorded',
    name: 'The recorded system',
    mechanism: backend,
    backend,
    options,
    commands: { update: 'update', rollback: '', install: '', remove: '', replace: '', history: '' },
    protections: [],
    asOf: '2026-11-23',
    sources: [],
    simplified: [],
  };
}

/** The update told, and what a power cut at each instant leaves. */
export interface ToldUpdate {
  readonly story: Story;
  readonly study: CutStudy;
}

/** Tells the recorded update to a machine of these options. */
export function tellUpdate(
  backend: BackendId,
  options: BackendOptions,
  release: Release,
): ToldUpdate {
  const scenario = storyOfUpdate();
  const system = systemOf(backend, options);
  const story = new Story(scenario, backendNamed(backend), {
    system,
    release,
    options,
    settings: scenario.machine,
    blobs: new BlobTable(),
    data: scenario.data.map((datum) => ({ ...datum, path: expandHome(datum.path, 'sam') })),
  });
  const fault = story.tell();
  if (fault === undefined) throw new TypeError('the recorded story has a power cut');
  return { story, study: studyCuts(story, judgingOf(story), story.window(fault)) };
}
