"""Datasets on their way to a child.

One with row filters goes through a reader of its own first: a jailed child without anybody's code, which leaves the rows it keeps in
sealed memory.  The child that runs somebody's code gets that memory, and no descriptor of bytes that hold other rows.  A reader gets
one dataset alone: whoever wrote its bytes, and found a fault in a decoder, would read what is withheld of any other beside it."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from .children import reader_child
from .data.fetch import FetchFailed
from .data.range_cache import Fetched, ObjectRef, RangeCache
from .errors import ExecutorError
from .protocol import Dataset, Filter, PlannedObject
from .sandbox.execution import Answer, Bounds
from .sandbox.fleet import Fleet
from .sandbox.report_reader import Report
from .sandbox.verdicts import lost, memory_limit

PARALLEL_OBJECTS = 16
GLANCE = 0.5  # seconds between looks at whether anybody waits
ROWS_SHARE = 2  # kept rows may take this part of the memory limit: whoever gets them needs memory to work on them
LEAST_MEMORY_MB = 16  # left to a child however much its rows take
SEALED_AT_FIRST = fcntl.F_SEAL_GROW
SEALED_AT_LAST = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
# Whatever else ends a reader, the bytes are to blame.
OF_THE_RUN = frozenset({"time_limit", "memory_limit", "executor_lost"})

Opening = Future[tuple[int, Fetched]]


class Damaged(ExecutorError):
    """Bytes that do not decode as planned.  It may be a hole in a sparse file: whole objects are worth one more try."""

    def __init__(self) -> None:
        super().__init__("data_unavailable", "The dataset could not be read: its bytes are damaged.")


@dataclass
class Spent:
    """What one request has cost so far, however often it was run: code that asks for another run gets no more time by it."""

    fetched: Fetched = field(default_factory=Fetched)
    fetch_ms: float = 0
    run_ms: float = 0  # of the wall time, by readers and by somebody's code


@dataclass
class Handover:
    """What a child gets of its datasets, and what that has cost.  `jobs` is what runner.frames.load takes, `fds` its descriptors."""

    fds: list[int] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    fetch_ms: float = 0
    read_ms: float = 0  # of the run's wall time, by readers
    read_cpu_ms: float = 0
    kept: dict[str, int] = field(default_factory=dict)  # rows of each guarded dataset, by name
    held_bytes: int = 0  # memory behind a descriptor: no limit of the child's own counts it

    def memory_mb_left(self, bounds: Bounds) -> int:
        """For the child that works on the rows: those in memory already count as memory that it uses."""
        return max(LEAST_MEMORY_MB, bounds.limits.memory_mb - (self.held_bytes >> 20))


class Datasets:
    """Thread-safe.  Readers are children of `fleet`."""

    def __init__(self, fleet: Fleet, cache: RangeCache) -> None:
        self._fleet = fleet
        self._cache = cache
        self._openers = ThreadPoolExecutor(PARALLEL_OBJECTS, "open")

    @contextmanager
    def handed_over(
        self,
        datasets: Sequence[Dataset],
        filters: Sequence[Filter],
        zone: str,
        bounds: Bounds,
        whole: bool,
        spent: Spent,
        *,
        most: int | None = None,
        cancelled: threading.Event | None = None,
    ) -> Iterator[Handover]:
        """Descriptors that are open within the `with` block; `whole` fetches all of every object, not only what is planned.  Fetching
        may take as long as running, and both no longer than what `spent` leaves, to which their cost is added.

        `most`: of each dataset only so many rows, the first of the row groups that are planned.  `cancelled`: set by another thread
        when nobody wants the data any more.
        ExecutorError: `data_unavailable`, Damaged if `whole` may help, or what ended the reader; ZygoteFailed."""
        given = Handover()
        with ExitStack() as stack:
            before = time.perf_counter()
            files = self._open_all(datasets, whole, bounds.wall_ms, spent, cancelled)
            for fd in chain.from_iterable(files):
                stack.callback(os.close, fd)
            given.fetch_ms = (time.perf_counter() - before) * 1e3
            spent.fetch_ms += given.fetch_ms
            for dataset, fds in zip(datasets, files, strict=True):
                if not dataset.rowFilters:
                    given.jobs.append(plain_job(dataset, _add(given.fds, fds), most))
                    continue
                rows = os.memfd_create("rows", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
                stack.callback(os.close, rows)
                job = _reader_job(dataset, filters, zone, most)
                kept = self._read(job, rows, fds, bounds, given, spent, cancelled)
                given.kept[dataset.name] = kept
                given.jobs.append(_kept_job(dataset, _add(given.fds, [rows])[0]))
            yield given

    def _open_all(
        self,
        datasets: Sequence[Dataset],
        whole: bool,
        wall_ms: int,
        spent: Spent,
        cancelled: threading.Event | None,
    ) -> list[list[int]]:
        """Descriptors of every object, dataset by dataset; none stays open when one fails."""
        deadline = time.monotonic() + (wall_ms - spent.fetch_ms) / 1000
        attempts = [
            [self._openers.submit(self._open, planned, whole, deadline) for planned in dataset.objects]
            for dataset in datasets
        ]
        _wait_for(list(chain.from_iterable(attempts)), cancelled)
        opened: list[list[int]] = []
        failure: FetchFailed | OSError | None = None
        for of_dataset in attempts:
            opened.append([])
            for attempt in of_dataset:
                try:
                    fd, fetched = attempt.result()
                    opened[-1].append(fd)
                    spent.fetched.add(fetched)
                except (FetchFailed, OSError) as error:  # OSError: of our own disk
                    failure = error
        if failure is not None:
            for fd in chain.from_iterable(opened):
                os.close(fd)
            reason = failure if isinstance(failure, FetchFailed) else "the cache could not keep it"
            raise ExecutorError("data_unavailable", f"The dataset could not be read: {reason}.") from failure
        return opened

    def _open(self, planned: PlannedObject, whole: bool, deadline: float) -> tuple[int, Fetched]:
        ref = ObjectRef(planned.key, planned.version, planned.size, planned.url, planned.etag)
        return self._cache.open(ref, [(0, planned.size)] if whole else list(planned.ranges), deadline)

    def _read(
        self,
        job: dict[str, Any],
        rows: int,
        fds: list[int],
        bounds: Bounds,
        given: Handover,
        spent: Spent,
        cancelled: threading.Event | None,
    ) -> int:
        """Lets a reader fill `rows`, which is as large as it may become, and closes it to every change once the reader is gone.

        Time and memory that earlier readers took are not there for this one.  Returns how many rows it kept."""
        os.ftruncate(rows, max(0, (bounds.limits.memory_mb << 20) // ROWS_SHARE - given.held_bytes))
        fcntl.fcntl(rows, fcntl.F_ADD_SEALS, SEALED_AT_FIRST)
        with reader_child(self._fleet, bounds) as execution:
            limits = {"cpu_seconds": bounds.limits.cpu_seconds, "memory_mb": given.memory_mb_left(bounds)}
            found = execution.run({**job, **limits}, [rows, *fds], cancelled, spent.run_ms)
            given.read_ms += found.elapsed_ms
            spent.run_ms += found.elapsed_ms
            report = _succeeded(found, bounds)
        try:
            fcntl.fcntl(rows, fcntl.F_ADD_SEALS, SEALED_AT_LAST)
        except OSError as error:
            raise lost("its reader did not end") from error
        given.read_cpu_ms += report.cpuMs
        given.held_bytes += os.fstat(rows).st_size
        return report.rows.filtered


def _wait_for(attempts: list[Opening], cancelled: threading.Event | None) -> None:
    """Until all are done.  When nobody waits any more: `executor_lost`, and what they open is closed as it comes."""
    pending = set(attempts)
    while pending:
        pending = wait(pending, GLANCE).not_done
        if pending and cancelled is not None and cancelled.is_set():
            for attempt in attempts:
                attempt.cancel()
                attempt.add_done_callback(_close)
            raise lost("nobody waits for it any more")


def _close(attempt: Opening) -> None:
    if not attempt.cancelled() and attempt.exception() is None:
        os.close(attempt.result()[0])


def _succeeded(found: Answer, bounds: Bounds) -> Report:
    """What a reader reports; raises what one that failed means for the run."""
    if found.error is not None:
        raise found.error if found.error.code in OF_THE_RUN else Damaged() from found.error
    assert found.report is not None
    if found.report.ok:
        return found.report
    if found.report.code == "load_failed":
        raise Damaged()
    if found.report.code == "memory_limit":
        raise memory_limit(bounds.limits, found.report.memory_used)
    raise lost(found.report.message)


def _add(all_fds: list[int], fds: list[int]) -> list[int]:
    """Appends `fds`; returns their places."""
    all_fds += fds
    return list(range(len(all_fds) - len(fds), len(all_fds)))


def plain_job(dataset: Dataset, files: list[int], most: int | None) -> dict[str, Any]:
    """Of a dataset that the child reads itself.  `files`: places of its objects among the descriptors; `most`: see handed_over()."""
    return {
        **_description(dataset),
        "rowCount": dataset.rowCount,
        "files": files,
        "most": most,
        "rowGroups": [None if most is None else planned.rowGroups for planned in dataset.objects],
    }


def _kept_job(dataset: Dataset, rows: int) -> dict[str, Any]:
    """`rows`: the place of what a reader has kept.  How many rows there are besides, and in how many files, is nothing that a card's
    code may find in its memory."""
    return {**_description(dataset), "rowCount": None, "rows": rows}


def _reader_job(dataset: Dataset, filters: Sequence[Filter], zone: str, most: int | None) -> dict[str, Any]:
    """For a child that is handed the files of this dataset and no others."""
    job = plain_job(dataset, list(range(len(dataset.objects))), most)
    return {
        "task": "read",
        "dataset": {**job, "rowFilters": [condition.model_dump() for condition in dataset.rowFilters]},
        "filters": [condition.model_dump() for condition in filters],
        "zone": zone,
    }


def _description(dataset: Dataset) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "columns": dataset.columns,
        "schema": [column.model_dump() for column in dataset.schema_],
    }
