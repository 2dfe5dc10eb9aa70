"""An import or a preview inside the jail: hands the importer its source and its folder, and reports the manifest."""

import json
import os
from typing import Any

from cardinal_executor.sandbox.root import JOB, SOURCE_FD

from . import report
from .run import flush_output, open_output


def run(job: dict[str, Any], data: list[int]) -> None:
    """Import: {folder (None: /job), options, limits}; inspect: {options, whole}.  `data`: the source's descriptor.  Never raises."""
    from cardinal_executor import importer

    open_output()
    body = b""
    try:
        answer = _import(job, data[0]) if job["task"] == "import" else _inspect(job, data[0])
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8", "replacement")
        outcome: dict[str, Any] = {"ok": True}
    except importer.ImportFailed as failed:
        details = {"importCode": failed.code, **failed.details}
        outcome = {"ok": False, "code": "import_failed", "message": failed.message, "details": details}
    except MemoryError:
        outcome = {"ok": False, "code": "memory_limit", "message": "MemoryError"}
    except BaseException as error:
        outcome = {"ok": False, "code": "executor_lost", "message": f"{type(error).__name__}: {error}"[:2000]}
    flush_output()
    report.write(outcome, body)


def _import(job: dict[str, Any], source: int) -> dict[str, Any]:
    from cardinal_executor import importer

    os.dup2(source, SOURCE_FD)
    folder = job["folder"] or JOB
    return importer.run_import(SOURCE_FD, f"{folder}/work", job["options"], job["limits"], report.progress)


def _inspect(job: dict[str, Any], source: int) -> dict[str, Any]:
    from cardinal_executor import importer

    with os.fdopen(source, "rb") as file:
        head = file.read()
    return importer.inspect(head, job["whole"], job["options"])
