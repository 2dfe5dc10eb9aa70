"""The forked child: jail first, then (a spare that waits long) warm up, then wait for the only job it will ever run."""

import json
import os
import select
import socket
from typing import Any, NoReturn

from . import jail, linux, messages
from .jail import Baseline
from .seccomp import JOB_FD
from .tiers import Tier

IDLE_MS = 100

_zygote_pid = 0


def remember_zygote() -> None:
    """Called by the zygote once: a child whose parent is another has lost it."""
    global _zygote_pid
    _zygote_pid = os.getpid()


def main(tier: Tier, spec: dict[str, Any], baseline: Baseline, fds: tuple[int, int, int]) -> NoReturn:
    """Runs one job and exits.  `fds`: result, log, job, as the zygote received them."""
    try:
        job, data = _wait_for_job(tier, spec, baseline, fds)
    except BaseException as error:
        _say({"ok": False, "code": "jail_failed", "message": repr(error), "len": 0})
        os._exit(70)
    try:
        _run(job, data)
        os._exit(0)
    finally:
        # Whatever the author's code made of the runner, no exception of it comes into the zygote's own loop.
        os._exit(1)


def _wait_for_job(
    tier: Tier, spec: dict[str, Any], baseline: Baseline, fds: tuple[int, int, int]
) -> tuple[dict[str, Any], list[int]]:
    """Enters the jail, and returns with the job and its descriptors."""
    linux.require_one_thread()  # a second one would stay outside the jail
    os.setsid()
    linux.die_with_parent()
    jail.place_descriptors(*fds)
    sample = _open_sample() if spec["job"] is None else None
    jail.enter(tier, spec, baseline, _zygote_pid)
    if sample is not None:
        _warm_up(sample)  # threads started from here on inherit every layer of the jail
        os.close(sample)
    job, data = _receive_job()
    jail.lower_limits(job["cpu_seconds"], job["memory_mb"], baseline)
    return job, data


def _job_waits(within_ms: int) -> bool:
    poll = select.poll()
    poll.register(JOB_FD, select.POLLIN)
    return bool(poll.poll(within_ms))


def _open_sample() -> int:
    from cardinal_executor.runner import warm

    return warm.open_sample()


def _warm_up(sample: int) -> None:
    """Warming costs more CPU than it saves: only a child that waits anyway does it, and a job does not wait for the end of it."""
    from cardinal_executor.runner import warm

    if _job_waits(within_ms=IDLE_MS):
        return
    for _ in warm.warm_up(sample):
        if _job_waits(within_ms=0):
            return


def _receive_job() -> tuple[dict[str, Any], list[int]]:
    """Blocks until the supervisor sends the job.  Afterwards no socket is left, and no call that makes one is allowed."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, 0, fileno=JOB_FD)
    message, fds = messages.receive(sock)
    if message is None:
        os._exit(0)  # the supervisor let this spare go
    while len(fds) < message["descriptors"]:
        more, arrived = messages.receive(sock)
        if more is None:
            os._exit(0)
        fds += arrived
    sock.close()
    with os.fdopen(fds[0], "rb") as file:
        job = json.loads(file.read())
    return job, fds[1:]


def _run(job: dict[str, Any], data: list[int]) -> None:
    if job["task"] == "card":
        from cardinal_executor.runner import run

        run.run_card(job, data)
    elif job["task"] == "read":
        from cardinal_executor.runner import reader

        reader.run(job, data)
    elif job["task"] == "transform":
        from cardinal_executor.runner import transform

        transform.run(job, data)
    else:
        from cardinal_executor.runner import heavy

        heavy.run(job, data)


def _say(report: dict[str, Any]) -> None:
    try:
        os.write(jail.RESULT_FD, json.dumps(report).encode() + b"\n")
    except OSError:
        pass  # nobody listens any more
