/** From a story at the moment of its disaster to what the judging of disks needs to know. */
import { sameContent } from '../model/expected-file.ts';
import type { Datum } from '../model/fate.ts';
import type { Content } from '../model/content.ts';
import type { ScenarioDatum } from '../model/scenario.ts';
import { ObservedState } from '../model/observed-state.ts';
import { RootTree, type Place } from '../model/root-tree.ts';
import type { DatabaseFile } from './database-fate.ts';
import { heldContents } from './held-contents.ts';
import { DiskJudge } from './disk-judge.ts';
import { prepareJudging, type Judging, type JudgingFacts } from './judging.ts';
import { liveDisk } from './live-disk.ts';
import type { Story } from './story.ts';
import { withoutPackages } from './without-packages.ts';

function datumOf(datum: ScenarioDatum): Datum {
  return {
    id: datum.id,
    kind: datum.kind,
    label: datum.label ?? datum.path,
    paths: [datum.path],
  };
}

/** The judging for a story as it stands before the disaster. */
export function judgingOf(story: Story): Judging {
  const { backend, brief, data, machine } = story;
  const written = brief.data.map((datum) => ({
    datum: datumOf(datum),
    contents: data.of(datum.id).map(({ content }): Content => content),
  }));
  const planted = story.planted.map(({ datum, content }) => ({ datum, contents: [content] }));
  const facts: JudgingFacts = {
    backend,
    brief,
    before: story.before,
    after: story.target,
    running: story.running === story.target ? 'after' : 'before',
    rescueMounts: machine.mounts,
    othersBefore: 'none',
    written: [...written, ...planted],
    marks: [...story.marks],
    release: withoutPackages(brief.release, story.removed),
    database: databaseHistory(story),
    programs: story.scenario.programs,
  };
  const first = prepareJudging(facts);
  return { ...first, othersBefore: othersOf(story, first) };
}

/**
 * What the package database held: its files, with every content that they had. An update that fills another root has
 * written the database there, and the running root never shows it.
 */
function databaseHistory(story: Story): readonly DatabaseFile[] {
  const { backend, brief, data, machine } = story;
  const next = rootOfNextStart(story);
  return backend.packageDatabase(brief).flatMap((path): readonly DatabaseFile[] => {
    const starts = data.startsOf(path);
    const since = starts.findLastIndex(({ version }) => version !== story.running) + 1;
    const atStart = starts[since]?.content;
    if (atStart === undefined) return [];
    const older = starts
      .slice(0, since)
      .flatMap(({ content }) => (sameContent(content, atStart) ? [] : [content]));
    const here = machine.tree.walk(path);
    const there = next?.walk(path);
    const isElsewhere =
      there !== undefined && (there.volume !== here?.volume || there.inode !== here.inode);
    const between = [here, ...(isElsewhere ? [there] : [])].flatMap((place) =>
      contentsAt(story, path, place),
    );
    const last = (isElsewhere ? next?.file(path) : undefined) ?? machine.tree.file(path) ?? atStart;
    // A database that reads as before at the end was not updated, whatever was written beside it meanwhile.
    const latest = sameContent(atStart, last) ? [] : [last];
    const contents = [...older, atStart, ...between, ...latest].filter(
      (content, index, all) => index === 0 || !sameContent(content, all[index - 1] ?? atStart),
    );
    return [{ path, contents, existedBefore: true, atStart, older }];
  });
}

/** The root that the default entry of the boot menu leads to, as the disk stands with everything written home. */
function rootOfNextStart({ backend, brief, volumes }: Story): RootTree | undefined {
  const disk = liveDisk(volumes, brief.blobs);
  const [entry] = backend.bootMenu(brief, disk).entries;
  return entry === undefined ? undefined : new RootTree(disk, entry.root);
}

function contentsAt(
  { volumes }: Story,
  path: string,
  place: Place | undefined,
): readonly Content[] {
  const volume = volumes.find(({ description }) => description.id === place?.volume);
  return volume === undefined || place === undefined ? [] : heldContents(volume, path, place.inode);
}

/** Whether the menu of the machine as it was installed or last started had another whole entry with a root of its own. */
function othersOf(story: Story, judging: Judging): Judging['othersBefore'] {
  const replayed = new Map(
    story.volumes.map((volume) => [
      volume.description.id,
      new ObservedState(volume.table, volume.base.cells),
    ]),
  );
  const { others, otherRoot } = new DiskJudge(judging, { replayed }).start();
  return otherRoot ? others : 'none';
}
