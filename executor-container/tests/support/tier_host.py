"""Runs cards and transforms in a tier of choice: `python tier_host.py TIER FOLDER`, a request a line in, what came of it a line out.

A process of its own, because the unprivileged tiers drop root here."""

import base64
import json
import os
import sys
import threading
from typing import Any

from arena import become

from cardinal_executor.cards import CardRunner
from cardinal_executor.data.range_cache import RangeCache
from cardinal_executor.errors import ExecutorError
from cardinal_executor.protocol import RenderRequest, TransformRequest
from cardinal_executor.sandbox.fleet import FleetOptions, Fleets
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.tiers import TIERS
from cardinal_executor.settings import read
from cardinal_executor.transforms import TransformRunner

UID_BASE = 37000
WALL_MS = 60_000
SETTINGS = read({"EXECUTOR_SECRET": "s" * 32, "EXECUTOR_CARD_WALL_MS": str(WALL_MS)})


class Frames:
    """A stream whose reader takes everything."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self.seen: list[dict[str, Any]] = []

    def frame(self, **fields: Any) -> None:
        self.seen.append(fields)

    def progress(self, step: str, done: int, total: int) -> None:
        self.frame(type="progress", step=step, done=done, total=total)

    def output(self, text: str) -> None:
        self.frame(type="output", text=text)

    def file(self, fd: int, size: int) -> None:
        self.seen[-1]["data"] = base64.b64encode(os.pread(fd, size, 0)).decode()


def rendered(runner: CardRunner, request: dict[str, Any]) -> dict[str, Any]:
    """The answer, as the Worker gets it."""
    answers: list[dict[str, Any] | ExecutorError] = []
    runner.render(RenderRequest.model_validate(request), 0.0, answers.append)
    (answer,) = answers
    return answer.body() if isinstance(answer, ExecutorError) else answer


def transformed(runner: TransformRunner, request: dict[str, Any], jobs: str) -> dict[str, Any]:
    """Its frames, a file's with its bytes as base64, and what it left behind in the folder of jobs."""
    stream = Frames()
    runner.run(TransformRequest.model_validate(request), 0.0, stream)  # type: ignore[arg-type]
    return {"frames": stream.seen, "left": os.listdir(jobs)}


def main() -> None:
    tier, folder = sys.argv[1:]
    become(tier, folder)
    jobs = os.path.join(folder, "jobs")
    os.mkdir(jobs, 0o711)
    limits = ChildLimits(cpu_seconds=WALL_MS // 1000, memory_mb=2048)
    fleets = Fleets.start(TIERS[tier], FleetOptions(jobs, limits, 2, 1000, UID_BASE))
    cache = RangeCache(os.path.join(folder, "ranges"), 1 << 30)
    cards = CardRunner(SETTINGS, fleets, cache)
    transforms = TransformRunner(SETTINGS, fleets, cache, jobs)
    run = {
        "render": lambda request: rendered(cards, request),
        "transform": lambda request: transformed(transforms, request, jobs),
    }
    for line in sys.stdin:
        [(what, request)] = json.loads(line).items()
        print(json.dumps(run[what](request)), flush=True)
    fleets.stop()
    cache.close()


if __name__ == "__main__":
    main()
