"""What a child's report becomes: the error of a failure, which claims nothing that only the supervisor can know, and the timings."""

import time

from .datasets import Damaged, Handover
from .errors import ExecutorError
from .sandbox.execution import Bounds
from .sandbox.report_reader import Report
from .sandbox.verdicts import lost, memory_limit


def refusal(bounds: Bounds, report: Report, stdout: str) -> ExecutorError:
    """The error to answer with; `report.ok` is false."""
    if report.code == "load_failed":
        return Damaged()
    if report.code == "needs_all_columns":
        return ExecutorError("user_code_error", "The code asked for columns in a complete run.", stdout=stdout)
    if report.code in ("jail_failed", "executor_lost", "import_failed", "needs_more_libraries"):
        return lost(report.message)
    if report.code == "memory_limit":
        error = memory_limit(bounds.limits, report.memory_used, report.line)
        error.more["stdout"] = stdout
        return error
    more = {"line": report.line, "traceback": report.traceback, "stdout": stdout, "details": report.details}
    return ExecutorError(report.code, report.message, **more)


def timings(report: Report, given: Handover, queue_ms: float, started: float) -> dict[str, float]:
    """Milliseconds, by the protocol's names.  `started`: time.perf_counter() when it came to its turn."""
    taken = {
        "queueMs": queue_ms,
        "fetchMs": given.fetch_ms,
        "loadMs": given.read_ms + report.loadMs,
        "runMs": report.runMs,
        "cpuMs": given.read_cpu_ms + report.cpuMs,
        "totalMs": queue_ms + (time.perf_counter() - started) * 1e3,
    }
    return {name: round(value, 2) for name, value in taken.items()}
