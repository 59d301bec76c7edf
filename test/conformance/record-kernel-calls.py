"""Runs programs of kernel-programs.ts on the kernel of this machine, as root, each in a mount namespace of its own.

Reads programs from standard input, one line a call, an empty line after each program; writes them with their results.
Regenerate the table that the tests compare with:

    node test/conformance/print-kernel-programs.ts 150 1 | sudo python3 test/conformance/record-kernel-calls.py \
        > test/conformance/fixtures/kernel-calls.txt
"""

import ctypes
import errno
import fcntl
import os
import re
import stat
import struct
import sys
import tempfile

LIBC = ctypes.CDLL(None, use_errno=True)
USERS = {"root": 0, "sam": 1000, "eve": 1001}
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
SLOTS = {}


def libc(name, *arguments):
    if getattr(LIBC, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(source, target, kind, flags, data=None):
    encode = lambda text: text.encode() if text is not None else None
    libc("mount", encode(source), encode(target), encode(kind), flags, encode(data))


def act_as(user):
    os.seteuid(0)
    os.setegid(USERS[user])
    os.seteuid(USERS[user])


def contents(fd):
    parts, at = [], 0
    while part := os.pread(fd, 65536, at):
        parts.append(part)
        at += len(part)
    return re.sub("\0+", lambda zeros: "{%d}" % len(zeros[0]), b"".join(parts).decode())


def status(path, follow):
    found = os.stat(path, follow_symlinks=follow)
    kind = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink"}[stat.S_IFMT(found.st_mode)]
    size = "-" if kind == "directory" else str(found.st_size)
    return ",".join([kind, format(stat.S_IMODE(found.st_mode), "o"), str(found.st_uid), str(found.st_gid), size, str(found.st_nlink)])


def cat(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        return contents(fd)
    finally:
        os.close(fd)


def tree(path):
    lines = []
    for name in sorted(os.listdir(path or "/")):
        below = f"{path}/{name}"
        what = status(below, False)
        if what.startswith("directory"):
            lines += [f"{below} {what}", *tree(below)]
        elif what.startswith("symlink"):
            lines.append(f"{below} {what} {os.readlink(below)}")
        else:
            lines.append(f"{below} {what} {cat(below)}")
    return lines


def open_flags(letters):
    access = os.O_RDWR if letters.startswith("rw") else os.O_RDONLY if letters.startswith("r") else os.O_WRONLY
    more = {"c": os.O_CREAT, "t": os.O_TRUNC, "a": os.O_APPEND, "x": os.O_EXCL}
    return access | sum(flag for letter, flag in more.items() if letter in letters)


def set_immutable(path, on):
    fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        flags = struct.unpack("l", fcntl.ioctl(fd, 0x80086601, struct.pack("l", 0)))[0]
        flags = flags | 0x10 if on else flags & ~0x10
        fcntl.ioctl(fd, 0x40086602, struct.pack("l", flags))
    finally:
        os.close(fd)


def on_slot(user, call, words):
    slot = words[0]
    if call == "open":
        SLOTS[slot] = os.open(words[1], open_flags(words[2]), int(words[3], 8)), user
        return None
    if slot not in SLOTS:
        raise OSError(errno.EBADF, "")
    fd, opener = SLOTS[slot]
    act_as(opener)
    if call == "write":
        os.write(fd, words[1].encode())
    elif call == "seek":
        os.lseek(fd, int(words[1]), os.SEEK_SET)
    elif call == "truncate":
        os.ftruncate(fd, int(words[1]))
    elif call == "read":
        return contents(fd)
    else:
        os.close(SLOTS.pop(slot)[0])
    return None


def create(path, mode, text):
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, int(mode, 8))
    os.write(fd, text.encode())
    os.close(fd)


def bind_read_only(path, to):
    mount(path, to, None, MS_BIND)
    mount(None, to, None, MS_REMOUNT | MS_BIND | MS_RDONLY)


def listing(path):
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        return ",".join(sorted(os.listdir(fd)))
    finally:
        os.close(fd)


CALLS = {
    "create": create,
    "mkdir": lambda path, mode: os.mkdir(path, int(mode, 8)),
    "rmdir": os.rmdir,
    "unlink": os.unlink,
    "link": lambda old, new: os.link(old, new, follow_symlinks=False),
    "symlink": os.symlink,
    "readlink": os.readlink,
    "rename": os.rename,
    "exchange": lambda left, right: libc("renameat2", -100, left.encode(), -100, right.encode(), 2),
    "stat": lambda path: status(path, True),
    "lstat": lambda path: status(path, False),
    "cat": cat,
    "chmod": lambda path, mode: os.chmod(path, int(mode, 8)),
    "chown": lambda path, user, group: os.chown(path, int(user), int(group)),
    "list": listing,
    "immutable": lambda path, on: set_immutable(path, on == "on"),
    "tree": lambda: " ; ".join(tree("")),
    "tmpfs": lambda path: mount("none", path, "tmpfs", 0, "mode=755"),
    "read-only": lambda path: mount(None, path, None, MS_REMOUNT | MS_RDONLY),
    "bind": lambda path, to: mount(path, to, None, MS_BIND),
    "bind-read-only": bind_read_only,
}


def result(line):
    user, call, *words = line.split(" ")
    act_as(user)
    try:
        if call in ("open", "write", "seek", "truncate", "read", "close"):
            value = on_slot(user, call, words)
        else:
            value = CALLS[call](*words)
        return f"ok:{value}" if isinstance(value, str) else "ok"
    except OSError as error:
        return errno.errorcode[error.errno]
    finally:
        act_as("root")


def run(lines, where):
    libc("unshare", 0x20000)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    mount("none", where, "tmpfs", 0, "mode=755")
    os.chroot(where)
    os.chdir("/")
    os.umask(0)
    os.setgroups([])
    for line in lines:
        sys.stdout.write(f"{line} = {result(line)}\n")
    sys.stdout.write("\n")
    sys.stdout.flush()


def main():
    where = tempfile.mkdtemp()
    for program in sys.stdin.read().strip().split("\n\n"):
        child = os.fork()
        if child == 0:
            run(program.split("\n"), where)
            os._exit(0)
        os.waitpid(child, 0)
    os.rmdir(where)


main()
