"""Looks from outside at what a running child uses, for what none of the kernel's limits counts.

RLIMIT_DATA counts private pages while they are writable: a page that is written and then made read-only stays in memory, and is no
longer counted.  RLIMIT_NPROC counts by uid, which children share in the tiers without a uid for each."""

import time
from dataclasses import dataclass

from ..errors import ExecutorError
from . import verdicts
from .jail import MEGABYTE, ChildLimits

FIRST = 0.015  # seconds until the first look
EVERY = 0.1  # from then on; a look costs about 0.05 ms
# Anonymous pages that RLIMIT_DATA rightly leaves out: relocated read-only data of the libraries, and the stack.
UNCOUNTED = 96 * MEGABYTE


@dataclass(frozen=True)
class Usage:
    """Bytes of private memory present, the most of it that the child's own RLIMIT_DATA allows, and threads."""

    anonymous: int
    allowed: int
    threads: int


def _pid_of(pidfd: int) -> int:
    """As this process's /proc knows it; -1 when it is gone."""
    with open(f"/proc/self/fdinfo/{pidfd}") as file:
        return int(next(line for line in file if line.startswith("Pid:")).split()[1])


def usage_of(pidfd: int) -> Usage | None:
    """None when the process is gone, or this /proc does not show it."""
    try:
        pid = _pid_of(pidfd)
        with open(f"/proc/{pid}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        with open(f"/proc/{pid}/limits") as file:
            allowed = next(line for line in file if line.startswith("Max data size")).split()[4]
    except (OSError, StopIteration):
        return None
    if "RssAnon" not in status:
        return None  # a zombie has no memory
    kilobytes = int(status["RssAnon"].split()[0]) + int(status["VmSwap"].split()[0])
    return Usage(kilobytes << 10, int(allowed) if allowed.isdigit() else 0, int(status["Threads"]))


class Watch:
    """Of one child.  `excess()` may be called as often as one likes: it looks only every so often."""

    def __init__(self, limits: ChildLimits) -> None:
        self._limits = limits
        self._next: float | None = None

    def wait(self) -> float:
        """Seconds until the next look."""
        return FIRST if self._next is None else max(0.0, self._next - time.monotonic())

    def excess(self, pidfd: int | None) -> ExecutorError | None:
        """What the child uses too much of, as the error that ends it."""
        now = time.monotonic()
        if pidfd is None or self._next is None:  # not born yet, or the job has just begun
            self._next = now + FIRST
            return None
        if now < self._next:
            return None
        self._next = now + EVERY
        usage = usage_of(pidfd)
        if usage is None:
            return None
        if usage.allowed and usage.anonymous > usage.allowed + UNCOUNTED:
            return verdicts.memory_limit(self._limits, usage.anonymous)
        if usage.threads > self._limits.threads:
            return ExecutorError("sandbox_violation", f"The code started more than {self._limits.threads} threads.")
        return None
