"""Landlock: which paths a child may open.  Everything that is not listed does not exist for it, TCP and foreign signals included."""

import ctypes
import errno
import os
import struct
from functools import cache

from .linux import checked, libc

SYS_CREATE_RULESET, SYS_ADD_RULE, SYS_RESTRICT_SELF = 444, 445, 446  # the same on every architecture
RULE_PATH_BENEATH = 1

WRITE_FILE, READ_FILE, READ_DIR = 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_DIR, MAKE_REG = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE, IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
ALL_OF_ABI_1 = (1 << 13) - 1

READ = READ_FILE | READ_DIR
WRITE = READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG
ON_A_FILE = READ_FILE | WRITE_FILE | TRUNCATE


@cache
def abi() -> int:
    """The kernel's Landlock version; 0 when it has none."""
    return max(0, libc.syscall(SYS_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1)))


def _ruleset(version: int) -> int:
    """A ruleset that governs everything this kernel can govern: files, TCP (abi 4), signals and abstract sockets (abi 6)."""
    files = ALL_OF_ABI_1
    if version >= 2:
        files |= REFER
    if version >= 3:
        files |= TRUNCATE
    if version >= 5:
        files |= IOCTL_DEV
    attributes = struct.pack("<Q", files)
    if version >= 4:
        attributes += struct.pack("<Q", 3)
    if version >= 6:
        attributes += struct.pack("<Q", 3)
    size = len(attributes)
    buffer = ctypes.create_string_buffer(attributes, size)
    return checked(libc.syscall(SYS_CREATE_RULESET, buffer, ctypes.c_size_t(size), 0), "landlock_create_ruleset")


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # the list names what some hosts have; what is absent needs no rule
    try:
        if not os.path.isdir(path):
            rights &= ON_A_FILE
        rule = ctypes.create_string_buffer(struct.pack("<Qi", rights, target), 12)
        checked(libc.syscall(SYS_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0), f"landlock_add_rule {path}")
    finally:
        os.close(target)


def restrict(read: tuple[str, ...], write: tuple[str, ...]) -> None:
    """Confines this thread, and all it will start, to `read` and `write` paths.  Needs NO_NEW_PRIVS.  OSError without Landlock."""
    version = abi()
    if version < 1:
        raise OSError(errno.ENOSYS, "the kernel has no Landlock")
    ruleset = _ruleset(version)
    write_rights = WRITE | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    for path in read:
        _allow(ruleset, path, READ)
    for path in write:
        _allow(ruleset, path, write_rights)
    _allow(ruleset, "/dev/null", READ_FILE | WRITE_FILE)
    checked(libc.syscall(SYS_RESTRICT_SELF, ruleset, 0), "landlock_restrict_self")
    os.close(ruleset)
