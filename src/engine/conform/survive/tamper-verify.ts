/** Which of the attacked programs each verifying command names. Source: recordings tamper-*, their `verify` lines. */
import type { Facts } from './facts.ts';
import type { LayoutEntry, VolumePath } from './layout.ts';
import type { Attack } from './tamper-attempts.ts';
import { objectOf, shippedText } from './tamper-machine.ts';
import { below } from './userland.ts';

/** A verification of the recording: its command and what it printed. */
interface Verification {
  readonly command: string;
  readonly lines: readonly string[];
}

/** Compares what every command finds; commands that say nothing of the programs are left out. */
export function compareVerification(lines: readonly string[], attack: Attack, facts: Facts): void {
  for (const { command, lines: printed } of verifications(lines)) {
    const simulated = findingsOf(command, attack);
    if (simulated !== undefined) {
      facts.same(`${command} finds`, recordedFindings(command, printed), simulated);
    }
  }
}

function verifications(lines: readonly string[]): readonly Verification[] {
  const found: { command: string; lines: string[] }[] = [];
  for (const line of lines) {
    const [word, , command = ''] = line.split('|');
    if (word === 'VERIFY') found.push({ command, lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found;
}

const programs = ['labd', 'labtool'] as const;

function recordedFindings(command: string, lines: readonly string[]): string {
  if (command.startsWith('veritysetup')) {
    return lines.some((line) => line.startsWith('Verification failed')) ? 'damage' : 'nothing';
  }
  if (command === 'ostree fsck') {
    return lines.some((line) => line.includes('Corrupted file object')) ? 'damage' : 'nothing';
  }
  if (command.startsWith('nix-store')) {
    const running = lines.some((line) => /userland-v2' was modified/.test(line));
    const configuration = lines.some((line) => /etc-v2' was modified/.test(line));
    return namesOf([running && 'userland-v2', configuration && 'etc-v2']);
  }
  const named = (name: string): boolean => lines.some((line) => line.endsWith(`/usr/bin/${name}`));
  return namesOf(programs.map((name) => named(name) && name));
}

function namesOf(names: readonly (string | false)[]): string {
  const found = names.filter((name) => name !== false);
  return found.length === 0 ? 'nothing' : found.join(' ');
}

function findingsOf(command: string, attack: Attack): string | undefined {
  const { layout } = attack.machine;
  const entries = Object.entries(layout.entries);
  const running = entries.find(([, { version }]) => version === 'v2')?.[1];
  const slot = /^veritysetup verify slot (\w)$/.exec(command)?.[1];
  const snapshot = /^dpkg -V snapshot (\d+)/.exec(command)?.[1];
  const version = /^ostree diff .*LAB_VERSION=(v\d)/.exec(command)?.[1];
  if (slot !== undefined) {
    return attack.damaged.has(`slot-${slot.toLowerCase()}`) ? 'damage' : 'nothing';
  }
  if (snapshot !== undefined) return changedIn(attack, layout.entries[`snap${snapshot}.conf`]);
  if (version !== undefined) {
    return changedIn(attack, entries.find(([, entry]) => entry.version === version)?.[1]);
  }
  // The list that dpkg printed on OSTree was cut off before the programs.
  const hasSysroot = layout.mounts.some(({ mountPoint }) => mountPoint === '/sysroot');
  if (/^dpkg -V$|^debsums/.test(command)) {
    return hasSysroot ? undefined : changedIn(attack, running);
  }
  if (/^e2fsck|^btrfs scrub|^nix-store --verify$/.test(command)) return 'nothing';
  if (command === 'ostree fsck') return objectsChanged(attack) ? 'damage' : 'nothing';
  if (command !== 'nix-store --verify --check-contents' || running === undefined) return undefined;
  const configuration = textAt(attack, {
    volume: 'root',
    path: 'nix/store/etc-v2/lab/untouched.conf',
  });
  return namesOf([
    changedIn(attack, running) !== 'nothing' && 'userland-v2',
    configuration !== 'untouched = vendor1' && 'etc-v2',
  ]);
}

function textAt({ machine }: Attack, place: VolumePath): string | undefined {
  const inode = machine.lookup(place);
  return inode === 0 ? undefined : machine.kernel.tree(place.volume).textOf(inode);
}

/** Programs of a root that are not as they were shipped: what comparing contents finds, and nothing else does. */
function changedIn(attack: Attack, entry: LayoutEntry | undefined): string | undefined {
  if (entry === undefined) return undefined;
  return namesOf(
    programs.map((name) => {
      const text = textAt(attack, below(entry.root, `usr/bin/${name}`));
      return text !== shippedText[name][entry.version] && name;
    }),
  );
}

/** A file that was made anew in a deployment leaves its object whole; one written in place does not. */
function objectsChanged(attack: Attack): boolean {
  return (
    textAt(attack, objectOf('labd')) !== shippedText.labd.v2 ||
    (['v1', 'v2'] as const).some(
      (version) => textAt(attack, objectOf(`labtool-${version}`)) !== shippedText.labtool[version],
    )
  );
}
