"""One card, inside the jail: load its frames, run its code, convert what it returned, report.

Shares its address space with hostile code, so nothing said here is believed outside beyond its form."""

import time
from typing import Any

from . import determinism, frames, more_libraries, narrow, report, tracebacks
from .authors_code import entry_of, refused_by_line, without_mark
from .convert import close_figures, convert
from .convert.artefact import Artefact
from .failures import Refused, Reported, reported
from .output import flush_output, open_output


def run_card(job: dict[str, Any], data: list[int]) -> None:
    """Runs the job (see cards.card_job) and writes its report.  Never raises: what goes wrong is reported by code."""
    started, cpu = time.perf_counter(), time.process_time()
    open_output()
    determinism.settle()
    answer, body = reported(lambda: _answer(job, data, started))
    if not answer["ok"] and narrow.asked:
        answer = {"ok": False, "code": "needs_all_columns", "message": narrow.asked}
    if more_libraries.asked:  # whatever came of it
        answer, body = {"ok": False, "code": "needs_more_libraries", "message": more_libraries.asked}, b""
    answer["cpuMs"] = round((time.process_time() - cpu) * 1e3, 2)
    answer.setdefault("runMs", round((time.perf_counter() - started) * 1e3, 2))
    flush_output()
    report.write(answer, body)


def _answer(job: dict[str, Any], data: list[int], started: float) -> Reported:
    code = without_mark(job["code"])
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
        return refused_by_line(code, lambda: _render(code, job, given))
    except Refused as refused:
        raise _needs_all_or(job, refused) from None
    finally:
        close_figures()


def _render(code: str, job: dict[str, Any], given: dict[str, Any]) -> Artefact:
    try:
        render = entry_of(code, tracebacks.CARD_FILE, job, given, "dataset, filters, params")
        dataset = given if len(given) > 1 else next(iter(given.values()), None)
        value = render(dataset, filters_by_column(job["filters"]), job["params"])
        return convert(value, job["scripts"])
    except narrow.NeedsAll as error:
        raise Refused("needs_all_columns", str(error)) from None
    except more_libraries.NeedsMore as error:
        raise Refused("needs_more_libraries", str(error)) from None


def _needs_all_or(job: dict[str, Any], refused: Refused) -> Refused:
    """Any error of a narrow run may come from the columns it lacks: only the complete run's error counts."""
    is_certain = refused.code in ("memory_limit", "needs_more_libraries")
    return Refused("needs_all_columns", str(refused)) if job["narrow"] and not is_certain else refused


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
