"""A result as Parquet on a descriptor, or its first rows as cells of the protocol.  The same result gives the same bytes."""

import datetime as dt
import math
import os
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cardinal_executor.importer.write import row_group_rows

from . import report
from .transform_columns import EXACT, Column
from .transform_result import Result


def write(result: Result, fd: int, progress: Callable[[int, int], None]) -> None:
    """Snappy, statistics, row groups as an import writes them.  `progress`: rows written, of how many."""
    table = result.table()
    group = row_group_rows(len(result.columns))
    with (
        os.fdopen(fd, "wb", closefd=False) as file,
        pq.ParquetWriter(
            file, table.schema, compression="snappy", write_statistics=True, store_schema=False
        ) as parquet,
    ):
        for start in range(0, result.rows, group):
            progress(start, result.rows)
            parquet.write_table(table.slice(start, group), row_group_size=group)
    progress(result.rows, result.rows)


def described(column: Column) -> dict[str, Any]:
    """The column as the manifest has it; `exact`: it holds integers that a float does not."""
    nulls = column.values.null_count
    return {
        "name": column.name,
        "type": column.type,
        "zoned": column.zoned,
        "nullable": nulls > 0,
        "nullCount": nulls,
        "exact": column.type == "int64" and _beyond_floats(column.values),
    }


def _beyond_floats(values: pa.ChunkedArray) -> bool:
    ends = pc.min_max(values).as_py()
    return ends["min"] is not None and max(-ends["min"], ends["max"]) > EXACT


def first_rows(result: Result, count: int) -> list[list[Any]]:
    """The first `count` rows, their cells in the order of the columns."""
    cells = [[_cell(value, column) for value in column.values.slice(0, count).to_pylist()] for column in result.columns]
    return [list(row) for row in zip(*cells, strict=True)]


def _cell(value: Any, column: Column) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dt.datetime):
        return _datetime_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and abs(value) >= EXACT:
        return str(value)
    return report.clean(value) if isinstance(value, str) else value


def _datetime_text(value: dt.datetime) -> str:
    """With as many digits of a second as it takes; `Z` only for an instant."""
    digits = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{value.replace(microsecond=0, tzinfo=None).isoformat()}{digits}{'Z' if value.tzinfo else ''}"
