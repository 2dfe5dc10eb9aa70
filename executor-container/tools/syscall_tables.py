"""Writes the tables of system call numbers: `python tools/syscall_tables.py`.  Needs Debian's libseccomp2, 2.5 or later.

A table is only ever added to: a call that this libseccomp does not know yet stays."""

import ctypes
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from cardinal_executor.sandbox.syscalls import ARCHITECTURES, Architecture

LIBRARY = "libseccomp.so.2"
HIGHEST = 1024


def library() -> ctypes.CDLL:
    """OSError where it is not installed."""
    seccomp = ctypes.CDLL(LIBRARY)
    seccomp.seccomp_syscall_resolve_num_arch.argtypes = (ctypes.c_uint32, ctypes.c_int)
    seccomp.seccomp_syscall_resolve_num_arch.restype = ctypes.c_void_p
    return seccomp


def numbers_of(architecture: Architecture, seccomp: ctypes.CDLL) -> dict[str, int]:
    """Every call that libseccomp knows there, by name.  libseccomp's architecture tokens are the kernel's audit values."""
    libc = ctypes.CDLL(None)
    libc.free.argtypes = (ctypes.c_void_p,)
    found = {}
    for number in range(HIGHEST):
        name = seccomp.seccomp_syscall_resolve_num_arch(architecture.audit, number)
        if name:
            found[ctypes.string_at(name).decode()] = number
            libc.free(name)
    return found


def main() -> None:
    seccomp = library()
    for architecture in ARCHITECTURES.values():
        known = architecture.numbers if os.path.exists(architecture.table) else {}
        calls = known | numbers_of(architecture, seccomp)
        with open(architecture.table, "w") as table:
            table.writelines(f"{name} {number}\n" for name, number in sorted(calls.items(), key=lambda call: call[1]))
        print(f"{architecture.table}: {len(calls)} calls")


if __name__ == "__main__":
    main()
