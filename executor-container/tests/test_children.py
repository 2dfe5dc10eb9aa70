"""The beginning of a child: one that cannot be forked is tried once more, and one that is born is soon looked at."""

import os
import socket
import subprocess
import time
from typing import Any, ClassVar

import pytest

from cardinal_executor.children import card_child
from cardinal_executor.sandbox import messages
from cardinal_executor.sandbox.execution import Bounds
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.process import Child
from cardinal_executor.sandbox.watch import Watch

BOUNDS = Bounds(ChildLimits(cpu_seconds=10, memory_mb=512), 10_000, 1 << 20, 1 << 16)


class Crowded:
    """A fleet whose first `failures` children cannot be forked; the others are born, and end without a word."""

    ENDED: ClassVar[dict[str, Any]] = {"status": 0, "cpu": 0, "maxrss_kb": 0}

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken = 0
        self.released: list[bool] = []

    def take(self, *_: object) -> Child:
        self.taken += 1
        (result, result_end), (log, log_end) = os.pipe(), os.pipe()
        status, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        job, job_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if self.taken <= self.failures:
            messages.send(theirs, {"fork_error": "Resource temporarily unavailable"})
        else:
            process = subprocess.Popen(["true"])
            pidfd = os.pidfd_open(process.pid)
            messages.send(theirs, {"pid": process.pid}, [pidfd])
            process.wait()
            messages.send(theirs, self.ENDED)
            os.close(pidfd)
        for end in (result_end, log_end):
            os.close(end)
        theirs.close()
        job_end.close()
        return Child(result, log, status, job, 0, None)  # type: ignore[arg-type]

    def release(self, child: Child, buried: bool) -> None:
        child.close()
        self.released.append(buried)


@pytest.mark.parametrize(
    ("failures", "taken", "said"),
    [
        (0, 1, "The code ended the process before it returned a result."),
        (1, 2, "The code ended the process before it returned a result."),
        (2, 2, "no process could be started for it: Resource temporarily unavailable"),
    ],
)
def test_a_child_that_cannot_be_forked_is_tried_once_more(failures: int, taken: int, said: str) -> None:
    fleet, before = Crowded(failures), len(os.listdir("/proc/self/fd"))
    with card_child(fleet, BOUNDS) as execution:  # type: ignore[arg-type]
        found = execution.run({}, [])
    assert found.error is not None and said in str(found.error)
    assert (fleet.taken, fleet.released) == (taken, [True] * taken)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_child_is_looked_at_soon_after_it_begins() -> None:
    itself = os.pidfd_open(os.getpid())
    watch = Watch(ChildLimits(cpu_seconds=10, memory_mb=512, threads=0))
    assert watch.excess(None) is None and watch.excess(itself) is None
    time.sleep(watch.wait())
    assert watch.wait() == 0
    error = watch.excess(itself)
    assert error is not None and error.code == "sandbox_violation"
    assert 0.05 < watch.wait() <= 0.1
    os.close(itself)
