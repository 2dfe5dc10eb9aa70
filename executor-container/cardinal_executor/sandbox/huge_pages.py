"""Moves this process's own memory to huge pages: a fork then copies, and an exit then frees, one entry in place of 512."""

import ctypes
from typing import TextIO

from .linux import libc

SIZE = 2 << 20
MADV_COLLAPSE = 25  # Linux 6.1


def collapse(maps: TextIO) -> None:
    """`maps`: /proc/self/maps.  Where the kernel refuses, nothing changes but the speed of a fork."""
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in maps.read().splitlines():
        addresses, permissions, _, _, _, *name = line.split(maxsplit=5)
        if not permissions.startswith("rw") or name not in ([], ["[heap]"]):
            continue
        start, end = (int(address, 16) for address in addresses.split("-"))
        first = -(-start // SIZE) * SIZE
        for address in range(first, end - SIZE + 1, SIZE):
            libc.madvise(address, SIZE, MADV_COLLAPSE)
