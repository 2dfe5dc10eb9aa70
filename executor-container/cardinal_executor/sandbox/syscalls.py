"""System call numbers of the architectures a jail is built for, from tables that tools/syscall_tables.py makes."""

import errno
import os
import platform
from dataclasses import dataclass
from functools import cache

FOLDER = os.path.dirname(os.path.abspath(__file__))


@dataclass(frozen=True)
class Architecture:
    """`audit` is what the kernel puts into seccomp_data.arch; `x32` says that numbers from 0x40000000 on are a second way in."""

    name: str
    audit: int
    x32: bool

    @property
    def table(self) -> str:
        return os.path.join(FOLDER, f"syscalls_{self.name}.txt")

    @property
    def numbers(self) -> dict[str, int]:
        """By name.  What the architecture does not have is not in it."""
        return _read(self.table)


ARCHITECTURES = {
    "x86_64": Architecture("x86_64", 0xC000003E, x32=True),
    "aarch64": Architecture("aarch64", 0xC00000B7, x32=False),
}


@cache
def _read(path: str) -> dict[str, int]:
    with open(path) as table:
        return {name: int(number) for name, number in (line.split() for line in table)}


@cache
def here() -> Architecture:
    """This machine's; OSError (ENOSYS) where there is no table, and so no jail."""
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no system call table for {machine}")
    return ARCHITECTURES[machine]


def number(name: str) -> int:
    """The number of `name` here; OSError (ENOSYS) when this architecture has no such call."""
    found = here().numbers.get(name)
    if found is None:
        raise OSError(errno.ENOSYS, f"{here().name} has no {name}")
    return found
