"""Runs cards in a tier of choice: `python card_host.py TIER FOLDER`, a render request a line in, its answer a line out.

A process of its own, because the unprivileged tiers drop root here."""

import json
import os
import sys
from typing import Any

from arena import become

from cardinal_executor.cards import CardRunner
from cardinal_executor.data.range_cache import RangeCache
from cardinal_executor.errors import ExecutorError
from cardinal_executor.protocol import RenderRequest
from cardinal_executor.sandbox.fleet import FleetOptions, Fleets
from cardinal_executor.sandbox.jail import ChildLimits
from cardinal_executor.sandbox.tiers import TIERS
from cardinal_executor.settings import read

UID_BASE = 37000
WALL_MS = 60_000
SETTINGS = {"EXECUTOR_SECRET": "s" * 32, "EXECUTOR_CARD_WALL_MS": str(WALL_MS)}


def main() -> None:
    tier, folder = sys.argv[1:]
    become(tier, folder)
    jobs = os.path.join(folder, "jobs")
    os.mkdir(jobs, 0o711)
    limits = ChildLimits(cpu_seconds=WALL_MS // 1000, memory_mb=2048)
    fleets = Fleets.start(TIERS[tier], FleetOptions(jobs, limits, 2, 1000, UID_BASE))
    cache = RangeCache(os.path.join(folder, "ranges"), 1 << 30)
    runner = CardRunner(read(SETTINGS), fleets, cache)

    def say(answer: dict[str, Any] | ExecutorError) -> None:
        print(json.dumps(answer.body() if isinstance(answer, ExecutorError) else answer), flush=True)

    for line in sys.stdin:
        runner.render(RenderRequest.model_validate_json(line), 0.0, say)
    fleets.stop()
    cache.close()


if __name__ == "__main__":
    main()
