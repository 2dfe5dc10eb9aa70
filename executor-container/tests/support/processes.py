"""What runs on this machine, from /proc."""


def children_of(pid: int) -> list[int]:
    """Forked by its main thread, oldest first."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def is_alive(pid: int) -> bool:
    """Running or sleeping; a zombie that nobody collected yet is dead."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False
