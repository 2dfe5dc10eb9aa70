"""P3b's reference: the same runner on the same card in a plain fork, without jail, spare, limits or server.

`plain_fork.py FILE` reads JSON lines: first the render request, then `{runs, concurrent}`, each answered with
`{seconds, cpuSeconds, body}`."""

import gc
import json
import os
import resource
import select
import sys
import time
from typing import Any

from cardinal_executor.cards import card_job
from cardinal_executor.datasets import Handover, plain_job
from cardinal_executor.protocol import RenderRequest
from cardinal_executor.runner import report, run
from cardinal_executor.sandbox import huge_pages, libraries
from cardinal_executor.sandbox.execution import Bounds
from cardinal_executor.sandbox.jail import ChildLimits

BOUNDS = Bounds(ChildLimits(cpu_seconds=11, memory_mb=2048), wall_ms=10_000, body_bytes=5_000_000, stdout_bytes=65_536)


def start(job: dict[str, Any], path: str) -> tuple[int, int]:
    """A child that runs the card; returns its pid and the pipe on which its report comes."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()  # as the executor's children: a kernel that shares its cores out by session treats both alike
        data = os.open(path, os.O_RDONLY)
        nothing = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nothing, fd)
        os.dup2(writing, report.RESULT_FD)
        run.run_card(job, [data])
        os._exit(0)
    os.close(writing)
    return pid, reading


def run_all(job: dict[str, Any], path: str, runs: int, concurrent: int) -> str:
    """Runs the card `runs` times, `concurrent` at once; returns the HTML of the last."""
    poll, children, started, output = select.poll(), {}, 0, b""
    while children or started < runs:
        while started < runs and len(children) < concurrent:
            pid, fd = start(job, path)
            children[fd] = (pid, bytearray())
            poll.register(fd, select.POLLIN)
            started += 1
        for fd, _ in poll.poll():
            pid, found = children[fd]
            piece = os.read(fd, 1 << 18)
            found += piece
            if not piece:
                poll.unregister(fd)
                os.close(fd)
                os.waitpid(pid, 0)
                del children[fd]
                output = bytes(found)
    line, _, body = output.partition(b"\n")
    if not json.loads(line)["ok"]:
        raise SystemExit(f"the card failed in a plain fork: {line.decode()}")
    return body.decode()


def cpu_seconds() -> float:
    """Of this process and the children it collected."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    os.dup2(
        os.open(os.devnull, os.O_RDWR), report.RESULT_FD
    )  # taken now, so that no pipe to a child comes to lie there
    libraries.preload(everything=False)
    request = RenderRequest.model_validate_json(sys.stdin.readline())
    given = Handover(jobs=[plain_job(dataset, [0], None) for dataset in request.datasets])
    job = card_job(request, BOUNDS, given)
    gc.collect()
    gc.freeze()  # as in the zygote: a collection in a child would copy every page
    with open("/proc/self/maps") as maps:
        huge_pages.collapse(maps)
    for line in sys.stdin:
        began, used = time.perf_counter(), cpu_seconds()
        body = run_all(job, sys.argv[1], **json.loads(line))
        seconds, cpu = time.perf_counter() - began, cpu_seconds() - used
        print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "body": body}), flush=True)


if __name__ == "__main__":
    main()
