/**
 * The recorded sequence of edits, update and return on each layout, with the merge that the backend of that mechanism
 * makes. The states that a person made are taken from the recording; all others come out.
 */
import { activateConfiguration } from '../../../backends/nix/activation.ts';
import { mergeConfiguration } from '../../../backends/ostree/merge-configuration.ts';
import type { Archive } from '../../../backends/package-tools/archive.ts';
import { installArchives } from '../../../backends/package-tools/dpkg.ts';
import { makeDirectories } from '../../../backends/tool-calls.ts';
import type { Procedure, Process } from '../../../kernel/process.ts';
import { BlobTable, wholeBlob } from '../../../model/content.ts';
import { ImageBuilder, Volume } from '../../../model/volume.ts';
import {
  edit,
  machineFile,
  putCase,
  readState,
  vendorFiles,
  type EtcState,
  type VendorFile,
} from './config-cases.ts';
import { LaboratoryKernel } from './laboratory-kernel.ts';

type States = { readonly [state: string]: EtcState };

/** A machine with nothing on it but configuration. */
interface Bench {
  readonly kernel: LaboratoryKernel;
  readonly os: ReturnType<LaboratoryKernel['process']>;
  /** What was recorded. */
  readonly observed: States;
  /** What has come out so far. */
  readonly found: Record<string, EtcState>;
}

/** From the recorded states to the simulated ones. */
type Flow = (observed: States) => States;

function on(profile: 'ext4' | 'btrfs', body: (bench: Bench) => Procedure): Flow {
  return (observed) => {
    const builder = new ImageBuilder();
    const top = profile === 'btrfs' ? builder.subvolume(builder.root, '@') : builder.root;
    if (profile === 'btrfs') builder.setDefaultSubvolume(top);
    for (const path of ['etc', 'var/log', 'var/lib/dpkg/updates', 'var/lib/dpkg/info']) {
      builder.directory(top, path);
    }
    const blobs = new BlobTable();
    const volume = new Volume({ id: 'root', profile, label: 'root' }, builder.state());
    const kernel = new LaboratoryKernel({ volumes: [volume], blobs });
    const bench: Bench = { kernel, os: kernel.process({ user: 0, group: 0 }), observed, found: {} };
    kernel.finish(bench.os, starting(bench, body));
    return bench.found;
  };
}

function* starting({ os, ...rest }: Bench, body: (bench: Bench) => Procedure): Procedure {
  const source = { kind: 'volume', volume: 'root' } as const;
  yield* os.mount({ mountPoint: '/', source, readOnly: false });
  for (const name of ['status', 'triggers/Lock']) {
    yield* makeDirectories(os, `/var/lib/dpkg/${name}`.replace(/\/[^/]*$/, ''));
    yield* os.writeFile(`/var/lib/dpkg/${name}`, '');
  }
  yield* body({ os, ...rest });
}

function* note({ os, found }: Bench, state: string, etc: string, linked = false): Procedure {
  found[state] = yield* readState(os, etc, linked);
}

/** A person does what leads from one recorded state to another; then the state is read. */
function* person(bench: Bench, before: string, after: string, etc: string): Procedure {
  const { os, observed } = bench;
  if (observed[after] === undefined) return;
  yield* edit(os, etc, observed[before] ?? {}, observed[after]);
  yield* note(bench, after, etc, etc === '/etc' && observed[after][machineFile]?.includes('['));
}

/** What a person changed on v1 after going back is seen only by what shows afterwards. */
function* editAfterReturn(bench: Bench, etc: string): Procedure {
  const { os, observed } = bench;
  for (const state of ['v2-again-after-rollback', 'v2-forward-again']) {
    for (const [name, words] of Object.entries(observed[state] ?? {})) {
      const [text = ''] = words.split(' ');
      if (!/on-v1-after-rollback$/i.test(text)) continue;
      yield* putCase(os, etc, { name, text, mode: 0o644 });
    }
  }
}

const hosts: VendorFile = { name: machineFile, text: '0', mode: 0o644 };

function* putAll(os: Process, etc: string, files: readonly VendorFile[]): Procedure {
  for (const file of files) yield* putCase(os, etc, file);
}

/** The package of the recorded laboratory; only its maintainer says that configuration is to go with the update. */
function archiveOf(blobs: BlobTable, version: 'v1' | 'v2'): Archive {
  const shipped = vendorFiles(version);
  const names = new Set(shipped.map(({ name }) => name));
  const other = vendorFiles('v1').filter(({ name }) => !names.has(name));
  const path = (name: string): string => `/etc/lab/${name}`;
  return {
    name: 'lab-config',
    version,
    essential: false,
    removedConffiles: other.map(({ name }) => path(name)),
    files: shipped.map(({ name, text }) => ({
      path: path(name),
      content: wholeBlob(blobs.intern(text), text.length),
      mode: version === 'v2' && name === 'vendor-mode.conf' ? 0o640 : 0o644,
      conffile: true,
    })),
  };
}

function* dpkg({ os, kernel }: Bench, root: string, version: 'v1' | 'v2'): Procedure {
  const { blobs } = kernel;
  const archives = [archiveOf(blobs, version)];
  yield* installArchives({ os, blobs, root, unsafeIo: false }, archives, function* () {
    yield* os.compute(1);
  });
}

function* installWithDpkg(bench: Bench): Procedure {
  yield* putCase(bench.os, '/etc', hosts);
  yield* dpkg(bench, '', 'v1');
  yield* note(bench, 'v1-pristine', '/etc');
}

const mutable = on('ext4', function* (bench) {
  yield* installWithDpkg(bench);
  yield* person(bench, 'v1-pristine', 'v1-edited', '/etc');
  yield* dpkg(bench, '', 'v2');
  yield* note(bench, 'v2-after-update', '/etc');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/etc');
  yield* dpkg(bench, '', 'v1');
  yield* note(bench, 'v1-after-downgrade', '/etc');
});

/** The running root is updated in place; a snapshot of before is what one goes back to. */
const tumbleweed = on('btrfs', function* (bench) {
  const { os } = bench;
  yield* installWithDpkg(bench);
  yield* person(bench, 'v1-pristine', 'v1-edited', '/etc');
  yield* os.snapshot('/', '/pre', true);
  yield* dpkg(bench, '', 'v2');
  yield* note(bench, 'v2-after-update', '/etc');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/etc');
  yield* os.snapshot('/pre', '/rolled-back', false);
  yield* note(bench, 'v1-after-rollback', '/rolled-back/etc');
});

function* overlaid({ kernel, os }: Bench, mountPoint: string, paths: readonly string[]): Procedure {
  yield* makeDirectories(os, mountPoint);
  const layers = paths.map((path) => kernel.directoryAt('root', path));
  kernel.mountOverlay(mountPoint, yield* os.placeOf(mountPoint), layers);
}

/** An upper layer of /etc per snapshot, stacked; dpkg runs in the new snapshot with the new layer on top. */
const microos = on('btrfs', function* (bench) {
  const { os } = bench;
  yield* installWithDpkg(bench);
  const upper = (number: number): string => `/@/upper/${String(number)}`;
  for (const number of [1, 2]) yield* makeDirectories(os, `/upper/${String(number)}`);
  yield* overlaid(bench, '/first', [upper(1), '/@/etc']);
  yield* person(bench, 'v1-pristine', 'v1-edited', '/first');
  yield* os.snapshot('/', '/snapshot', false);
  const lowers = [upper(1), '/@/snapshot/etc'];
  yield* overlaid(bench, '/snapshot/etc', [upper(2), ...lowers]);
  yield* dpkg(bench, '/snapshot', 'v2');
  yield* note(bench, 'v2-after-update', '/snapshot/etc');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/snapshot/etc');
  yield* overlaid(bench, '/back', [upper(1), '/@/etc']);
  yield* note(bench, 'v1-after-rollback', '/back');
  yield* editAfterReturn(bench, '/back');
  yield* overlaid(bench, '/forward', [upper(2), ...lowers]);
  yield* note(bench, 'v2-forward-again', '/forward');
});

/** One upper layer for both slots. */
const slots = on('ext4', function* (bench) {
  const { os } = bench;
  yield* putAll(os, '/A/etc', [hosts, ...vendorFiles('v1')]);
  yield* putAll(os, '/B/etc', [hosts, ...vendorFiles('v2')]);
  yield* makeDirectories(os, '/data/etc/upper');
  const start = (slot: string, at: string): Procedure =>
    overlaid(bench, at, ['/data/etc/upper', `/${slot}/etc`]);
  yield* start('A', '/first');
  yield* note(bench, 'v1-pristine', '/first');
  yield* person(bench, 'v1-pristine', 'v1-edited', '/first');
  yield* start('B', '/second');
  yield* note(bench, 'v2-after-update', '/second');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/second');
  yield* start('A', '/third');
  yield* note(bench, 'v1-after-rollback', '/third');
});

const ostree = on('ext4', function* (bench) {
  const { os } = bench;
  const deploy = function* (name: string, version: 'v1' | 'v2'): Procedure {
    const files = [hosts, ...vendorFiles(version)];
    yield* putAll(os, `/${name}/usr/etc`, files);
    yield* putAll(os, `/${name}/etc`, files);
  };
  yield* deploy('v1.0', 'v1');
  yield* note(bench, 'v1-pristine', '/v1.0/etc');
  yield* person(bench, 'v1-pristine', 'v1-edited', '/v1.0/etc');
  yield* deploy('v2.0', 'v2');
  yield* mergeConfiguration(os, '/v1.0', '/v2.0');
  yield* note(bench, 'v2-after-update', '/v2.0/etc');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/v2.0/etc');
  yield* note(bench, 'v1-etc-while-v2-current', '/v1.0/etc');
  yield* note(bench, 'v1-after-rollback', '/v1.0/etc');
  yield* editAfterReturn(bench, '/v1.0/etc');
  yield* deploy('v2.1', 'v2');
  yield* mergeConfiguration(os, '/v1.0', '/v2.1');
  yield* note(bench, 'v2-again-after-rollback', '/v2.1/etc');
});

/** What the third generation declares: the person's own texts, and two files gone. */
function declaredFiles(observed: EtcState): readonly VendorFile[] {
  return Object.entries(observed).flatMap(([name, words]) => {
    const text = /^(.*) \d+ \[store-link\]$/.exec(words)?.[1];
    return text === undefined ? [] : [{ name, text, mode: 0o444 }];
  });
}

const nix = on('ext4', function* (bench) {
  const { os, observed } = bench;
  const generation = function* (name: string, files: readonly VendorFile[]): Procedure {
    yield* putAll(os, `/nix/store/${name}`, [
      hosts,
      ...files.map((file) => ({ ...file, mode: 0o444 })),
    ]);
  };
  const activate = function* (name: string, state: string): Procedure {
    yield* activateConfiguration(os, `/nix/store/${name}`);
    yield* note(bench, state, '/etc', true);
  };
  yield* generation('etc-v1', vendorFiles('v1'));
  yield* generation('etc-v2', vendorFiles('v2'));
  yield* generation('etc-declared', declaredFiles(observed['v2-declared'] ?? {}));
  yield* activate('etc-v1', 'v1-pristine');
  yield* person(bench, 'v1-pristine', 'v1-edited', '/etc');
  yield* activate('etc-v2', 'v2-after-update');
  yield* person(bench, 'v2-after-update', 'v2-edited', '/etc');
  yield* activate('etc-declared', 'v2-declared');
  yield* activateConfiguration(os, '/nix/store/etc-v2');
  yield* edit(os, '/etc', yield* readState(os, '/etc', true), observed['v2-before-rollback'] ?? {});
  yield* note(bench, 'v2-before-rollback', '/etc', true);
  yield* activate('etc-v1', 'v1-after-rollback');
  yield* activate('etc-declared', 'v2-declared-generation-3');
});

/** By the word of the layout. */
export const flows: { readonly [layout: string]: Flow } = {
  mutable,
  tumbleweed,
  microos,
  ab: slots,
  ostree,
  nix,
};
