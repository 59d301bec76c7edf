/** What the recorded attacker tried as root, by the words of the recording. Source: recordings tamper-*. */
import { errorText } from '../../../kernel/error-text.ts';
import { SystemError, type Procedure } from '../../../kernel/process.ts';
import type { LayoutEntry } from './layout.ts';
import type { SurvivalMachine } from './survival-machine.ts';
import { snapshotMount } from './layouts/snapshots.ts';

/** A machine under attack. */
export interface Attack {
  readonly machine: SurvivalMachine;
  /** The entry of the older version; the mutable layout has none. */
  readonly other: LayoutEntry | undefined;
  /** Slots whose partition was written below dm-verity, by volume, with the bytes. */
  readonly damaged: Map<string, number>;
}

/** What an attempt met: `done`, or the reason of the refusal. */
export type AttemptResult = string;

type Attempt = (attack: Attack) => Procedure;

const tool = '/usr/bin/labtool';
const daemon = '/usr/bin/labd';

/** `echo TEXT > PATH` of a shell: in place where there is a file. */
function* put({ machine: { root } }: Attack, path: string, text = 'EVIL'): Procedure {
  yield* root.writeFile(path, text);
}

function* append({ machine: { root } }: Attack): Procedure {
  yield* root.writeFile(daemon, '\n# EVIL', { access: 'write', create: true, append: true });
}

function* bindOver(attack: Attack): Procedure {
  const { root } = attack.machine;
  yield* put(attack, '/tmp/evil');
  const source = { kind: 'bind', path: '/tmp/evil' } as const;
  yield* root.mount({ mountPoint: tool, source, readOnly: false });
  yield* root.unmount(tool);
}

/** Unlinks the program of the older version and makes it anew, through the place where that version is visible. */
function* replaceOther(attack: Attack, path: string): Procedure {
  const { root } = attack.machine;
  yield* root.unlink(path);
  yield* put(attack, path, 'EVIL-OTHER');
}

function otherPath({ machine, other }: Attack): string {
  const path = other?.root.path ?? '';
  if (machine.layout.mounts.some(({ mountPoint }) => mountPoint === '/sysroot')) {
    return `/sysroot/${path}`;
  }
  return snapshotMount(path);
}

function* throughSysroot(attack: Attack): Procedure {
  const [running] = attack.machine.layout.mounts;
  yield* put(attack, `/sysroot/${running?.path ?? ''}${tool}`);
}

function* otherDeployment(attack: Attack): Procedure {
  const { root } = attack.machine;
  yield* root.remount('/sysroot', false);
  yield* root.mkdir('/sysroot/newtop');
  yield* replaceOther(attack, `${otherPath(attack)}${tool}`);
}

function* otherSnapshot(attack: Attack): Procedure {
  yield* attack.machine.root.setSubvolumeReadOnly(otherPath(attack), false);
  yield* replaceOther(attack, `${otherPath(attack)}${tool}`);
}

function* replaceLinkByFile(attack: Attack): Procedure {
  yield* attack.machine.root.unlink('/etc/lab/untouched.conf');
  yield* put(attack, '/etc/lab/untouched.conf');
}

/** Words of an attempt → what it does; further words in the recording say only when. */
const attempts: readonly (readonly [words: RegExp, attempt: Attempt])[] = [
  [/^write \/usr\/bin\/labtool/, (attack) => put(attack, tool)],
  [/^create a file in \//, (attack) => put(attack, '/newroot')],
  [/^create a directory in \//, ({ machine }) => machine.root.mkdir('/newdir')],
  [/^unlink \/usr\/bin\/labtool/, ({ machine }) => machine.root.unlink(tool)],
  [/^remount (\/\S*) rw$/, ({ machine }) => machine.root.remount('/', false)],
  [/^append to (\/usr\/bin\/)?labd/, append],
  [/^chattr -i \//, ({ machine }) => machine.root.setImmutable('/', false)],
  [/^evil unit in \/etc/, (attack) => put(attack, '/etc/systemd/system/evil.service')],
  [/^evil profile in alice home/, (attack) => put(attack, '/home/alice/.bashrc')],
  [/^write \/usr\/local\/bin\/ls/, (attack) => put(attack, '/usr/local/bin/ls')],
  [/^write a file in \/boot/, (attack) => put(attack, '/boot/evil')],
  [/^write a file in \/efi/, (attack) => put(attack, '/efi/evil')],
  [/^bind mount over/, bindOver],
  [
    /^btrfs property set \/ ro false/,
    ({ machine }) => machine.root.setSubvolumeReadOnly('/', false),
  ],
  [/^write through \/sysroot/, throughSysroot],
  [/^remount \/sysroot rw, write/, otherDeployment],
  [/^write to the other snapshot/, (attack) => replaceOther(attack, `${otherPath(attack)}${tool}`)],
  [/^property ro false on the other/, otherSnapshot],
  [/^edit \/etc\/lab\/untouched\.conf through/, (attack) => put(attack, '/etc/lab/untouched.conf')],
  [/^replace the link by a file/, replaceLinkByFile],
];

const plain = 'Operation not permitted';

/** What the device mapper and the raw partitions of the slots say; `bytes` is how much dd wrote there. */
function onSlot(
  words: string,
  bytes: number,
  { machine, other, damaged }: Attack,
): string | undefined {
  const [running] = machine.layout.mounts;
  if (words.startsWith('write to /dev/mapper/root')) return plain;
  if (words === 'write to the slot partition under it' && running !== undefined) {
    damaged.set(running.volume, bytes);
    return 'done';
  }
  if (words === 'write to the other slot' && other !== undefined) {
    damaged.set(other.root.volume, bytes);
    return 'done';
  }
  if (words !== 'read the whole root after that' || running === undefined) return undefined;
  return damaged.has(running.volume) ? errorText.EIO : 'done';
}

/** Tries it; undefined when the words are not known. */
export function tryIt(words: string, bytes: number, attack: Attack): AttemptResult | undefined {
  const raw = onSlot(words, bytes, attack);
  if (raw !== undefined) return raw;
  const { kernel, root } = attack.machine;
  const remounted = /^remount (\/\S*) rw$/.exec(words)?.[1];
  const found = attempts.find(([pattern]) => pattern.test(words))?.[1];
  const attempt = remounted === undefined ? found : () => root.remount(remounted, false);
  if (attempt === undefined) return undefined;
  return kernel.finish(root, outcome(attempt(attack), words, attack)) ?? 'done';
}

function* outcome(attempt: Procedure, words: string, attack: Attack): Procedure<AttemptResult> {
  try {
    yield* attempt;
    return 'done';
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    if (error.call === 'mount') return error.code === 'EROFS' ? 'write-protected' : 'not mounted';
    const [running] = attack.machine.layout.mounts;
    const flags = words.startsWith('chattr') && running?.fileSystem === 'squashfs';
    return flags ? 'not supported' : errorText[error.code];
  }
}

/** How many names the daemon has: the hard links of an OSTree deployment. */
export function linksOfDaemon({ machine: { kernel, root } }: Attack): number {
  function* counting(): Procedure<number> {
    return (yield* root.stat(daemon)).linkCount;
  }
  return kernel.finish(root, counting()) ?? 0;
}
