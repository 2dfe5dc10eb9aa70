"""One job in one child: hands it over, watches deadline and output, answers at the last byte, kills and reaps afterwards."""

import json
import os
import select
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import ExecutorError
from . import messages, verdicts
from .jail import ChildLimits
from .printed import Printed
from .process import Child
from .report_reader import Malformed, Progress, Report, ReportReader, TooLong
from .verdicts import Ending
from .watch import Watch

CHUNK = 1 << 18
REAP_SECONDS = 5.0
FDS_A_MESSAGE = 200


@dataclass(frozen=True)
class Bounds:
    """What one job may use; the kernel's part of it is in `limits`."""

    limits: ChildLimits
    wall_ms: int
    body_bytes: int
    stdout_bytes: int
    cuts_stdout: bool = False  # what is printed beyond is left out, instead of ending the run


@dataclass(frozen=True)
class Answer:
    """`report` and `body` as the child sent them, or the `error` that the supervisor found instead."""

    report: Report | None
    body: bytes
    stdout: str
    error: ExecutorError | None
    elapsed_ms: float


class Execution:
    """Use once: run() gives the answer, then reap() makes sure that nothing is left."""

    def __init__(
        self,
        child: Child,
        bounds: Bounds,
        on_progress: Callable[[Progress], None] | None = None,
        on_output: Callable[[str], None] | None = None,
    ) -> None:
        """`on_output` is told about once a second what was printed since; it must not wait."""
        self.child = child
        self._bounds = bounds
        self._reader = ReportReader(bounds.body_bytes, on_progress)
        self._printed = Printed(bounds.stdout_bytes, bounds.cuts_stdout, on_output)
        self._pidfd: int | None = None
        self._ending: Ending | None = None
        self._lost = False
        self._unborn: str | None = None  # why it could not be forked
        self._watch = Watch(bounds.limits)
        self._poll = select.poll()
        self._open = {child.result, child.log, child.status.fileno()}
        for fd in self._open:
            self._poll.register(fd, select.POLLIN)

    def run(
        self, job: dict[str, Any], fds: list[int], cancelled: threading.Event | None = None, spent_ms: float = 0
    ) -> Answer:
        """Sends the job and its descriptors (the caller keeps and closes its own) and waits for the end of the answer.

        `cancelled`: set by another thread when nobody wants the answer any more.  `spent_ms`: of the wall time, before this."""
        started = time.perf_counter()
        deadline = started + (self._bounds.wall_ms - spent_ms) / 1000
        self._send(job, fds)
        error: ExecutorError | None = None
        while error is None and not self._reader.complete and not self._ended():
            left = deadline - time.perf_counter()
            if left <= 0:
                error = verdicts.time_limit(self._bounds.wall_ms, spent_ms + (time.perf_counter() - started) * 1e3)
            elif cancelled is not None and cancelled.is_set():
                error = verdicts.lost("nobody waits for it any more")
            else:
                error = self._step(min(left, self._watch.wait())) or self._watch.excess(self._pidfd)
                self._printed.tell()
        if self._reader.complete and error is None:
            error = self._drain_log()
        elif error is None and self._unborn is not None:
            error = verdicts.lost(f"no process could be started for it: {self._unborn}")
        elif error is None:
            error = verdicts.of_ending(self._ending, self._bounds.limits, self._printed.kept)
        self._printed.tell(is_over=True)
        report = self._reader.report if error is None else None
        elapsed = (time.perf_counter() - started) * 1e3
        return Answer(report, self._reader.body if report else b"", self._printed.text(), error, elapsed)

    def reap(self) -> bool:
        """Kills the child and waits until the zygote has buried it; False when that took too long, and its uid must stay unused."""
        self._kill()
        deadline = time.perf_counter() + REAP_SECONDS
        while not self._gone() and time.perf_counter() < deadline:
            for fd, _ in self._poll.poll(200):
                if fd == self.child.status.fileno():
                    self._take_status()
                    self._kill()
                elif not os.read(fd, CHUNK):
                    self._forget(fd)
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        return self._gone()

    def _send(self, job: dict[str, Any], fds: list[int]) -> None:
        memory = os.memfd_create("job")
        try:
            os.write(memory, json.dumps(job).encode())
            os.lseek(memory, 0, os.SEEK_SET)
            all_fds = [memory, *fds]
            for start in range(0, len(all_fds), FDS_A_MESSAGE):
                batch = all_fds[start : start + FDS_A_MESSAGE]
                messages.send(self.child.job, {"descriptors": len(all_fds)}, batch)
        except OSError:
            pass  # the child is dead already: its status socket says why
        finally:
            os.close(memory)

    def _gone(self) -> bool:
        return self._ending is not None or self._lost

    def _ended(self) -> bool:
        """Nothing more will come: the child is dead and its result pipe is empty."""
        return self._gone() and self.child.result not in self._open

    def _step(self, seconds: float) -> ExecutorError | None:
        for fd, _ in self._poll.poll(seconds * 1000):
            if fd == self.child.status.fileno():
                self._take_status()
                continue
            data = os.read(fd, CHUNK)
            if not data:
                self._forget(fd)
                continue
            error = self._take_log(data) if fd == self.child.log else self._take_result(data)
            if error is not None:
                return error
        return None

    def _take_result(self, data: bytes) -> ExecutorError | None:
        try:
            self._reader.feed(data)
        except TooLong:
            return verdicts.output_limit("The result", self._bounds.body_bytes, self._bounds.body_bytes + 1)
        except Malformed:
            return ExecutorError("user_code_error", "The code wrote to the result channel itself.")
        return None

    def _take_log(self, data: bytes) -> ExecutorError | None:
        self._printed.add(data)
        if not self._printed.is_cut or self._bounds.cuts_stdout:
            return None
        return verdicts.output_limit("What the code printed", self._bounds.stdout_bytes, self._printed.bytes)

    def _drain_log(self) -> ExecutorError | None:
        """What was printed before the report is in the pipe by now."""
        poll = select.poll()
        poll.register(self.child.log, select.POLLIN)
        error = None
        while self.child.log in self._open and error is None and poll.poll(0):
            data = os.read(self.child.log, CHUNK)
            if not data:
                self._forget(self.child.log)
                break
            error = self._take_log(data)
        return error

    def _take_status(self) -> None:
        message, fds = messages.receive(self.child.status)
        if message is None:
            self._lost = self._ending is None
            self._forget(self.child.status.fileno())
        elif "pid" in message:
            self._pidfd = fds[0]
        elif "fork_error" in message:
            self._lost = True
            self._unborn = message["fork_error"]
        else:
            self._ending = Ending(message["status"], message["cpu"], message["maxrss_kb"])

    def _forget(self, fd: int) -> None:
        self._open.discard(fd)
        self._poll.unregister(fd)

    def _kill(self) -> None:
        if self._pidfd is None or self._gone():
            return
        try:
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it ended by itself meanwhile
