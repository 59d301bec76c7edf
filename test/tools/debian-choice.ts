/** What is chosen about the Debian releases: what a start needs, what must match, what the classroom keeps. */
import type { Account, BootNeed, GeneratedFile, LockstepGroup } from '../../src/model/release.ts';

/** People of every machine. */
export const accounts: readonly Account[] = [
  { name: 'root', uid: 0, home: '/root' },
  { name: 'sam', uid: 1000, home: '/home/sam' },
];

function unit(name: string): string {
  return `[FAILED] Failed to start ${name}.`;
}

/** Sources: Linux init/main.c; systemd(1), job messages on the console; login(1); PAM; firefox and PostgreSQL units. */
export const bootNeeds: readonly BootNeed[] = [
  {
    stage: 'init',
    path: '/usr/lib/systemd/systemd',
    message:
      'Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. See Linux Documentation/admin-guide/init.rst for guidance.',
  },
  {
    stage: 'services',
    path: '/usr/lib/systemd/systemd-journald',
    message: unit('systemd-journald.service - Journal Service'),
  },
  {
    stage: 'services',
    path: '/usr/lib/systemd/systemd-udevd',
    message: unit('systemd-udevd.service - Rule-based Manager for Device Events and Files'),
  },
  {
    stage: 'services',
    path: '/usr/bin/mount',
    message: unit('systemd-remount-fs.service - Remount Root and Kernel File Systems'),
  },
  {
    stage: 'services',
    path: '/usr/lib/systemd/systemd-logind',
    message: unit('systemd-logind.service - User Login Management'),
  },
  { stage: 'login', path: '/usr/sbin/agetty', message: unit('getty@tty1.service - Getty on tty1') },
  {
    stage: 'login',
    path: '/usr/bin/login',
    message: "agetty: tty1: can't exec /bin/login: No such file or directory",
  },
  {
    stage: 'login',
    path: '/usr/lib/x86_64-linux-gnu/security/pam_unix.so',
    message:
      'PAM unable to dlopen(pam_unix.so): /lib/security/pam_unix.so: cannot open shared object file: No such file or directory',
  },
  {
    stage: 'login',
    path: '/usr/bin/bash',
    message: 'Cannot execute /bin/bash: No such file or directory',
  },
  { stage: 'login', path: '/usr/sbin/gdm3', message: unit('gdm.service - GNOME Display Manager') },
  // Without a network the machine still reaches its login, so this is not among the services that a start waits for.
  {
    stage: 'applications',
    path: '/usr/sbin/NetworkManager',
    message: unit('NetworkManager.service - Network Manager'),
  },
  {
    stage: 'applications',
    path: '/usr/bin/gnome-shell',
    message: unit('org.gnome.Shell@wayland.service - GNOME Shell on Wayland'),
  },
  {
    stage: 'applications',
    path: '/usr/lib/firefox-esr/firefox-esr',
    message: 'bash: firefox-esr: command not found',
  },
  {
    stage: 'applications',
    path: '/usr/lib/firefox-esr/libxul.so',
    message: 'XPCOMGlueLoad error for file /usr/lib/firefox-esr/libxul.so',
  },
  {
    stage: 'applications',
    path: '/usr/lib/postgresql/15/bin/postgres',
    message: unit('postgresql@15-main.service - PostgreSQL Cluster 15-main'),
  },
];

/**
 * Why packages must be of one version; each reason can be read in the files or the source of the program. An application
 * that checks its own build (Firefox, PostgreSQL) is no group: half of it new is the fate of that application, and the
 * machine starts all the same.
 */
export const lockstepGroups: readonly LockstepGroup[] = [
  {
    id: 'libc',
    why: 'the dynamic linker, libc.so.6 and its companions call one another by private symbols (GLIBC_PRIVATE) of the same build',
  },
  {
    id: 'systemd',
    why: 'its programs link libsystemd-shared-252.so, a private library without a stable interface, of the same build',
  },
  {
    id: 'openssl',
    why: 'libssl.so.3 calls libcrypto.so.3 by internal symbols of the same release',
  },
  {
    id: 'python',
    why: 'the interpreter holds the core and the frozen modules; the library files beside it are those of the same build',
  },
];

/** Package → its group. */
export const lockstepOf: { readonly [name: string]: string } = {
  libc6: 'libc',
  'libsystemd-shared': 'systemd',
  systemd: 'systemd',
  'systemd-boot': 'systemd',
  libssl3: 'openssl',
  'libpython3.11-minimal': 'python',
  'python3.11-minimal': 'python',
};

/** Package → the application it belongs to. */
export const applicationOf: { readonly [name: string]: string } = {
  'firefox-esr': 'firefox',
  'postgresql-15': 'postgresql',
  'gnome-shell': 'gnome',
  'gnome-terminal': 'gnome',
  nautilus: 'gnome',
};

/**
 * Files that are made on the machine. The sizes are chosen: packages ship none of these files, and no recording has
 * their sizes; they are of the order that a Debian desktop has.
 */
export const generated: readonly GeneratedFile[] = [
  { path: '/etc/fstab', maker: 'the installer', sizeBytes: 665 },
  { path: '/etc/hostname', maker: 'the installer', sizeBytes: 9 },
  { path: '/etc/machine-id', maker: 'systemd-machine-id-setup', sizeBytes: 33 },
  { path: '/etc/passwd', maker: 'the installer', sizeBytes: 1700 },
  { path: '/etc/ld.so.cache', maker: 'ldconfig', sizeBytes: 42_000 },
  { path: '/boot/grub/grub.cfg', maker: 'grub-mkconfig', sizeBytes: 9_500 },
  { path: '/usr/lib/udev/hwdb.bin', maker: 'systemd-hwdb', sizeBytes: 12_000_000 },
  {
    path: '/usr/share/glib-2.0/schemas/gschemas.compiled',
    maker: 'glib-compile-schemas',
    sizeBytes: 50_000,
  },
  {
    path: '/usr/lib/x86_64-linux-gnu/gdk-pixbuf-2.0/2.10.0/loaders.cache',
    maker: 'gdk-pixbuf-query-loaders',
    sizeBytes: 4_600,
  },
];

/** Size of an initramfs: chosen, of the order of what mkinitramfs packs with MODULES=most; see initramfs.conf(5). */
export const initramfs = {
  path: '/boot/initrd.img-{kernel}',
  sizeBytes: 36_000_000,
  maker: 'update-initramfs',
};

/** Configuration that its user changed before the story begins; both files are conffiles of their packages. */
export const editedConfig = [
  {
    path: '/etc/ssh/ssh_config',
    text: 'Host *\n    HashKnownHosts yes\n    ForwardAgent no\n    # changed by sam\n    ServerAliveInterval 60\n',
  },
  {
    path: '/etc/systemd/journald.conf',
    text: '[Journal]\n# changed by sam\nStorage=persistent\nSystemMaxUse=200M\n',
  },
];

const modules =
  /\/kernel\/(fs\/(ext4\/ext4|btrfs\/btrfs|fat\/v?fat|overlayfs\/overlay|squashfs\/squashfs|jbd2\/jbd2|mbcache)|drivers\/(nvme\/host\/nvme|ata\/ahci|scsi\/sd_mod|block\/virtio_blk|net\/virtio_net|gpu\/drm\/drm|usb\/core\/usbcore|usb\/host\/xhci-hcd|md\/dm-mod))\.ko$/;

/** Package → which of its files the classroom keeps besides libraries that others ask for. `all` is every file. */
export const classroomKeeps: { readonly [name: string]: RegExp | 'all' } = {
  'linux-image': new RegExp(`^/boot/|/modules\\.(builtin|order)$|${modules.source}`),
  systemd:
    /^\/etc\/|^\/usr\/bin\/(systemctl|journalctl|loginctl|systemd-(tmpfiles|sysusers|run|notify|cat|analyze)|hostnamectl|timedatectl|busctl)$|^\/usr\/lib\/systemd\/systemd(-(journald|logind|udevd|networkd|timesyncd|fsck|remount-fs|modules-load|sysctl|random-seed|shutdown|sleep|user-sessions|user-runtime-dir|hostnamed|timedated|localed|update-utmp|cryptsetup|growfs|backlight|rfkill))?$|\/(basic|multi-user|graphical|sysinit|local-fs|network|sockets|timers|default|rescue|emergency|reboot|poweroff|getty|swap)\.target$|\/systemd-(journald|logind|networkd|udevd|timesyncd|tmpfiles-setup|remount-fs|fsck@|modules-load|sysctl|random-seed|user-sessions)\.(service|socket)$|getty@\.service$|(fstab|gpt-auto|getty|debug|cryptsetup)-generator$|\/(tmpfiles|sysusers)\.d\/(systemd|var|tmp|etc|basic|home)\.conf$|pam_systemd/,
  'systemd-sysv': 'all',
  'libsystemd-shared': 'all',
  udev: /^\/etc\/|^\/usr\/bin\/|^\/usr\/lib\/systemd\/|^\/usr\/lib\/udev\/([a-z_]+$|rules\.d\/[5689]|rules\.d\/7[0-3])/,
  'systemd-boot': 'all',
  dbus: 'all',
  login: 'all',
  passwd: /\/(passwd|useradd|userdel|usermod|groupadd|chsh)$/,
  bash: /^\/usr\/bin\/|^\/etc\//,
  'libpam-modules':
    /pam_(unix|env|deny|permit|limits|loginuid|nologin|selinux|motd|mail|keyinit|faildelay|succeed_if|rootok|shells|lastlog|umask)\.so$|^\/etc\//,
  'libpam-runtime': /^\/etc\/|^\/usr\/sbin\//,
  libc6: 'all',
  coreutils:
    /\/(cat|chgrp|chmod|chown|cp|cut|date|dd|df|du|echo|env|false|head|id|install|kill|ln|ls|md5sum|mkdir|mkfifo|mknod|mktemp|mv|nice|nohup|printf|pwd|readlink|realpath|rm|rmdir|seq|sha256sum|sleep|sort|stat|stty|sync|tail|tee|test|touch|tr|true|truncate|tty|uname|uniq|wc|who|whoami|yes)$/,
  dpkg: /^\/usr\/s?bin\/|^\/etc\//,
  apt: /^\/usr\/bin\/|^\/etc\/|^\/usr\/lib\/(apt\/(methods|solvers)|systemd)|libapt/,
  'util-linux':
    /\/(agetty|dmesg|findmnt|lsblk|su|fsck|blkid|mkfs|mkswap|switch_root|pivot_root|fstrim|wipefs|sulogin|getopt|flock|last|lscpu|mountpoint|more|unshare|nsenter|getty)$|^\/etc\/|\.service$|\.timer$/,
  mount: 'all',
  e2fsprogs:
    /\/(e2fsck|fsck\.ext[234]|mke2fs|mkfs\.ext[234]|tune2fs|resize2fs|debugfs|dumpe2fs)$|^\/etc\//,
  kmod: 'all',
  'initramfs-tools-core': /^\/usr\/s?bin\/|^\/etc\/|\/(init|functions|local)$/,
  'base-files': /^\/etc\/|os-release/,
  'base-passwd': 'all',
  findutils: 'all',
  grep: 'all',
  sed: 'all',
  tar: /^\/usr\/bin\//,
  gzip: /\/(gzip|gunzip|zcat|zgrep)$/,
  sudo: /\/(sudo|visudo|sudoedit|sudoers|sudo\.conf)$|sudoers\.so|libsudo/,
  nano: 'all',
  less: /^\/usr\/bin\//,
  curl: 'all',
  'ca-certificates': 'all',
  openssl: 'all',
  libssl3: 'all',
  'openssh-client': /^\/usr\/bin\/|^\/etc\//,
  'openssh-server': /^\/usr\/(sbin|lib)\/|^\/etc\/(ssh|pam\.d|default)\//,
  'network-manager': /^\/usr\/s?bin\/|^\/etc\/|\.service$|nm-dispatcher$|plugin-wifi/,
  'grub-common':
    /^\/etc\/|^\/usr\/s?bin\/grub-(mkconfig|probe|editenv|mkimage|file|script-check|mkrelpath)$|mkconfig_lib$/,
  'grub-efi-amd64-bin':
    /\/(normal|linux|ext2|btrfs|fat|part_gpt|search|search_fs_uuid|search_label|configfile|echo|test|loadenv|gzio|all_video|efi_gop|chain|regexp|blscfg)\.mod$|\.efi(\.signed)?$/,
  gdm3: /^\/usr\/s?bin\/|^\/usr\/libexec\/|^\/etc\/(gdm3|pam\.d)|\.service$|pam_gdm/,
  'gnome-shell':
    /^\/usr\/bin\/gnome-shell$|^\/usr\/lib\/gnome-shell\/.*\.so$|org\.gnome\.Shell\.desktop$/,
  'gnome-session-bin': /^\/usr\/(bin|libexec)\//,
  polkitd: /^\/usr\/(bin|libexec|lib\/polkit-1)\/|\.service$/,
  'python3.11-minimal': 'all',
  'libpython3.11-minimal':
    /^\/usr\/lib\/python3\.11\/[a-e][a-z]*\.py$|\/encodings\/(__init__|aliases|ascii|utf_8|latin_1)\.py$|^\/etc\//,
  'firefox-esr': /^\/etc\/|^\/usr\/bin\/|^\/usr\/lib\/firefox-esr\/[^/]+$|omni\.ja$|\.desktop$/,
  'postgresql-15':
    /\/15\/bin\/(postgres|pg_ctl|initdb|psql|pg_dump|pg_controldata|pg_resetwal|pg_upgrade|pg_isready|createdb)$|\/15\/lib\/(plpgsql|libpqwalreceiver|dict_snowball|pg_stat_statements|pgcrypto|hstore|ltree)\.so$|\/share\/postgresql\/15\/(postgres\.bki|system_(views|functions|constraints)\.sql|information_schema\.sql|postgresql\.conf\.sample|pg_hba\.conf\.sample)$|extension\/(plpgsql|pgcrypto|hstore)/,
  sqlite3: 'all',
};
