"""Parquet data and the plan that the Worker would send for it."""

import io
import itertools
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .range_server import RangeServer

FOOTER = 8
_versions = itertools.count()


def parquet(table: pa.Table, row_group: int = 1000) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="snappy", row_group_size=row_group)
    return buffer.getvalue()


def column_type(kind: pa.DataType) -> tuple[str, bool]:
    if pa.types.is_timestamp(kind):
        return "datetime", kind.tz is not None
    names = {pa.int64(): "int64", pa.float64(): "float64", pa.bool_(): "bool", pa.date32(): "date"}
    return names.get(kind, "string"), False


def schema_of(table: pa.Table, exact: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    columns = []
    for field in table.schema:
        kind, zoned = column_type(field.type)
        nulls = table[field.name].null_count > 0
        columns.append(
            {"name": field.name, "type": kind, "zoned": zoned, "nullable": nulls, "exact": field.name in exact}
        )
    return columns


def ranges_of(data: bytes, columns: list[str] | None, row_groups: list[int] | None = None) -> list[list[int]]:
    """The footer, and the column chunks that are needed."""
    footer = int.from_bytes(data[-8:-4], "little") + FOOTER
    found = [[len(data) - footer, len(data)], [0, 4]]
    metadata = pq.read_metadata(io.BytesIO(data))
    for group in row_groups if row_groups is not None else range(metadata.num_row_groups):
        for index in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(index)
            if columns is None or chunk.path_in_schema in columns:
                pages = [page for page in (chunk.dictionary_page_offset, chunk.data_page_offset) if page]
                found.append([min(pages), min(pages) + chunk.total_compressed_size])
    return found


def dataset(
    storage: RangeServer,
    name: str,
    table: pa.Table,
    columns: list[str] | None = None,
    reads: list[str] | None = None,
    exact: tuple[str, ...] = (),
    row_group: int = 1000,
) -> dict[str, Any]:
    """Puts `table` into storage and plans to hand over `columns`; `reads` are those whose bytes are planned (default: all)."""
    data = parquet(table, row_group)
    path = f"{name}.parquet"
    url = storage.put(path, data)
    planned = {
        "key": path,
        "version": f"ver_{next(_versions)}",
        "size": len(data),
        "url": url,
        "etag": storage.etags[path],
        "ranges": ranges_of(data, reads),
        "rowGroups": [],
        "partition": None,
    }
    return {
        "name": name,
        "columns": columns,
        "schema": schema_of(table, exact),
        "rowCount": table.num_rows,
        "rowFilters": [],
        "objects": [planned],
    }
