"""What the Worker sends for a dataset: from the footers, the row groups that may match and the byte ranges of the columns used."""

import datetime as dt
import os
from functools import cache
from typing import Any, NamedTuple

import pyarrow.parquet as pq
from storage import Storage

TYPES = {
    "int64": "int64",
    "double": "float64",
    "bool": "bool",
    "date32[day]": "date",
    "timestamp[us]": "datetime",
    "string": "string",
}


class Footer(NamedTuple):
    """Read once per file: the Worker keeps it with the dataset's version."""

    metadata: pq.FileMetaData
    size: int
    length: int  # of the footer, with its own length and the magic word


@cache
def read_footer(path: str) -> Footer:
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        file.seek(size - 8)
        length = int.from_bytes(file.read(4), "little") + 8
    return Footer(pq.read_metadata(path), size, length)


def plan_dataset(
    storage: Storage, name: str, paths: list[str], columns: list[str], filters: list[dict[str, Any]]
) -> dict[str, Any]:
    """The protocol's dataset over `paths` below the storage, which hands over `columns`; those of the filters are among them."""
    footers = {path: read_footer(f"{storage.folder}/{path}") for path in paths}
    kept = {path: matching_groups(footer.metadata, filters) for path, footer in footers.items()}
    return {
        "name": name,
        "columns": columns,
        "schema": schema(next(iter(footers.values())).metadata),
        "rowCount": sum(footer.metadata.num_rows for footer in footers.values()),
        "objects": [
            {
                "key": path,
                "version": "1",
                "size": footer.size,
                "url": f"{storage.url}/{path}",
                "etag": None,
                "ranges": byte_ranges(footer, kept[path], columns),
                "rowGroups": kept[path],
                "partition": None,
            }
            for path, footer in footers.items()
            if kept[path]
        ],
    }


def schema(metadata: pq.FileMetaData) -> list[dict[str, Any]]:
    return [
        {"name": field.name, "type": TYPES[str(field.type)], "zoned": False, "nullable": True, "exact": False}
        for field in metadata.schema.to_arrow_schema()
    ]


def matching_groups(metadata: pq.FileMetaData, filters: list[dict[str, Any]]) -> list[int]:
    """Row groups whose statistics exclude no filter."""
    positions = {metadata.schema.column(index).name: index for index in range(metadata.num_columns)}
    return [
        group
        for group in range(metadata.num_row_groups)
        if all(
            may_match(condition, metadata.row_group(group).column(positions[condition["column"]]).statistics)
            for condition in filters
        )
    ]


def may_match(condition: dict[str, Any], found: pq.Statistics | None) -> bool:
    if found is None or not found.has_min_max:
        return True
    if condition["type"] == "category":
        return any(found.min <= value <= found.max for value in condition["values"])
    start, end = (dt.date.fromisoformat(condition[side]) for side in ("start", "end"))
    return found.min <= end and found.max >= start


def byte_ranges(footer: Footer, groups: list[int], columns: list[str]) -> list[tuple[int, int]]:
    ranges = [(0, 4), (footer.size - footer.length, footer.size)]
    for group in groups:
        for index in range(footer.metadata.num_columns):
            chunk = footer.metadata.row_group(group).column(index)
            if chunk.path_in_schema in columns:
                start = min(page for page in (chunk.dictionary_page_offset, chunk.data_page_offset) if page)
                ranges.append((start, start + chunk.total_compressed_size))
    return sorted(ranges)
