"""Transforms: a child over what it is given of its inputs, and the one file that it leaves, as frames.  A preview: cells, as JSON.

Of what a child says the form alone is checked here; the Worker holds rows and columns against the file."""

import math
import time
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .children import card_child, heavy_child
from .data.range_cache import RangeCache
from .datasets import Damaged, Datasets, Handover, Spent
from .errors import ExecutorError
from .frame_stream import FrameStream, ReaderGone, fail
from .output_file import OutputFile, output_file
from .protocol import TransformCode, TransformPreviewRequest, TransformRequest, Type
from .reports import refusal, timings
from .sandbox.execution import Answer, Bounds
from .sandbox.fleet import Fleets
from .sandbox.jail import ChildLimits
from .sandbox.process import ZygoteFailed
from .sandbox.report_reader import Count, Milliseconds, Progress, Report
from .sandbox.verdicts import lost, output_limit
from .settings import Settings

OUTCOME_BYTES = 8 << 20  # 2,000 columns with names of 255 characters
MEGABYTE = 1 << 20
STEPS_OF_CHILD = ("run", "write")
PATH = "data/part-0000.parquet"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class OutcomeColumn(_Form):
    name: Annotated[str, Field(min_length=1, max_length=255)]
    type: Type
    zoned: bool
    nullable: bool
    nullCount: Count
    exact: bool


class Outcome(_Form):
    """What a child says of its result, as runner.transform writes it."""

    columns: Annotated[list[OutcomeColumn], Field(min_length=1, max_length=2000)]
    rowCount: Count
    inputRows: dict[str, Count]
    writeMs: Milliseconds
    rows: list[list[str | bool | int | float | None]] | None = None


class TransformRunner:
    """Thread-safe.  `folder` is where results lie until they are sent."""

    def __init__(self, settings: Settings, fleets: Fleets, cache: RangeCache, folder: str) -> None:
        self._settings = settings
        self._fleet = fleets.everything  # a run that reached for more libraries would be made twice
        self._datasets = Datasets(fleets.usual, cache)
        self._folder = folder

    def run(self, request: TransformRequest, queue_ms: float, stream: FrameStream) -> str:
        """Writes every frame of the answer, the result last.  Returns the outcome for the log.  One runs at a time."""
        started = time.perf_counter()
        try:
            spent = Spent()
            try:
                self._attempt(request, queue_ms, started, stream, spent, whole=False)
            except Damaged:  # it may have met a hole in a sparse file
                self._attempt(request, queue_ms, started, stream, spent, whole=True)
            return "ok"
        except ReaderGone:
            return "cancelled"
        except ExecutorError as error:
            return fail(stream, error)
        except (ZygoteFailed, OSError) as error:  # OSError: of our own disk
            return fail(stream, lost(f"{type(error).__name__}: {error}"))

    def preview(
        self,
        request: TransformPreviewRequest,
        queue_ms: float,
        answer: Callable[[dict[str, Any] | ExecutorError], None],
    ) -> None:
        """Calls `answer` once; returns after the child is gone."""
        started = time.perf_counter()
        try:
            spent = Spent()
            try:
                self._attempt_preview(request, queue_ms, started, answer, spent, whole=False)
            except Damaged:
                self._attempt_preview(request, queue_ms, started, answer, spent, whole=True)
        except ExecutorError as error:
            answer(error)
        except ZygoteFailed as error:
            answer(lost(str(error)))

    def _attempt(
        self,
        request: TransformRequest,
        queue_ms: float,
        started: float,
        stream: FrameStream,
        spent: Spent,
        whole: bool,
    ) -> None:
        """From the first fetch to the last frame.  Damaged comes before the author's code has run, unless that code forges it."""
        bounds = self._bounds(request)
        objects = sum(len(dataset.objects) for dataset in request.inputs)
        stream.frame(type="progress", step="fetch", done=0, total=objects)

        def on_progress(at: Progress) -> None:
            if at.progress in STEPS_OF_CHILD:
                stream.progress(at.progress, at.done, at.total)

        with output_file(self._folder) as output:
            with self._datasets.handed_over(
                request.inputs, [], request.zone, bounds, whole, spent, cancelled=stream.gone
            ) as given:
                stream.frame(type="progress", step="fetch", done=objects, total=objects)
                # What a first try printed was told already, and counts.
                on_output = None if whole else stream.output
                with heavy_child(self._fleet, bounds, on_progress, on_output=on_output) as execution:
                    job = _job(request, bounds, given, None)
                    found = execution.run(job, [*given.fds, output.writer], stream.gone, spent.run_ms)
                    spent.run_ms += found.elapsed_ms
            report, outcome = _outcome(found, bounds)
            files = [_send(stream, output, outcome.rowCount, request.limits.outputBytes)]
        stream.frame(
            type="result",
            status="ok",
            manifest={
                "rows": outcome.rowCount,
                "columns": [column.model_dump() for column in outcome.columns],
                "partitionColumn": None,
                "files": files,
            },
            rows={"input": sum(_input_rows(request, outcome).values()), "output": outcome.rowCount},
            stdout=found.stdout,
            warnings=report.warnings,
            timings={**timings(report, given, queue_ms, started), "writeMs": outcome.writeMs},
        )

    def _attempt_preview(
        self,
        request: TransformPreviewRequest,
        queue_ms: float,
        started: float,
        answer: Callable[[dict[str, Any] | ExecutorError], None],
        spent: Spent,
        whole: bool,
    ) -> None:
        bounds = self._preview_bounds(request)
        with (
            self._datasets.handed_over(
                request.inputs, [], request.zone, bounds, whole, spent, most=request.inputRows
            ) as given,
            card_child(self._fleet, bounds) as execution,
        ):
            job = _job(request, bounds, given, request.outputRows)
            found = execution.run(job, given.fds, spent_ms=spent.run_ms)
            spent.run_ms += found.elapsed_ms
            report, outcome = _outcome(found, bounds)
            answer(
                {
                    "status": "ok",
                    "columns": [column.model_dump(exclude={"nullCount", "exact"}) for column in outcome.columns],
                    "rows": (outcome.rows or [])[: request.outputRows],
                    "rowCount": outcome.rowCount,
                    "truncated": _is_truncated(request, given),
                    "inputRows": _input_rows(request, outcome),
                    "stdout": found.stdout,
                    "warnings": report.warnings,
                    "timings": timings(report, given, queue_ms, started),
                }
            )

    def _bounds(self, request: TransformRequest) -> Bounds:
        """What was asked for, within what this executor allows."""
        wall_ms = min(request.limits.wallMs, self._settings.heavy_wall_ms)
        memory_mb = min(request.limits.memoryMb, self._settings.heavy_memory_mb)
        file_mb = math.ceil(request.limits.outputBytes / MEGABYTE)
        limits = ChildLimits(math.ceil(wall_ms / 1000) + 1, memory_mb, file_mb=file_mb)
        return Bounds(limits, wall_ms, OUTCOME_BYTES, request.limits.stdoutBytes, cuts_stdout=True)

    def _preview_bounds(self, request: TransformPreviewRequest) -> Bounds:
        wall_ms = min(request.limits.wallMs, self._settings.card_wall_ms)
        memory_mb = min(request.limits.memoryMb, self._settings.card_memory_mb)
        limits = ChildLimits(math.ceil(wall_ms / 1000) + 1, memory_mb)
        return Bounds(limits, wall_ms, request.limits.bodyBytes, request.limits.stdoutBytes, cuts_stdout=True)


def _job(request: TransformCode, bounds: Bounds, given: Handover, output_rows: int | None) -> dict[str, Any]:
    """What the child is told: no URL, no key, no author, no row filter.  `output_rows`: of a preview, else None."""
    return {
        "task": "transform",
        "code": request.code,
        "entry": request.entry,
        "params": request.params,
        "zone": request.zone,
        "datasets": given.jobs,
        "outputRows": output_rows,
        "stdoutBytes": bounds.stdout_bytes,
        "cpu_seconds": bounds.limits.cpu_seconds,
        "memory_mb": given.memory_mb_left(bounds),
    }


def _outcome(found: Answer, bounds: Bounds) -> tuple[Report, Outcome]:
    """Raises what the child reported instead, or what the supervisor found."""
    if found.error is not None:
        found.error.more["stdout"] = found.stdout
        raise found.error
    assert found.report is not None
    if not found.report.ok:
        raise refusal(bounds, found.report, found.stdout)
    try:
        return found.report, Outcome.model_validate_json(found.body)
    except ValidationError as error:
        raise _forged(found.stdout) from error


def _input_rows(request: TransformCode, outcome: Outcome) -> dict[str, int]:
    return {dataset.name: outcome.inputRows.get(dataset.name, 0) for dataset in request.inputs}


def _is_truncated(request: TransformPreviewRequest, given: Handover) -> bool:
    """Whether an input has more rows than are read.  Of a guarded one only what its reader found: its size would tell how many rows
    the author may not see."""
    return any(
        given.kept[dataset.name] >= request.inputRows if dataset.rowFilters else dataset.rowCount > request.inputRows
        for dataset in request.inputs
    )


def _forged(stdout: str) -> ExecutorError:
    return ExecutorError("user_code_error", "The code wrote to the result channel itself.", stdout=stdout)


def _send(stream: FrameStream, output: OutputFile, rows: int, limit: int) -> dict[str, Any]:
    """The file as a frame; returns its entry in the manifest.  The child is dead, so that what is hashed is what is sent."""
    size = output.size
    if size > limit:
        raise output_limit("The result", limit, size)
    if size == 0:
        raise _forged("")
    entry = {"path": PATH, "rows": rows, "bytes": size, "sha256": output.sha256(size), "partition": None}
    stream.frame(type="progress", step="send", done=0, total=size)
    stream.frame(type="file", **entry)
    stream.file(output.reader, size)
    stream.frame(type="progress", step="send", done=size, total=size)
    return entry
