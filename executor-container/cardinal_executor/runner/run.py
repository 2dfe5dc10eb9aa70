"""One card, inside the jail: load its frames, run its code, convert what it returned, report.

Shares its address space with hostile code, so nothing said here is believed outside beyond its form."""

import resource
import sys
import time
import warnings
from typing import Any

from . import determinism, frames, more_libraries, narrow, report, tracebacks
from .convert import close_figures, convert
from .convert.artefact import Artefact, InvalidResult
from .names import globals_for
from .prompt_output import PromptOutput

NOT_AVAILABLE = "Network connections, sub-processes and files of the machine are not available to code here."


class Refused(Exception):
    """A report of an error, ready to send."""

    def __init__(self, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.report = {"ok": False, "code": code, "message": message, **more}


def run_card(job: dict[str, Any], data: list[int]) -> None:
    """Runs the job (see cards.card_job) and writes its report.  Never raises: what goes wrong is reported by code."""
    started, cpu = time.perf_counter(), time.process_time()
    open_output()
    determinism.settle()
    body = b""
    try:
        answer, body = _answer(job, data, started)
    except Refused as refused:
        answer = refused.report
    except frames.LoadFailed as error:
        answer = {"ok": False, "code": "load_failed", "message": str(error)}
    except MemoryError:
        answer = Refused("memory_limit", "MemoryError", details=peak_memory()).report
    if not answer["ok"] and narrow.asked:
        answer = {"ok": False, "code": "needs_all_columns", "message": narrow.asked}
    if more_libraries.asked:  # whatever came of it
        answer, body = {"ok": False, "code": "needs_more_libraries", "message": more_libraries.asked}, b""
    answer["cpuMs"] = round((time.process_time() - cpu) * 1e3, 2)
    answer.setdefault("runMs", round((time.perf_counter() - started) * 1e3, 2))
    flush_output()
    report.write(answer, body)


def peak_memory() -> dict[str, int]:
    return {"used": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}


def open_output(promptly: int = 0) -> None:
    """print() goes to the log descriptor; text that UTF-8 cannot carry is replaced.  `promptly`: so many characters go there line by
    line, for somebody who reads them meanwhile."""
    sys.stdin = open(0)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replacement", closefd=False, buffering=1 << 13)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replacement", closefd=False, buffering=1)  # noqa: SIM115
    if promptly > 0:
        sys.stdout = PromptOutput(sys.stdout.detach(), promptly)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")  # a library's advice to its users is not the card's output


def flush_output() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the card closed it, or the supervisor stopped reading: nothing is left to say


def _answer(job: dict[str, Any], data: list[int], started: float) -> tuple[dict[str, Any], bytes]:
    code = job["code"].removeprefix("\ufeff")
    loaded = frames.load(job["datasets"], job["filters"], job["zone"], data)
    given = {
        dataset["name"]: _guarded(dataset, loaded.frames[dataset["name"]], job["narrow"]) for dataset in job["datasets"]
    }
    after_load = time.perf_counter()
    artefact = _execute(code, job, given)
    body = _body(artefact, job["bodyBytes"])
    if narrow.asked:  # the card swallowed the refusal
        raise Refused("needs_all_columns", narrow.asked)
    columns = [column["name"] for dataset in job["datasets"] for column in dataset["schema"]]
    return {
        "ok": True,
        "kind": artefact.kind,
        "libs": list(artefact.libs),
        "heightHint": artefact.height,
        "usedColumns": narrow.mentioned(code, dict.fromkeys(columns)),
        "filterApplicable": artefact.filter_applicable,
        "rows": {"input": loaded.rows_input, "filtered": loaded.rows_filtered},
        "warnings": list(artefact.warnings),
        "loadMs": round((after_load - started) * 1e3, 2),
        "runMs": round((time.perf_counter() - after_load) * 1e3, 2),
    }, body


def _guarded(dataset: dict[str, Any], frame: Any, is_narrow: bool) -> Any:
    return narrow.narrow(frame, [column["name"] for column in dataset["schema"]]) if is_narrow else frame


def _execute(code: str, job: dict[str, Any], given: dict[str, Any]) -> Artefact:
    """Author's code from here on: whatever it raises becomes a report."""
    try:
        scope = globals_for(given)
        exec(compile(code, tracebacks.CARD_FILE, "exec"), scope)
        render = scope.get(job["entry"])
        if not callable(render):
            raise InvalidResult(f"The code defines no function {job['entry']}(dataset, filters, params).")
        dataset = given if len(given) > 1 else next(iter(given.values()), None)
        value = render(dataset, filters_by_column(job["filters"]), job["params"])
        return convert(value, job["scripts"])
    except InvalidResult as error:
        raise _needs_all_or(job, Refused("invalid_result", str(error))) from None
    except MemoryError as error:
        raise Refused("memory_limit", "MemoryError", line=tracebacks.line_of(error), details=peak_memory()) from None
    except narrow.NeedsAll as error:
        raise Refused("needs_all_columns", str(error)) from None
    except more_libraries.NeedsMore as error:
        raise Refused("needs_more_libraries", str(error)) from None
    except BaseException as error:
        raise _needs_all_or(job, refusal_of(error, code)) from None
    finally:
        close_figures()


def _needs_all_or(job: dict[str, Any], refused: Refused) -> Refused:
    """Any error of a narrow run may come from the columns it lacks: only the complete run's error counts."""
    return Refused("needs_all_columns", str(refused)) if job["narrow"] else refused


def refusal_of(error: BaseException, code: str) -> Refused:
    """A call that the jail refuses is a violation, whichever library wrapped the PermissionError."""
    described = tracebacks.describe(error, code)
    refused = any(isinstance(link, PermissionError) or _is_name_lookup(link) for link in tracebacks.chain(error))
    if refused:
        described["message"] = f"{NOT_AVAILABLE} ({described['message']})"
    return Refused("sandbox_violation" if refused else "user_code_error", **described)


def _is_name_lookup(error: BaseException) -> bool:
    return type(error).__name__ == "gaierror"


def filters_by_column(filters: list[dict[str, Any]]) -> dict[str, Any]:
    """{"region": ["APAC", None], "day": {"start": "2024-01-01", "end": None}}"""
    given: dict[str, Any] = {}
    for condition in filters:
        if condition["type"] == "category":
            given[condition["column"]] = [*condition["values"], *([None] if condition.get("includeNull") else [])]
        else:
            given[condition["column"]] = {"start": condition["start"], "end": condition["end"]}
    return given


def _body(artefact: Artefact, limit: int) -> bytes:
    """The artefact's bytes.  The length in characters is tried first: encoding what is far too large would cost its memory again."""
    used = len(artefact.body)
    body = b"" if used > limit else report.clean(artefact.body).encode()
    used = max(used, len(body))
    if used > limit:
        raise Refused("output_limit", "The result is too large.", details={"limit": limit, "used": used})
    return body
