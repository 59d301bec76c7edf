import { describe, expect, it } from 'vitest';
import { boot, prepareBoot } from '../../../src/boot/boot.ts';
import { attributes } from '../../../src/model/attributes.ts';
import {
  BlobTable,
  emptyContent,
  overwrite,
  resize,
  wholeBlob,
  zeros,
  type Content,
} from '../../../src/model/content.ts';
import type { BootResult } from '../../../src/model/boot-result.ts';
import type { Datum } from '../../../src/model/fate.ts';
import { RootTree } from '../../../src/model/root-tree.ts';
import type { BootVerdict, WayBack } from '../../../src/model/verdict.ts';
import { ImageBuilder } from '../../../src/model/volume.ts';
import { Census, prepareCensus } from '../../../src/survival/census.ts';
import { judgeDatum } from '../../../src/survival/judge.ts';
import {
  editedConfigFiles,
  judgeApplications,
  judgeBootLoader,
  judgeDefaultConfig,
  judgeOlderVersion,
  judgeOperatingSystem,
  systemData,
} from '../../../src/survival/system-data.ts';
import { filesOf, pathOf, release, SmallDisk } from '../boot/small-machine.ts';

const blobs = new BlobTable();
const text = (words: string): Content => wholeBlob(blobs.intern(words), words.length);
const thesis: Datum = { id: 'thesis', kind: 'document', label: 'Thesis', paths: ['/thesis'] };

function verdict(starts: boolean, kind: WayBack['kind'] = 'not needed'): BootVerdict {
  return {
    starts,
    reached: 'applications',
    because: { text: 'test', source: 'test' },
    console: [],
    wayBack: { kind, how: 'Do this.' },
    loader: 'same',
  };
}

function treeWith(now: Content | undefined): RootTree {
  const image = new ImageBuilder();
  if (now !== undefined) image.file(image.root, 'thesis', now, attributes('file'));
  const volumes = new Map([['home', image.state()]]);
  return new RootTree({ volumes, blobs }, [
    { mountPoint: '/', volume: 'home', directory: image.root },
  ]);
}

function judge(now: Content | undefined, contents: readonly Content[], existedBefore = true) {
  const files = [{ path: '/thesis', contents, existedBefore }];
  const tree = treeWith(now);
  return judgeDatum({ datum: thesis, files, tree, blobs, verdict: verdict(true), because: [] });
}

const one = text('Chapter 1');
const two = overwrite(one, one.sizeBytes, text(' Chapter 2'));
const rewritten = text('CHAPTER 3');

const fates = [
  { name: 'untouched', now: one, contents: [one], fate: 'intact' },
  { name: 'the last save', now: two, contents: [one, two], fate: 'updated' },
  { name: 'the save before', now: one, contents: [one, two], fate: 'reverted' },
  { name: 'absent', now: undefined, contents: [one], fate: 'lost' },
  { name: 'empty', now: emptyContent, contents: [one, two], fate: 'torn' },
  { name: 'zeros', now: zeros(9), contents: [one], fate: 'torn' },
  { name: 'a tail of zeros', now: resize(one, 19), contents: [one, two], fate: 'torn' },
  { name: 'cut', now: resize(two, 15), contents: [one, two], fate: 'torn' },
  {
    name: 'pieces of two versions',
    now: overwrite(one, 0, resize(rewritten, 4)),
    contents: [one, rewritten],
    fate: 'mixed',
  },
  { name: 'foreign bytes', now: text('ransom!!!'), contents: [one], fate: 'torn' },
  {
    name: 'a cut that is byte for byte an earlier save',
    now: resize(text('Chapter 1 and 2'), 9),
    contents: [one, text('Chapter 1 and 2')],
    fate: 'reverted',
  },
] as const;

describe('the fate of a document', () => {
  it.each(fates)('$name: $fate', ({ now, contents, fate }) => {
    const judged = judge(now, contents);
    expect(judged.fates.content).toBe(fate);
    expect(judged.why.length).toBeGreaterThan(0);
    expect(judged.why.every((why) => why.text !== '' && why.source !== '')).toBe(true);
  });

  it('is updated for a file that this run made, and lost when its name is not there', () => {
    expect(judge(one, [one], false).fates.content).toBe('updated');
    const lost = judge(undefined, [one], false);
    expect(lost.fates.content).toBe('lost');
    expect(lost.why[0]?.text).toContain('made in this run');
  });

  it('keeps the chain of operations before the rule', () => {
    const because = [{ text: 'The editor renamed it without fsync.', source: 'operation 12' }];
    const files = [{ path: '/thesis', contents: [one], existedBefore: true }];
    const tree = treeWith(one);
    const { why } = judgeDatum({
      datum: thesis,
      files,
      tree,
      blobs,
      verdict: verdict(true),
      because,
    });
    expect(why[0]).toEqual(because[0]);
    expect(why).toHaveLength(2);
  });

  it('is the worst of its files, and counts them', () => {
    const files = [
      { path: '/thesis', contents: [one], existedBefore: true },
      { path: '/notes', contents: [one], existedBefore: true },
    ];
    const tree = treeWith(one);
    const judged = judgeDatum({
      datum: thesis,
      files,
      tree,
      blobs,
      verdict: verdict(true),
      because: [],
    });
    expect(judged.fates.content).toBe('lost');
    expect(judged.counts).toEqual({ intact: 1, lost: 1 });
  });

  it.each([
    { starts: true, kind: 'not needed', reach: 'open' },
    { starts: false, kind: 'menu', reach: 'open' },
    { starts: false, kind: 'rescue medium', reach: 'locked away' },
  ] as const)('reach: starts $starts, way back $kind: $reach', ({ starts, kind, reach }) => {
    const files = [{ path: '/thesis', contents: [one], existedBefore: true }];
    const judged = judgeDatum({
      datum: thesis,
      files,
      tree: treeWith(one),
      blobs,
      verdict: verdict(starts, kind),
      because: [],
    });
    expect(judged.fates).toMatchObject({ content: 'intact', reach });
    if (!starts) expect(judged.why.at(-1)?.text).toContain('Do this.');
  });

  it('is lost when its file system does not mount', () => {
    const files = [{ path: '/thesis', contents: [one], existedBefore: true }];
    const judged = judgeDatum({
      datum: thesis,
      files,
      tree: undefined,
      blobs,
      verdict: verdict(false, 'rescue medium'),
      because: [],
    });
    // No help reaches what is lost: it is not locked away.
    expect(judged.fates).toMatchObject({ content: 'lost', reach: 'open' });
    expect(judged.why).toHaveLength(1);
  });
});

function system(disk: SmallDisk, running: 'before' | 'after' = 'before') {
  const versions = { before: 'v1', after: 'v2' } as const;
  const input = { release, blobs: disk.blobs, ...versions, pathOf };
  const result = boot({
    menu: disk.menu('v1'),
    disk: disk.view,
    plan: prepareBoot(input),
    loader: 'same',
  });
  const tree = new RootTree(disk.view, disk.entry().root);
  const census = new Census(prepareCensus(input), tree, 'v1');
  const judged = { boot: result, verdict: result.verdict, census, versions, running, because: [] };
  return { judged, tree };
}

describe('the data that every machine has', () => {
  it('is intact on an untouched machine, and each fate has a reason', () => {
    const { judged } = system(new SmallDisk());
    const all = [
      judgeOperatingSystem(judged),
      judgeApplications(judged),
      judgeDefaultConfig(judged),
      judgeBootLoader(judged),
    ];
    for (const fate of all) {
      expect(fate.fates.content).toBe('intact');
      expect(fate.why.length).toBeGreaterThan(0);
    }
    expect(judgeOlderVersion({ ...judged, before: 'whole' }).fates.content).toBe('lost');
  });

  it('says that there is no older version where there never was one, even when nothing starts', () => {
    const disk = new SmallDisk();
    disk.remove('/boot/vmlinuz-6.1.0');
    const fate = judgeOlderVersion({ ...system(disk).judged, before: 'none' });
    expect(fate).toMatchObject({ none: true, fates: { content: 'intact', reach: 'open' } });
    expect(fate.why.map(({ text }) => text).join()).toContain('no older version to go back to');
  });

  it('does not take another kernel on the same files for an older version', () => {
    const { judged } = system(new SmallDisk());
    const kernel = { ...judged.boot, others: 'whole', otherRoot: false } as const;
    const fate = judgeOlderVersion({ ...judged, boot: kernel, before: 'none' });
    expect(fate.why[0]?.text).toContain('another kernel on the very same files');
    const version = { ...kernel, otherRoot: true };
    const found = judgeOlderVersion({ ...judged, boot: version, before: 'none' });
    expect(found.none).toBe(true);
    expect(found.why[0]?.text).toContain('now there is one');
  });

  it('takes an older version for lost whose menu entry is dead, and for torn whose root is damaged', () => {
    const { judged } = system(new SmallDisk());
    const damaged = { ...judged.boot, others: 'damaged', otherRoot: true } as const;
    const gone = { text: 'The system is not in the store.', source: 'the store' };
    const fateOf = (boot: BootResult) => judgeOlderVersion({ ...judged, boot, before: 'whole' });
    expect(fateOf(damaged).fates.content).toBe('torn');
    const dead = fateOf({ ...damaged, otherRootsGone: gone });
    expect(dead.fates.content).toBe('lost');
    expect(dead.why).toContain(gone);
  });

  it('lists each kind once, with the id of its kind', () => {
    const ids = systemData(release, ['/var/lib/dpkg/status']).map(({ id, kind }) => id === kind);
    expect(ids).toEqual([true, true, true, true, true, true, true]);
  });

  it('does not say that a machine starts which does not, where a group spans versions too', () => {
    const disk = new SmallDisk();
    disk.installFrom('v2', '/usr/bin/desk-shell');
    expect(judgeOperatingSystem(system(disk).judged).why[0]?.text).toContain('the machine starts');
    disk.remove('/usr/bin/mount');
    const told = judgeOperatingSystem(system(disk).judged).why[0]?.text;
    expect(told).toContain('group desktop');
    expect(told).not.toContain('the machine starts');
  });

  it('leaves a loader torn whose volume does not mount, and claims nothing of its kernel', () => {
    const { judged } = system(new SmallDisk());
    const failure = { stage: 'root', kind: 'unmountable' } as const;
    const fate = judgeBootLoader({ ...judged, boot: { ...judged.boot, failure } });
    expect(fate.why[0]?.text).toContain('does not mount');
    const atLoader = { ...failure, stage: 'loader' } as const;
    const torn = judgeBootLoader({ ...judged, boot: { ...judged.boot, failure: atLoader } });
    expect(torn.fates.content).toBe('torn');
  });

  it('finds what each start puts back, as long as the copy is whole', () => {
    const disk = new SmallDisk();
    const { tree, judged } = system(disk);
    const [edited] = editedConfigFiles(release, disk.blobs);
    if (edited?.contents[0] === undefined) throw new Error('no edited configuration');
    const datum: Datum = { id: 'edited-config', kind: 'edited-config', label: 'c', paths: [] };
    const how = { text: 'each start links it.', source: 'test' };
    const file = { ...edited, restoredFrom: { path: '/usr/share/motd', how } };
    const fate = () =>
      judgeDatum({ datum, files: [file], tree, blobs: disk.blobs, ...judged }).fates.content;
    disk.remove('/etc/app.conf');
    expect(fate()).toBe('lost');
    disk.put('/usr/share/motd', edited.contents[0]);
    expect(fate()).toBe('intact');
  });

  it('is mixed, torn or lost as its files are, with counts', () => {
    const disk = new SmallDisk();
    disk.installFrom('v2', '/usr/bin/edit');
    expect(judgeOperatingSystem(system(disk).judged).fates.content).toBe('mixed');
    expect(judgeApplications(system(disk).judged).fates.content).toBe('updated');
    disk.put('/usr/bin/edit', emptyContent);
    const torn = judgeApplications(system(disk).judged);
    expect(torn.fates.content).toBe('torn');
    expect(torn.counts?.torn).toBe(1);
    disk.removeDirectory('/usr');
    const lost = judgeOperatingSystem(system(disk).judged);
    expect(lost.fates.content).toBe('lost');
    expect(lost.fates.reach).toBe('open');
  });

  it('is reverted where the old version comes back under a machine that ran the new one', () => {
    const { judged } = system(new SmallDisk(), 'after');
    expect(judgeOperatingSystem(judged).fates.content).toBe('reverted');
    expect(judgeBootLoader(judged).fates.content).toBe('reverted');
  });

  it('counts changed configuration as lost when the default is back', () => {
    const disk = new SmallDisk();
    const { tree, judged } = system(disk);
    const files = editedConfigFiles(release, disk.blobs);
    const datum: Datum = { id: 'edited-config', kind: 'edited-config', label: 'c', paths: [] };
    const input = { datum, files, tree, blobs: disk.blobs, verdict: judged.verdict, because: [] };
    const shipped = filesOf('v1').find(({ path }) => path === '/etc/app.conf');
    expect(shipped?.text).toContain('app.conf 1');
    const lost = judgeDatum(input);
    expect(lost.fates.content).toBe('lost');
    expect(lost.why[0]?.text).toContain('what the system ships');
    const [edited] = files;
    if (edited?.contents[0] === undefined) throw new Error('no edited configuration');
    disk.put('/etc/app.conf', edited.contents[0]);
    expect(judgeDatum(input).fates.content).toBe('intact');
  });
});
