"""The preview of an upload: its first bytes through the importer's own rules, in a child like a card's."""

import json
import os
from collections.abc import Callable
from typing import Any

from .children import card_child
from .errors import ExecutorError
from .protocol import InspectRequest
from .sandbox.execution import Bounds
from .sandbox.fleet import Fleet
from .sandbox.jail import ChildLimits
from .sandbox.process import ZygoteFailed
from .sandbox.report_reader import Report
from .sandbox.verdicts import lost

WALL_MS, MEMORY_MB = 10_000, 1024
ANSWER_BYTES, STDOUT_BYTES = 16 << 20, 1 << 20


class InspectionRunner:
    """Thread-safe.  A preview takes a card's place, not the import's: a person waits for it."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def inspect(
        self, request: InspectRequest, head: bytes, answer: Callable[[dict[str, Any] | ExecutorError], None]
    ) -> None:
        """Calls `answer` once; returns after the child is gone."""
        limits = ChildLimits(cpu_seconds=WALL_MS // 1000 + 1, memory_mb=MEMORY_MB)
        bounds = Bounds(limits, WALL_MS, ANSWER_BYTES, STDOUT_BYTES)
        job = {
            "task": "inspect",
            "options": request.options,
            "whole": request.whole,
            "cpu_seconds": limits.cpu_seconds,
            "memory_mb": limits.memory_mb,
        }
        source = os.memfd_create("head")
        try:
            os.write(source, head)
            os.lseek(source, 0, os.SEEK_SET)
            with card_child(self._fleet, bounds) as execution:
                found = execution.run(job, [source])
                answer(found.error or _reply(found.report, found.body))
        except ZygoteFailed as error:
            answer(lost(str(error)))
        finally:
            os.close(source)


def _reply(report: Report | None, body: bytes) -> dict[str, Any] | ExecutorError:
    assert report is not None
    if report.ok:
        try:
            return {"status": "ok", **json.loads(body)}
        except (ValueError, RecursionError, TypeError):
            return lost("the preview is no JSON object")
    if report.code != "import_failed":
        return lost(report.message)
    details = dict(report.details or {})
    return ExecutorError("import_failed", report.message, importCode=details.pop("importCode", ""), details=details)
