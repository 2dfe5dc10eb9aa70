"""What a run reports when it cannot answer.  One ladder for whatever runs in a child: a card, a transform, a reader, an import.

Knows nothing of the author's code; what that raises is told in authors_code.py."""

import resource
from collections.abc import Callable
from typing import Any

from . import frames

Reported = tuple[dict[str, Any], bytes]  # a report, and the body that follows it


class Refused(Exception):
    """A report of an error, ready to send."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.report = {"ok": False, "code": code, "message": message, **more}


def out_of_memory(**more: Any) -> Refused:
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Refused("memory_limit", "MemoryError", details={"used": used}, **more)


def lost(error: BaseException) -> Refused:
    """A fault that is not the author's."""
    return Refused("executor_lost", f"{type(error).__name__}: {error}"[:2000])


def reported(work: Callable[[], Reported]) -> Reported:
    """What `work` reports, or why it cannot.  Anything else that it raises ends the process: after the author's code has run in it,
    nobody can say whose fault that is."""
    try:
        return work()
    except Refused as refused:
        return refused.report, b""
    except frames.LoadFailed as error:
        return Refused("load_failed", str(error)).report, b""
    except MemoryError:
        return out_of_memory().report, b""


def reported_without_code(work: Callable[[], Reported]) -> Reported:
    """The same where nobody's code runs: anything else is a fault of ours, and told as one."""
    try:
        return reported(work)
    except BaseException as error:
        return lost(error).report, b""
