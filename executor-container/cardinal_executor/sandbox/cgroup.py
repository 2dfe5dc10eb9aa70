"""The control group that this process is in: where its limit of memory stands, and what stands there.  Both versions of the kernel's
groups; knows nothing of what the memory is for."""

import os
from collections.abc import Iterator
from functools import cache

MOUNT = "/sys/fs/cgroup"
OWN_GROUPS = "/proc/self/cgroup"


@cache
def memory_files(mount: str = MOUNT, own_groups: str = OWN_GROUPS) -> tuple[str, ...]:
    """Where it stands how much memory this process's group may use; not all of these files exist.

    DuckDB looks there when a card connects, and aborts the process when the file is there and refused."""
    try:
        with open(own_groups) as file:
            lines = file.read().splitlines()
    except OSError:
        return ()  # a root of our own, without /proc: DuckDB finds nothing either
    # In a container its own group is the root of what it sees.
    files = [f"{mount}/memory.max", f"{mount}/memory/memory.limit_in_bytes"]
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if not controllers:
            files.append(f"{mount}{path}/memory.max")
        elif "memory" in controllers.split(","):
            files.append(f"{mount}/memory{path}/memory.limit_in_bytes")
    return tuple(files)


def memory_limit(mount: str = MOUNT, own_groups: str = OWN_GROUPS) -> int | None:
    """Bytes that the group and those around it let this process and all its children use; None when they set no limit."""
    limits = (_limit_in(path) for file in memory_files(mount, own_groups) for path in _around(file, mount))
    return min((limit for limit in limits if limit is not None), default=None)


def _around(file: str, mount: str) -> Iterator[str]:
    """The same file of the group and of every group that it is in."""
    folder, name = os.path.split(file)
    while folder.startswith(mount):
        yield os.path.join(folder, name)
        folder = os.path.dirname(folder)


def _limit_in(file: str) -> int | None:
    """None where nothing limits: version 2 says `max`, version 1 a number beyond any machine's memory, which is as good."""
    try:
        with open(file) as limit:
            text = limit.read().strip()
    except OSError:
        return None  # the other version's file, or a group that is hidden from here
    return int(text) if text.isdigit() else None
