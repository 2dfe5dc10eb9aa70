"""Writes the typed rows as Parquet, in file order or sorted by a column. Knows nothing of partitions."""

import os
from typing import NamedTuple

import duckdb

from .columns.profile import Column
from .columns.rules import classes_of
from .columns.sql import cast, fits, identifier, literal, read_type, trimmed

ROW_GROUP, SMALLEST_ROW_GROUP, CELLS = 131_072, 2048, 131_072 * 128


class Plan(NamedTuple):
    """The typed rows: `source` is SQL of the table, `cells` its columns, each as its `cell_type`; `names` and `columns` what
    they become."""

    source: str
    cells: list[str]
    names: list[str]
    columns: list[Column]
    cluster_by: str | None = None

    def value(self, name: str) -> str:
        """SQL of the typed value of a column."""
        return self._values()[self.names.index(name)]

    def select(self, extra: str = "") -> str:
        """The typed columns by their names, then `extra`."""
        values = [f"{value} AS {identifier(name)}" for value, name in zip(self._values(), self.names, strict=True)]
        return ", ".join([*values, extra] if extra else values)

    def _values(self) -> list[str]:
        return [_value(cell, column) for cell, column in zip(self.cells, self.columns, strict=True)]


def cell_type(column: Column) -> str:
    """The type as which a column's cells are best read: DuckDB's reader is quicker than a cast of text."""
    return "VARCHAR" if column.misfits else read_type(column.kind, column.zoned, column.flags)


def _value(cell: str, column: Column) -> str:
    if cell_type(column) != "VARCHAR":
        return cell
    value = cast(cell, column.kind, column.zoned, column.flags)
    if not column.misfits:
        return value
    fit = fits(trimmed(cell), classes_of(column.kind, column.zoned) | column.flags)
    return f"CASE WHEN {fit} THEN {value} END"


def row_group_rows(columns: int) -> int:
    """About 128 k rows, fewer in wide tables: a writer holds a whole group of each column."""
    return max(SMALLEST_ROW_GROUP, min(ROW_GROUP, CELLS // columns))


def parquet_options(columns: int) -> str:
    rows = row_group_rows(columns)
    return f"FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v2, ROW_GROUP_SIZE {rows}"


def write_single(db: duckdb.DuckDBPyConnection, plan: Plan, out_dir: str) -> str:
    """One file, `data/part-0000.parquet`; returns that path below `out_dir`. `cluster_by` sorts stably."""
    path = "data/part-0000.parquet"
    os.makedirs(os.path.join(out_dir, "data"), exist_ok=True)
    if plan.cluster_by:
        rows = f"SELECT {plan.select()} FROM {numbered(plan)} ORDER BY {plan.value(plan.cluster_by)}, ordinal"
    else:
        rows = f"SELECT {plan.select()} FROM {plan.source}"
    target = literal(os.path.join(out_dir, path))
    db.execute(f"COPY ({rows}) TO {target} ({parquet_options(len(plan.names))})")
    return path


def numbered(plan: Plan) -> str:
    """The table with the ordinal of each record: DuckDB's sort alone is not stable."""
    return f"(SELECT *, row_number() OVER () AS ordinal FROM {plan.source})"
