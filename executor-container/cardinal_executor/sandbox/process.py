"""The supervisor's handle on one zygote process, and on the children it forks.  Must not import what the zygote imports."""

import json
import os
import select
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

from . import messages
from .jail import ChildLimits
from .root import PACKAGE
from .tiers import Tier

START_SECONDS = 120  # a first start compiles every library's bytecode
BIRTH_SECONDS = 5
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from cardinal_executor.sandbox import zygote; zygote.main(sys.argv[2])"
# Nothing of the supervisor's environment: no secret can leak from what was never passed.  One hash seed, so that sets iterate alike.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "JOBLIB_MULTIPROCESSING": "0",  # there are no processes to hand work to, and it warns when it finds that out itself
}


class ZygoteFailed(Exception):
    """The zygote did not start, or is no longer there."""


@dataclass
class Child:
    """A forked, jailed child that waits for its one job.  `uid` is its slot's in tiers with a uid per child."""

    result: int
    log: int
    status: socket.socket
    job: socket.socket
    uid: int
    zygote: "ZygoteProcess"
    claimed: bool = False  # its uid belongs to a job, which may outlive it

    def is_gone(self) -> bool:
        """Whether nobody is left to take a job: it could not be forked, or something ended it while it waited."""
        poll = select.poll()
        poll.register(self.result, 0)
        return any(event & select.POLLHUP for _, event in poll.poll(0))

    def is_unborn(self) -> bool:
        """Whether it could not be forked, once that is known; waits for its birth."""
        poll = select.poll()
        poll.register(self.status, select.POLLIN)
        if not poll.poll(BIRTH_SECONDS * 1000):
            return False
        return b"fork_error" in self.status.recv(messages.MAX_MESSAGE, socket.MSG_PEEK)

    def close(self) -> None:
        os.close(self.result)
        os.close(self.log)
        self.status.close()
        self.job.close()


class ZygoteProcess:
    """Start it from a thread that outlives it: the kernel kills it when that thread ends."""

    def __init__(self, tier: Tier, jobs_folder: str, everything: bool) -> None:
        self.forks = 0
        self.users = 0  # executions that still need it; the fleet's lock guards it
        self._jobs_folder = jobs_folder
        self._send_lock = threading.Lock()
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        config = {"tier": tier.name, "control": theirs.fileno(), "jobs_folder": jobs_folder, "everything": everything}
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-c", BOOT, os.path.dirname(PACKAGE), json.dumps(config)],
            env=ENVIRONMENT,
            pass_fds=(theirs.fileno(),),
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        self.pidfd = os.pidfd_open(self.process.pid)
        self._wait_until_ready(tier)

    def _wait_until_ready(self, tier: Tier) -> None:
        readable, _, _ = select.select([self.control], [], [], START_SECONDS)
        message = messages.receive(self.control)[0] if readable else None
        if message is None:
            self.process.kill()
            code = self.process.wait()
            self.close()
            raise ZygoteFailed(f"the zygote of tier {tier.name} did not start (exit {code})")

    def spawn(self, uid: int, limits: ChildLimits, job: str | None = None) -> Child:
        """Asks for a child; it is born, and jailed while the caller goes on.  ZygoteFailed when it is dead."""
        result, result_end = os.pipe()
        log, log_end = os.pipe()
        status, status_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = Child(result, log, status, ours, uid, self)
        spec = {"slot_uid": uid, "limits": limits.as_dict(), "job": job}
        try:
            with self._send_lock:
                messages.send(self.control, spec, [result_end, log_end, status_end.fileno(), theirs.fileno()])
                self.forks += 1
        except OSError as error:
            child.close()
            raise ZygoteFailed(str(error)) from error
        finally:
            os.close(result_end)
            os.close(log_end)
            status_end.close()
            theirs.close()
        return child

    def close(self) -> None:
        """Lets it end by itself: it exits when its control socket closes, and its children with it."""
        self.control.close()
        if self.process.poll() is None:
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        os.close(self.pidfd)
