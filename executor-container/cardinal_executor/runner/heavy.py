"""An import or a preview inside the jail: hands the importer its source and its folder, and reports the manifest."""

import json
import os
from typing import Any

from cardinal_executor.sandbox.root import JOB, SOURCE_FD

from . import report
from .failures import Refused, Reported, reported_without_code
from .output import flush_output, open_output


def run(job: dict[str, Any], data: list[int]) -> None:
    """Import: {folder (None: /job), options, limits}; inspect: {options, whole}.  `data`: the source's descriptor.  Never raises."""
    open_output()
    outcome, body = reported_without_code(lambda: _work(job, data[0]))
    flush_output()
    report.write(outcome, body)


def _work(job: dict[str, Any], source: int) -> Reported:
    from cardinal_executor import importer

    try:
        found = _import(job, source) if job["task"] == "import" else _inspect(job, source)
    except importer.ImportFailed as failed:
        details = {"importCode": failed.code, **failed.details}
        raise Refused("import_failed", failed.message, details=details) from None
    return {"ok": True}, json.dumps(found, ensure_ascii=False).encode("utf-8", "replacement")


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
