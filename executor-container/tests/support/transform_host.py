"""Runs transforms in a tier of choice: `python transform_host.py TIER FOLDER`, a request a line in, its frames a line out.

A process of its own, because the unprivileged tiers drop root here."""

import base64
import json
import os
import sys
import threading
from typing import Any

from arena import become

from cardinal_executor.data.range_cache import RangeCache
from cardinal_executor.protocol import TransformRequest
from cardinal_executor.sandbox.fleet import FleetOptions, Fleets
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.tiers import TIERS
from cardinal_executor.settings import read
from cardinal_executor.transforms import TransformRunner

UID_BASE = 39000


class Frames:
    """A stream whose reader takes everything."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self.seen: list[dict[str, Any]] = []

    def frame(self, **fields: Any) -> None:
        self.seen.append(fields)

    def progress(self, step: str, done: int, total: int) -> None:
        self.frame(type="progress", step=step, done=done, total=total)

    def file(self, fd: int, size: int) -> None:
        self.seen[-1]["data"] = base64.b64encode(os.pread(fd, size, 0)).decode()


def main() -> None:
    tier, folder = sys.argv[1:]
    become(tier, folder)
    jobs = os.path.join(folder, "jobs")
    os.mkdir(jobs, 0o711)
    limits = ChildLimits(cpu_seconds=60, memory_mb=2048)
    fleets = Fleets.start(TIERS[tier], FleetOptions(jobs, limits, 1, 1000, UID_BASE))
    cache = RangeCache(os.path.join(folder, "ranges"), 1 << 30)
    runner = TransformRunner(read({"EXECUTOR_SECRET": "s" * 32}), fleets, cache, jobs)
    for line in sys.stdin:
        frames = Frames()
        runner.run(TransformRequest.model_validate_json(line), 0.0, frames)  # type: ignore[arg-type]
        print(json.dumps({"frames": frames.seen, "left": os.listdir(jobs)}), flush=True)
    fleets.stop()
    cache.close()


if __name__ == "__main__":
    main()
