"""Holds what was written against what was read: rows and nulls from the Parquet footers. Knows nothing of CSV."""

import hashlib
import os
from typing import NamedTuple

import duckdb

from .columns.profile import Column
from .columns.sql import literal
from .failures import failure


class Written(NamedTuple):
    """One file of the import; `path` below the output directory."""

    path: str
    rows: int
    bytes: int
    sha256: str


def verify(
    db: duckdb.DuckDBPyConnection, out_dir: str, paths: list[str], names: list[str], columns: list[Column], rows: int
) -> list[Written]:
    """Every record read is a row, and no cell became null on the way. Raises `verify_rows`, `verify_nulls`."""
    full = {os.path.join(out_dir, path): path for path in paths}
    files = f"[{', '.join(map(literal, full))}]"
    counted = dict(db.execute(f"SELECT file_name, num_rows FROM parquet_file_metadata({files})").fetchall())
    if sum(counted.values()) != rows:
        raise failure("verify_rows", expected=rows, found=sum(counted.values()))
    nulls = dict(
        db.execute(
            f"SELECT column_id, sum(stats_null_count)::bigint FROM parquet_metadata({files}) GROUP BY 1"
        ).fetchall()
    )
    for number, (name, column) in enumerate(zip(names, columns, strict=True)):
        if rows and nulls.get(number) != column.nulls:
            raise failure("verify_nulls", column=name, expected=column.nulls, found=nulls.get(number))
    return [Written(path, counted[file], os.path.getsize(file), _sha256(file)) for file, path in full.items()]


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
