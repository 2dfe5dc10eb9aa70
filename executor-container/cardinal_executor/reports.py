"""What a child's report of a failure becomes.  It may claim none of those that only the supervisor can know."""

from .datasets import Damaged
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
        used = (report.details or {}).get("used")
        error = memory_limit(bounds.limits, used if isinstance(used, int) else 0, report.line)
        error.more["stdout"] = stdout
        return error
    more = {"line": report.line, "traceback": report.traceback, "stdout": stdout, "details": report.details}
    return ExecutorError(report.code, report.message, **more)
