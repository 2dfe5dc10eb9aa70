"""A render request: run the card in a child over what it is given of its datasets, put the answer in the protocol's words."""

import hashlib
import json
import math
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from .children import card_child
from .data.range_cache import RangeCache
from .datasets import Damaged, Datasets, Handover, Spent
from .errors import ExecutorError
from .protocol import RenderRequest
from .reports import refusal, timings
from .sandbox.execution import Answer, Bounds
from .sandbox.fleet import Fleets
from .sandbox.jail import ChildLimits
from .sandbox.libraries import likely_needs_more
from .sandbox.process import ZygoteFailed
from .sandbox.report_reader import Report
from .sandbox.verdicts import lost
from .settings import Settings


class Way(NamedTuple):
    """How a card is run: with all bytes of its objects or those planned, with all libraries or the usual ones."""

    whole_objects: bool
    all_libraries: bool


class RecentRuns:
    """Remembers some code, and whose rows it was shown, by a hash: the latest MOST.  Thread-safe.

    What code met in rows that somebody may not see shows in no run of theirs, not even in its time."""

    MOST = 2000

    def __init__(self) -> None:
        self._hashes: dict[bytes, None] = {}
        self._lock = threading.Lock()

    def add(self, request: RenderRequest) -> None:
        with self._lock:
            self._hashes[_hash(request)] = None
            while len(self._hashes) > self.MOST:
                del self._hashes[next(iter(self._hashes))]

    def __contains__(self, request: RenderRequest) -> bool:
        return _hash(request) in self._hashes


def _hash(request: RenderRequest) -> bytes:
    rows = [[condition.model_dump() for condition in dataset.rowFilters] for dataset in request.datasets]
    return hashlib.sha256(json.dumps([request.code, rows]).encode()).digest()


class CardRunner:
    """Thread-safe.  `answer` is called once, as soon as the last byte is there; render() returns after the child is gone."""

    def __init__(self, settings: Settings, fleets: Fleets, cache: RangeCache) -> None:
        self._settings = settings
        self._fleets = fleets
        self._needs_more = RecentRuns()
        self._datasets = Datasets(fleets.usual, cache)

    def render(
        self, request: RenderRequest, queue_ms: float, answer: Callable[[dict[str, Any] | ExecutorError], None]
    ) -> None:
        started = time.perf_counter()
        try:
            self._render(request, queue_ms, started, answer)
        except ExecutorError as error:
            answer(error)
        except ZygoteFailed as error:
            answer(lost(str(error)))

    def _render(self, request: RenderRequest, queue_ms: float, started: float, answer: Callable[..., None]) -> None:
        """Runs the card, as often as its child asks for another way, all within one wall time."""
        spent = Spent()
        bounds = self._bounds(request)
        way: Way | None = Way(False, likely_needs_more(request.code) or request in self._needs_more)
        while way is not None:
            fleet = self._fleets.everything if way.all_libraries else self._fleets.usual
            try:
                with (
                    self._datasets.handed_over(
                        request.datasets, request.filters, request.zone, bounds, way.whole_objects, spent
                    ) as given,
                    card_child(fleet, bounds) as execution,
                ):
                    found = execution.run(card_job(request, bounds, given), given.fds, spent_ms=spent.run_ms)
                    spent.run_ms += found.elapsed_ms
                    way = self._another_way(way, request, found)
                    if way is None:
                        answer(self._reply(request, bounds, found, queue_ms, given, spent, started))
            except Damaged:
                if way.whole_objects:
                    raise
                way = way._replace(whole_objects=True)

    def _another_way(self, way: Way, request: RenderRequest, found: Answer) -> Way | None:
        """How to run the card once more, or None when `found` is to be answered.  Each step is taken once at most."""
        asked = found.report.code if found.report is not None and not found.report.ok else None
        if asked == "load_failed" and not way.whole_objects:  # it may have met a hole in a sparse file
            return way._replace(whole_objects=True)
        if asked == "needs_more_libraries" and not way.all_libraries:
            self._needs_more.add(request)
            return way._replace(all_libraries=True)
        return None

    def _bounds(self, request: RenderRequest) -> Bounds:
        """What was asked for, within what this executor allows."""
        wall_ms = min(request.limits.wallMs, self._settings.card_wall_ms)
        memory_mb = min(request.limits.memoryMb, self._settings.card_memory_mb)
        limits = ChildLimits(cpu_seconds=math.ceil(wall_ms / 1000) + 1, memory_mb=memory_mb)
        return Bounds(limits, wall_ms, request.limits.bodyBytes, request.limits.stdoutBytes)

    def _reply(
        self,
        request: RenderRequest,
        bounds: Bounds,
        found: Answer,
        queue_ms: float,
        given: Handover,
        spent: Spent,
        started: float,
    ) -> dict[str, Any] | ExecutorError:
        if found.error is not None:
            found.error.more["stdout"] = found.stdout
            return found.error
        report = found.report
        assert report is not None
        if not report.ok:
            return _refusal(request, bounds, report, found.stdout)
        return {
            "status": "ok",
            "kind": report.kind if request.scripts or report.kind != "script" else "html",
            "body": found.body.decode("utf-8", "replace"),
            "libs": report.libs,
            "heightHint": report.heightHint,
            "usedColumns": report.usedColumns,
            "filterApplicable": report.filterApplicable,
            "rows": {"input": report.rows.input, "filtered": report.rows.filtered},
            "stdout": found.stdout,
            "warnings": report.warnings,
            "timings": timings(report, given, queue_ms, started),
            "fetched": {"requests": spent.fetched.requests, "bytes": spent.fetched.bytes},
        }


def _refusal(request: RenderRequest, bounds: Bounds, report: Report, stdout: str) -> dict[str, Any] | ExecutorError:
    if report.code == "needs_all_columns" and any(dataset.columns is not None for dataset in request.datasets):
        return {"status": "needs_all_columns", "reason": report.message}
    return refusal(bounds, report, stdout)


def card_job(request: RenderRequest, bounds: Bounds, given: Handover) -> dict[str, Any]:
    """What the child is told: no URL, no key, no author, no row filter."""
    return {
        "task": "card",
        "code": request.code,
        "entry": request.entry,
        "scripts": request.scripts,
        "params": request.params,
        "filters": [condition.model_dump() for condition in request.filters],
        "zone": request.zone,
        "datasets": given.jobs,
        "narrow": any(dataset.columns is not None for dataset in request.datasets),
        "bodyBytes": bounds.body_bytes,
        "cpu_seconds": bounds.limits.cpu_seconds,
        "memory_mb": given.memory_mb_left(bounds),
    }
