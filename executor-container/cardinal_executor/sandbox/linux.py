"""The Linux calls that Python has no name for, through ctypes.  Knows nothing of cards, tiers or policies.

Flags and structures are the same on every 64-bit architecture with a table of calls; the numbers of the calls are not."""

import ctypes
import errno
import os
import struct

from . import syscalls

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long

CLONE_THREAD = 0x10000
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38

LINUX_CAPABILITY_VERSION_3 = 0x20080522


def checked(result: int, what: str) -> int:
    """The result of a libc call, or OSError with its errno."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    checked(libc.unshare(ctypes.c_int(flags)), f"unshare({flags:#x})")


def setns(fd: int, kind: int) -> None:
    checked(libc.setns(fd, kind), "setns")


def prctl(option: int, value: int = 0) -> None:
    arguments = [ctypes.c_ulong(n) for n in (option, value, 0, 0, 0)]
    checked(libc.prctl(*arguments), f"prctl({option})")


def mount(source: str | None, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    def text(value: str | None) -> bytes | None:
        return None if value is None else os.fsencode(value)

    result = libc.mount(text(source), text(target), text(kind), ctypes.c_ulong(flags), text(data))
    checked(result, f"mount {target}")


def detach(target: str) -> None:
    """Unmounts `target` for this mount namespace at once, whoever still holds it open."""
    checked(libc.umount2(os.fsencode(target), MNT_DETACH), f"umount {target}")


def pivot_root(new_root: str, put_old: str) -> None:
    checked(libc.syscall(syscalls.number("pivot_root"), os.fsencode(new_root), os.fsencode(put_old)), "pivot_root")


def drop_capabilities() -> None:
    """Empties the bounding set and every capability set of this thread."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # beyond the last capability that this kernel knows
    header = struct.pack("<II", LINUX_CAPABILITY_VERSION_3, 0)
    nothing = ctypes.create_string_buffer(b"\0" * 24)
    checked(libc.syscall(syscalls.number("capset"), ctypes.create_string_buffer(header), nothing), "capset")


def die_with_parent() -> None:
    """SIGKILL when the thread that started this process ends.  The kernel forgets it on every change of credentials."""
    prctl(PR_SET_PDEATHSIG, 9)


def require_one_thread() -> None:
    """OSError with EINVAL when a second thread lives in this process."""
    try:
        unshare(CLONE_THREAD)  # changes nothing
    except PermissionError:
        # A container's own seccomp filter refuses every unshare; it leaves /proc to look at.
        if len(os.listdir("/proc/self/task")) > 1:
            raise OSError(errno.EINVAL, "a second thread lives in this process") from None
