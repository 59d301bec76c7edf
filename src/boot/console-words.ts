/** What a machine prints when its start fails, in the words of the program that gives up. */
import type { BootEntry, InitramfsMaker } from '../model/boot-entry.ts';
import type { FileCondition } from '../model/expected-file.ts';
import { nameOf } from '../model/path.ts';

/** Which program made the initramfs of an entry, as its backend says. */
export function initramfsMaker(entry: BootEntry): InitramfsMaker {
  return entry.initramfsMaker ?? 'initramfs-tools';
}

/** A program that does not run: the file that is not whole, and the library's name if a program asked for it as one. */
export interface BrokenProgram {
  readonly path: string;
  readonly condition: FileCondition;
  readonly soname?: string | undefined;
}

/** How a program ends before it does anything. */
type Ending =
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'linker'; readonly line: string }
  | { readonly kind: 'signal'; readonly number: number };

const noSuchFile = 'No such file or directory';

/** Its errors are those of execve: fs/binfmt_elf.c looks for the ELF header and then for the linker that it names. */
function endingOf(program: string, { path, condition, soname }: BrokenProgram): Ending {
  const damage = condition.state === 'damaged' ? condition.damage : 'absent';
  // Measured with glibc 2.36: a library cut behind its header ends its user by SIGBUS, zeros in its middle by SIGSEGV.
  if (damage === 'cut') return { kind: 'signal', number: 7 };
  if (damage === 'partly zeros') return { kind: 'signal', number: 11 };
  if (soname !== undefined && !isLinker(soname)) {
    return { kind: 'linker', line: linkerLine(program, soname, path, damage) };
  }
  if (damage === 'absent') return { kind: 'refused', error: noSuchFile };
  if (damage === 'another kind') return { kind: 'refused', error: 'Permission denied' };
  if (soname === undefined) return { kind: 'refused', error: 'Exec format error' };
  const error = damage === 'empty' ? 'Input/output error' : 'Accessing a corrupted shared library';
  return { kind: 'refused', error };
}

function isLinker(soname: string): boolean {
  return /^ld(-[^.]*)?\.so\./.test(soname);
}

/**
 * What the dynamic linker prints: it names the program that was started, and a library that it found by its path.
 * Measured with glibc 2.36; source: https://sourceware.org/git/?p=glibc.git;a=blob;f=elf/dl-load.c.
 */
function linkerLine(program: string, soname: string, path: string, damage: string): string {
  const intro = `${program}: error while loading shared libraries: `;
  switch (damage) {
    case 'absent':
      return `${intro}${soname}: cannot open shared object file: ${noSuchFile}`;
    case 'empty':
      return `${intro}${path}: file too short`;
    case 'another kind':
      return `${intro}${path}: cannot read file data: Is a directory`;
    default:
      return `${intro}${path}: invalid ELF header`;
  }
}

/**
 * The kernel does not go on without init: exit code 1 is 0x0100, 127 of the dynamic linker 0x7f00, a signal its number.
 * Source: https://github.com/torvalds/linux/blob/master/kernel/exit.c.
 */
function panicOfInit(status: number): string {
  const code = status.toString(16).padStart(8, '0');
  return `Kernel panic - not syncing: Attempted to kill init! exitcode=0x${code}`;
}

/** What is known of init when it does not run. */
export interface InitFailure {
  readonly maker: InitramfsMaker;
  /** Path of the first program in the root. */
  readonly program: string;
  readonly broken: BrokenProgram;
  /** What is wrong with the shell to which both initramfs fall back; undefined when it runs. */
  readonly shell: BrokenProgram | undefined;
  /** Whether the root has a file os-release. */
  readonly hasRelease: boolean;
}

/** What the initramfs and the kernel print when init does not run. */
export function initLines(failure: InitFailure): readonly string[] {
  switch (failure.maker) {
    case 'initramfs-tools':
      return scriptLines(failure);
    case 'mkinitcpio':
      return archLines(failure);
    default:
      return systemdLines(failure);
  }
}

/**
 * The script of mkinitcpio looks whether init can be executed and hands over to it. Source:
 * https://gitlab.archlinux.org/archlinux/mkinitcpio/mkinitcpio/-/blob/master/init.
 */
function archLines({ broken }: InitFailure): readonly string[] {
  const init = '/sbin/init';
  if (broken.soname === undefined && broken.condition.state === 'absent') {
    return [
      `ERROR: Root device mounted successfully, but ${init} does not exist.`,
      'Bailing out, you are on your own. Good luck.',
      rescuePrompt,
    ];
  }
  const ending = endingOf(init, broken);
  if (ending.kind !== 'refused') return endedInit(ending);
  return [`switch_root: can't execute '${init}': ${ending.error}`, panicOfInit(0x100)];
}

/** Source: mkinitcpio, init_functions, launch_interactive_shell. */
const rescuePrompt = '[rootfs ~]#';

/**
 * The script tries whether /sbin/init can be executed, then others, the last one /bin/sh. Sources:
 * https://salsa.debian.org/kernel-team/initramfs-tools/-/blob/master/init (what is tried, "Target filesystem …", "No
 * init found …"); https://git.busybox.net/busybox/tree/util-linux/switch_root.c ("run-init: can't execute …").
 */
function scriptLines({ broken, shell }: InitFailure): readonly string[] {
  const init = '/sbin/init';
  const absent = broken.soname === undefined && broken.condition.state === 'absent';
  if (!absent) return runInit(init, broken);
  const asked = [
    `run-init: can't execute '${init}': ${noSuchFile}`,
    `Target filesystem doesn't have requested ${init}.`,
  ];
  if (shell === undefined) {
    return [...asked, "/bin/sh: 0: can't access tty; job control turned off", '#'];
  }
  if (shell.soname !== undefined || shell.condition.state !== 'absent') {
    return [...asked, ...runInit('/bin/sh', shell)];
  }
  return [...asked, 'No init found. Try passing init= bootarg.', '(initramfs)'];
}

function runInit(program: string, broken: BrokenProgram): readonly string[] {
  const ending = endingOf(program, broken);
  if (ending.kind !== 'refused') return endedInit(ending);
  return [`run-init: can't execute '${program}': ${ending.error}`, panicOfInit(0x100)];
}

function endedInit(ending: Exclude<Ending, { kind: 'refused' }>): readonly string[] {
  return ending.kind === 'linker'
    ? [ending.line, panicOfInit(0x7f00)]
    : [panicOfInit(ending.number)];
}

/**
 * systemd in the initramfs asks for a file os-release, hands over to its own path in the root, then to /sbin/init, then
 * to /bin/sh, and freezes. Sources: https://github.com/systemd/systemd/blob/main/src/core/dbus-manager.c ("does not
 * seem to be an OS tree"), https://github.com/systemd/systemd/blob/main/src/core/main.c (the fallbacks), and
 * https://github.com/systemd/systemd/blob/main/src/systemctl/systemctl-switch-root.c ("Failed to switch root").
 */
function systemdLines(failure: InitFailure): readonly string[] {
  const { maker, program, broken, shell, hasRelease } = failure;
  // The activation of NixOS writes os-release before systemd asks for it.
  if (!hasRelease && maker !== 'nixos') {
    return [
      "Failed to switch root: Specified switch root path '/sysroot' does not seem to be an OS tree. os-release file is missing.",
      '[FAILED] Failed to start initrd-switch-root.service - Switch Root.',
      emergencyLine(maker),
    ];
  }
  const ending = endingOf(program, broken);
  if (ending.kind !== 'refused') return endedInit(ending);
  const refused = '[  !!  ] Failed to execute /sbin/init';
  if (ending.error !== noSuchFile) {
    return [
      refused,
      `systemd[1]: Failed to execute /sbin/init, giving up: ${ending.error}`,
      frozen,
    ];
  }
  return [refused, 'systemd[1]: No /sbin/init, trying fallback', ...fallbackLines(shell)];
}

const frozen = 'systemd[1]: Freezing execution.';

function fallbackLines(shell: BrokenProgram | undefined): readonly string[] {
  if (shell === undefined) return ['sh-5.2#'];
  const ending = endingOf('/bin/sh', shell);
  if (ending.kind !== 'refused') return endedInit(ending);
  return [`systemd[1]: Failed to execute /bin/sh, giving up: ${ending.error}`, frozen];
}

/**
 * Sources: https://github.com/dracutdevs/dracut/blob/master/modules.d/98dracut-systemd/dracut-emergency.sh,
 * https://github.com/systemd/systemd/blob/main/units/emergency.service.in.
 */
export function emergencyLine(maker: InitramfsMaker): string {
  return maker === 'dracut'
    ? 'Entering emergency mode. Exit the shell to continue.'
    : 'You are in emergency mode.';
}

/**
 * A program of a later stage that does not run: the dynamic linker's line if it got that far, then what the program
 * that wanted it says. `message` is what it says of an absent file, and the end of that sentence is left out for others.
 */
export function programLines(
  program: string,
  broken: BrokenProgram,
  message: string | undefined,
): readonly string[] {
  const ending = endingOf(program, broken);
  const unit = message?.startsWith('[') === true;
  if (ending.kind === 'linker') {
    return unit && message !== undefined ? [ending.line, message] : [ending.line];
  }
  if (message === undefined) return [];
  const absent = broken.soname === undefined && broken.condition.state === 'absent';
  if (unit || absent) return [message];
  return [message.replace(/(: cannot open shared object file)?: No such file or directory$/, '')];
}

/**
 * A root that does not mount. Sources: initramfs-tools scripts/local ("Failed to mount … as root file system."); mkinitcpio init_functions, default_mount_handler; BusyBox
 * util-linux/mount.c ("mount: mounting … on … failed"); systemd's mount unit of the root in the initramfs.
 */
export function unmountableLines(maker: InitramfsMaker, volume: string): readonly string[] {
  const device = `/dev/disk/by-label/${volume}`;
  if (maker === 'mkinitcpio') {
    const failed = `ERROR: Failed to mount '${device}' on real root`;
    return [failed, 'You are now being dropped into an emergency shell.', rescuePrompt];
  }
  if (maker !== 'initramfs-tools') {
    return ['[FAILED] Failed to mount sysroot.mount - /sysroot.', emergencyLine(maker)];
  }
  return [
    `mount: mounting ${device} on /root failed: Structure needs cleaning`,
    `Failed to mount ${device} as root file system.`,
    '(initramfs)',
  ];
}

/**
 * A root that mounts but holds no system. Source:
 * https://github.com/ostreedev/ostree/blob/main/src/switchroot/ostree-prepare-root.c and the unit beside it.
 */
export function rootlessLines(maker: InitramfsMaker, ostree: boolean): readonly string[] {
  if (maker === 'initramfs-tools') return ['(initramfs)'];
  if (maker === 'mkinitcpio') {
    return ['ERROR: Failed to mount the real root device.', rescuePrompt];
  }
  if (!ostree) return [emergencyLine(maker)];
  return [
    '[FAILED] Failed to start ostree-prepare-root.service - OSTree Prepare OS/.',
    emergencyLine(maker),
  ];
}

/**
 * A UEFI firmware that finds nothing to start; the words are those of EDK II, other firmware has others. Source:
 * https://github.com/tianocore/edk2/blob/master/MdeModulePkg/Universal/BdsDxe/BdsEntry.c.
 */
export const firmwareLines: readonly string[] = ['BdsDxe: No bootable option or device was found.'];

/** Name of a library when the file is one, for needs that name it by its path. */
export function sonameOf(path: string): string | undefined {
  const name = nameOf(path);
  return /\.so(\.|$)/.test(name) ? name : undefined;
}
