"""A spare child's first steps, inside the jail: start the pools and touch the pages that the next card will need."""

import datetime as dt
import io
import os
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from . import frames
from .filters import predicates

ROWS = 64
SCHEMA = [
    {"name": "s", "type": "string", "zoned": False},
    {"name": "d", "type": "date", "zoned": False},
    {"name": "t", "type": "datetime", "zoned": False},
    {"name": "i", "type": "int64", "zoned": False},
    {"name": "f", "type": "float64", "zoned": False},
    {"name": "b", "type": "bool", "zoned": False},
]
FILTERS = [
    {"column": "s", "type": "category", "values": ["v1"], "includeNull": False},
    {"column": "d", "type": "date_range", "start": "2024-01-01", "end": "2024-01-02"},
]


def _sample() -> bytes:
    """A tiny Parquet file of every type; written by pyarrow, which owns no pool for it."""
    table = pa.table(
        {
            "s": [f"v{row % 4}" for row in range(ROWS)],
            "d": pa.array([dt.date(2024, 1, 1)] * ROWS),
            "t": pa.array([dt.datetime(2024, 1, 1)] * ROWS, pa.timestamp("us")),
            "i": list(range(ROWS)),
            "f": [float(row) for row in range(ROWS)],
            "b": [row % 2 == 0 for row in range(ROWS)],
        }
    )
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="snappy")
    return buffer.getvalue()


SAMPLE = _sample()


def open_sample() -> int:
    """A descriptor of the sample, the child's own: an inherited one would share its read position.  Call it before the jail."""
    fd = os.memfd_create("sample")
    os.write(fd, SAMPLE)
    return fd


def warm_up(fd: int) -> Iterator[None]:
    """Reads the sample as a card's data is read, and does with it what cards do most: in steps, between which a job can come first."""
    os.lseek(fd, 0, os.SEEK_SET)
    dataset = {"columns": None, "schema": SCHEMA}
    table = frames.decode(dataset, predicates(FILTERS, SCHEMA, "UTC"), [fd])
    yield
    frame = frames.to_pandas(table, SCHEMA)
    yield
    summed = frame.groupby("s")[["i", "f"]].agg({"i": "sum", "f": "mean"})
    yield
    summed.reset_index().to_html()
