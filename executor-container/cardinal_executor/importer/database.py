"""A DuckDB that touches nothing but the files it is given, and how it reads a clean CSV. Knows nothing of types."""

import os

import duckdb

from .columns.sql import literal
from .structure.dialect import Dialect
from .structure.records import MAX_RECORD
from .structure.survey import Table

MEMORY_MB = 512
WIDE = 1000


def connect(work_dir: str, columns: int, memory_mb: int) -> duckdb.DuckDBPyConnection:
    """In memory, spilling to `work_dir`. Each thread holds a row group of every column, so wide files get one thread."""
    spill = os.path.join(work_dir, "spill")
    os.makedirs(spill, exist_ok=True)
    db = duckdb.connect(
        config={
            "threads": 1 if columns > WIDE else 2,
            "memory_limit": f"{min(MEMORY_MB, memory_mb // 2)}MB",
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
        }
    )
    db.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    return db


def cells(width: int) -> list[str]:
    """The names of the columns of `read_table`: the file's own are given only when Parquet is written."""
    return [f"c{number}" for number in range(width)]


def read_table(table: Table, dialect: Dialect, nulls: tuple[str, ...], types: list[str] | None = None) -> str:
    """SQL of the table with `nulls` as NULL and the cells as `types`, without which all are VARCHAR. Only LF with `new_line`
    said reads quoted line ends right; without `buffer_size` the buffer would be sixteen times the longest line."""
    names = cells(dialect.width)
    columns = ", ".join(
        f"{cell}: '{kind}'" for cell, kind in zip(names, types or ["VARCHAR"] * len(names), strict=True)
    )
    delimiter, quote = literal(dialect.grammar.delimiter.decode()), literal(dialect.grammar.quote.decode())
    return (
        f"read_csv({literal(table.path)}, auto_detect=false, header=false, strict_mode=true, "
        f"delim={delimiter}, quote={quote}, escape={quote}, new_line='\\n', skip={table.skip}, compression='none', "
        f"nullstr=[{', '.join(map(literal, nulls or NEVER))}], columns={{{columns}}}, "
        f"max_line_size={2 * MAX_RECORD}, buffer_size={4 * MAX_RECORD})"
    )


# An empty list is no list to DuckDB; a record with a NUL never reaches it, so this matches nothing.
NEVER = ("\x01no cell is null\x01",)
