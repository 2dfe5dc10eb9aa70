"""What runs on this machine, from /proc."""

import os


def children_of(pid: int) -> list[int]:
    """Forked by its main thread, oldest first."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def descendants_of(pid: int) -> set[int]:
    """Every process below `pid`, forked by any thread; zombies too."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat") as file:
                    parents[int(name)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended while we read
    found: set[int] = set()
    below = {pid}
    while below:
        below = {child for child, parent in parents.items() if parent in below} - found
        found |= below
    return found


def is_alive(pid: int) -> bool:
    """Running or sleeping; a zombie that nobody collected yet is dead."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def memory_of(pids: set[int]) -> int:
    """Bytes that these processes hold together; what they share counts once."""
    held = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                held += next(int(line.split()[1]) << 10 for line in file if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue  # it ended while we read
    return held
