"""The author's code, of a card or a transform: run, and whatever it raises made a report in the author's words."""

from collections.abc import Callable
from typing import Any, TypeVar

from . import tracebacks
from .convert.artefact import InvalidResult
from .failures import Refused, out_of_memory
from .names import globals_for

NOT_AVAILABLE = "Network connections, sub-processes and files of the machine are not available to code here."
T = TypeVar("T")


def entry_of(code: str, file: str, job: dict[str, Any], given: dict[str, Any], takes: str) -> Callable[..., Any]:
    """Runs the code's top and returns its function `job["entry"]`.  `file`: its name in tracebacks; `takes`: for who forgot it."""
    scope = globals_for(given)
    exec(compile(code, file, "exec"), scope)
    entry = scope.get(job["entry"])
    if not callable(entry):
        raise InvalidResult(f"The code defines no function {job['entry']}({takes}).")
    return entry


def without_mark(code: str) -> str:
    """Some editors begin a text with a mark of its byte order."""
    return code.removeprefix("\ufeff")


def refused_by_line(code: str, work: Callable[[], T]) -> T:
    """What `work` returns, in which the author's code runs; whatever that raises becomes a Refused."""
    try:
        return work()
    except Refused:
        raise
    except InvalidResult as error:
        raise Refused("invalid_result", str(error)) from None
    except MemoryError as error:
        raise out_of_memory(line=tracebacks.line_of(error)) from None
    except BaseException as error:
        raise _refusal_of(error, code) from None


def _refusal_of(error: BaseException, code: str) -> Refused:
    """A call that the jail refuses is a violation, whichever library wrapped the PermissionError."""
    described = tracebacks.describe(error, code)
    refused = any(isinstance(link, PermissionError) or _is_name_lookup(link) for link in tracebacks.chain(error))
    if refused:
        described["message"] = f"{NOT_AVAILABLE} ({described['message']})"
    return Refused("sandbox_violation" if refused else "user_code_error", **described)


def _is_name_lookup(error: BaseException) -> bool:
    return type(error).__name__ == "gaierror"
