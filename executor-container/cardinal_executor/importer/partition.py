"""Writes the typed rows as one Parquet file for each value of a column. Knows nothing of storage; the keys are made here alone."""

import datetime as dt
import hashlib
import os
import shutil
from typing import NamedTuple
from urllib.parse import quote

import duckdb

from .columns.rules import SAFE
from .columns.sql import identifier, literal
from .failures import failure
from .write import Plan, numbered, parquet_options

MOST_PARTITIONS = 1000
NULL_KEY = "__HIVE_DEFAULT_PARTITION__"
LONGEST_NAME = 240


class Partition(NamedTuple):
    """`path` below the output directory; `value` as JSON can carry it."""

    path: str
    value: str | int | float | bool | None


def partition_key(column: str, value: str | None) -> str:
    """`column=value` as one path segment: everything but letters, digits, `_.-~` percent-encoded as UTF-8. What is too long
    for a file name is cut and told apart by a hash."""
    segment = f"{quote(column, safe='')}={NULL_KEY if value is None else quote(value, safe='')}"
    if len(segment) <= LONGEST_NAME:
        return segment
    return segment[: LONGEST_NAME - 17] + "~" + hashlib.sha256(segment.encode()).hexdigest()[:16]


def write_partitions(
    db: duckdb.DuckDBPyConnection, plan: Plan, column: str, out_dir: str, work_dir: str
) -> list[Partition]:
    """Raises `too_many_partitions`. Rows keep the file's order, or that of `cluster_by`, within each file.

    DuckDB partitions by the number of a value, never by the value: its own encoding of names plays no part, and the column
    itself stays in the files. Sorted rows and one thread, or a partition would come in several files.
    """
    values = _number_values(db, plan, column)
    number, options = _unused("partition", plan.names), parquet_options(len(plan.names))
    sorted_path, parts = os.path.join(work_dir, "sorted.parquet"), os.path.join(work_dir, "parts")
    order = f"value_number, {plan.value(plan.cluster_by)}, ordinal" if plan.cluster_by else "value_number, ordinal"
    db.execute(
        f"COPY (SELECT {plan.select(f'value_number AS {identifier(number)}')} FROM {numbered(plan)} "
        f"JOIN partition_values ON value IS NOT DISTINCT FROM {plan.value(column)} ORDER BY {order}) "
        f"TO {literal(sorted_path)} ({options})"
    )
    threads = db.execute("SELECT current_setting('threads')").fetchone()[0]
    db.execute("SET threads = 1")
    db.execute(
        f"COPY (FROM {literal(sorted_path)}) TO {literal(parts)} ({options}, PARTITION_BY ({identifier(number)}))"
    )
    db.execute(f"SET threads = {threads}")
    os.remove(sorted_path)
    written = [_move(parts, number, i, column, value, out_dir) for i, value in enumerate(values)]
    shutil.rmtree(parts)
    return written


def _number_values(db: duckdb.DuckDBPyConnection, plan: Plan, column: str) -> list:
    """Makes the table `partition_values` (value, value_number), numbers in order of value; returns the values."""
    rows = f"SELECT DISTINCT {plan.value(column)} AS value FROM {plan.source}"
    count = db.execute(f"SELECT count(*) FROM ({rows})").fetchone()[0]
    if count > MOST_PARTITIONS:
        raise failure("too_many_partitions", column=column, values=count, most=MOST_PARTITIONS)
    db.execute(
        "CREATE TEMP TABLE partition_values AS "
        f"SELECT value, row_number() OVER (ORDER BY value NULLS LAST) - 1 AS value_number FROM ({rows})"
    )
    zoned = plan.columns[plan.names.index(column)].zoned
    shown = "value AT TIME ZONE 'UTC'" if zoned else "value"
    values = [
        value for (value,) in db.execute(f"SELECT {shown} FROM partition_values ORDER BY value_number").fetchall()
    ]
    return [value.replace(tzinfo=dt.UTC) if zoned and value else value for value in values]


def _move(parts: str, number: str, i: int, column: str, value, out_dir: str) -> Partition:
    """The one file of partition `i` to its place. More than one would be a fault of ours, and loses rows if unseen."""
    folder = os.path.join(parts, f"{number}={i}")
    (name,) = os.listdir(folder)
    shown = as_json(value)
    path = f"partitions/{partition_key(column, _text(shown))}/part-0000.parquet"
    target = os.path.join(out_dir, path)
    os.makedirs(os.path.dirname(target))
    os.rename(os.path.join(folder, name), target)
    return Partition(path, shown)


def as_json(value) -> str | int | float | bool | None:
    """A typed value as JSON can carry it: days and times as ISO 8601, UTC instants with Z, integers beyond 2^53 as text."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat() + ("Z" if value.tzinfo else "")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > SAFE:
        return str(value)
    return value


def _text(value: str | int | float | bool | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)


def _unused(name: str, names: list[str]) -> str:
    taken = {other.casefold() for other in names}
    while name in taken:
        name += "_"
    return name
