"""A reader, inside the jail and without anybody's code: decodes a dataset and leaves the rows that the viewer may see in memory.

Its process is the only one that ever holds the other rows.  It ends before a card's begins."""

import mmap
import os
import time
from typing import Any

import pyarrow as pa

from . import frames, report
from .failures import Refused, Reported, reported_without_code


def run(job: dict[str, Any], data: list[int]) -> None:
    """`data`: the memory for the rows, then the descriptors of the dataset's files.  Writes a stream of Arrow, and reports.  Never
    raises."""
    cpu = time.process_time()
    rows, *files = data
    answer, _ = reported_without_code(lambda: _keep(job, rows, files))
    answer["cpuMs"] = round((time.process_time() - cpu) * 1e3, 2)
    report.write(answer)


def _keep(job: dict[str, Any], rows: int, files: list[int]) -> Reported:
    kept = frames.kept_rows(job["dataset"], job["filters"], job["zone"], files)
    fill(rows, kept)
    return {"ok": True, "rows": {"input": kept.num_rows, "filtered": kept.num_rows}}, b""


def fill(rows: int, table: pa.Table) -> None:
    """Writes the table to the descriptor `rows` and cuts it to its length.

    By a mapping: what a card's child may write() to a file is limited to far less."""
    counted = pa.MockOutputStream()
    _write(table, counted)
    size = counted.size()
    if size > os.fstat(rows).st_size:
        raise Refused("memory_limit", "too many rows", details={"used": size})
    _write(table, pa.FixedSizeBufferWriter(pa.py_buffer(mmap.mmap(rows, size))))
    os.ftruncate(rows, size)


def _write(table: pa.Table, sink: pa.NativeFile) -> None:
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
