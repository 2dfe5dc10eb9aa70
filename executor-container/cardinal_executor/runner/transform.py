"""One transform, inside the jail: load its inputs, run its code, store what it returned, report.

Shares its address space with hostile code, so nothing said here is believed outside beyond its form."""

import errno
import json
import resource
import time
from typing import Any

from . import determinism, frames, report, tracebacks
from .authors_code import entry_of, refused_by_line, without_mark
from .failures import Refused, Reported, lost, reported
from .output import flush_output, open_output
from .transform_output import described, first_rows, write
from .transform_result import Result, convert, inputs_by_column


def run(job: dict[str, Any], data: list[int]) -> None:
    """A run: {code, entry, params, datasets, zone, stdoutBytes, outputRows: None}, `data` ends with the descriptor to write to; a
    preview has a number of outputRows instead of the descriptor.  Writes the report.  Never raises."""
    cpu = time.process_time()
    open_output(promptly=job["stdoutBytes"])
    determinism.settle()
    answer, body = reported(lambda: _report(job, data))
    answer["cpuMs"] = round((time.process_time() - cpu) * 1e3, 2)
    flush_output()
    report.write(answer, body)


def _report(job: dict[str, Any], data: list[int]) -> Reported:
    try:
        answer, found = _answer(job, data)
    except OSError as error:
        raise _disk_failure(error) from None
    return answer, json.dumps(found, ensure_ascii=False).encode("utf-8", "replacement")


def _answer(job: dict[str, Any], data: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report, and its body as transforms.Outcome has it."""
    started = time.perf_counter()
    is_preview = job["outputRows"] is not None
    loaded = frames.load(job["datasets"], [], job["zone"], data if is_preview else data[:-1])
    counts = {name: len(frame) for name, frame in loaded.frames.items()}
    after_load = time.perf_counter()
    report.progress("run", 0, 1)
    result = _execute(job, loaded.frames)
    after_run = time.perf_counter()
    found: dict[str, Any] = {
        "columns": [described(column) for column in result.columns],
        "rowCount": result.rows,
        "inputRows": counts,
    }
    if is_preview:
        found["rows"] = first_rows(result, job["outputRows"])
    else:
        write(result, data[-1], lambda done, total: report.progress("write", done, total))
    answer = {
        "ok": True,
        "warnings": result.warnings,
        "loadMs": round((after_load - started) * 1e3, 2),
        "runMs": round((after_run - after_load) * 1e3, 2),
    }
    return answer, {**found, "writeMs": round((time.perf_counter() - after_run) * 1e3, 2)}


def _execute(job: dict[str, Any], inputs: dict[str, Any]) -> Result:
    """Author's code from here on: whatever it raises becomes a report.  Its frames are let go when it is done."""
    code = without_mark(job["code"])

    def execute() -> Result:
        transform = entry_of(code, tracebacks.TRANSFORM_FILE, job, inputs, "inputs, params")
        return convert(transform(inputs, job["params"]), inputs_by_column(job["datasets"]))

    return refused_by_line(code, execute)


def _disk_failure(error: OSError) -> Refused:
    """Of the file that the result is written to: too large when the author's code ignores the signal that says so, or no disk left."""
    if error.errno != errno.EFBIG:
        return lost(error)
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return Refused("output_limit", "The result is too large.", details={"limit": limit, "used": limit + 1})
