"""From whatever `transform` returned to the columns of a dataset.  What fits no dataset is refused in words that say what to do."""

import collections
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd
import polars as pl
import pyarrow as pa

from . import report
from .convert.artefact import InvalidResult
from .transform_columns import Before, Column, Notes, refuse, typed
from .transform_pandas import columns_of

MOST_COLUMNS = 2000  # as of an import
LONGEST_NAME = 255  # characters
ACCEPTED = "Return a pandas or polars DataFrame, a pyarrow Table or a Series."
HINTS = {"DuckDBPyRelation": " Call .df() on it.", "Styler": " Return its .data.", "DataFrameGroupBy": " Aggregate it."}


class Result(NamedTuple):
    columns: list[Column]
    rows: int
    warnings: list[str]

    def table(self) -> pa.Table:
        return pa.table([column.values for column in self.columns], [column.name for column in self.columns])


def convert(value: Any, before: dict[str, Before]) -> Result:
    """`before`: the input columns by name, as far as they agree.  InvalidResult names the column, what it holds and what to do."""
    notes = Notes()
    columns: list[Column] = []
    used: dict[str, str] = {}
    for raw, values in _columns(value, notes):
        name = _name(raw, used)
        columns.append(typed(name, values, before.get(name), notes))
    if not columns:
        raise InvalidResult("The result has no columns.")
    return Result(columns, len(columns[0].values), notes.warnings())


def inputs_by_column(datasets: Iterable[dict[str, Any]]) -> dict[str, Before]:
    """Columns of the inputs' schemas, but for names that stand for different types in two of them."""
    found: dict[str, set[tuple[str, bool]]] = collections.defaultdict(set)
    nullable: set[str] = set()
    for column in (column for dataset in datasets for column in dataset["schema"]):
        found[column["name"]].add((column["type"], column["zoned"]))
        if column["nullable"]:
            nullable.add(column["name"])
    return {name: Before(*kinds.pop(), name in nullable) for name, kinds in found.items() if len(kinds) == 1}


def _columns(value: Any, notes: Notes) -> Iterator[tuple[str, pa.ChunkedArray]]:
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pd.Series | pl.Series):
        value = value.to_frame()
    if isinstance(value, pl.DataFrame):
        return _of_polars(value)
    if isinstance(value, pd.DataFrame):
        _check_count(value.shape[1])
        return columns_of(value, notes)
    if isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    if isinstance(value, pa.Table):
        _check_count(value.num_columns)
        return iter(list(zip(value.column_names, value.columns, strict=True)))
    raise InvalidResult(f"transform returned {_described(value)}. {ACCEPTED}{HINTS.get(type(value).__name__, '')}")


def _of_polars(frame: pl.DataFrame) -> Iterator[tuple[str, pa.ChunkedArray]]:
    _check_count(frame.width)
    for series in frame.get_columns():
        if series.dtype == pl.Object:
            refuse(series.name, "Python objects", "Give it a type of polars, for example pl.String.")
        try:
            yield series.name, pa.chunked_array([series.to_arrow()])
        except pa.ArrowException:
            refuse(series.name, f"values of the type {series.dtype}", "Cast it, for example to pl.Int64.")


def _check_count(columns: int) -> None:
    if columns > MOST_COLUMNS:
        advice = "Turn columns into rows, for example by .melt()."
        raise InvalidResult(f"The result has {columns:,} columns; at most {MOST_COLUMNS:,} are stored. {advice}")


def _name(raw: str, used: dict[str, str]) -> str:
    """The name to store.  Capitals tell no names apart: neither does DuckDB."""
    name = report.clean(raw)
    if not name.strip():
        raise InvalidResult("A column of the result has no name. Name it: df = df.rename(columns={'': 'name'}).")
    if len(name) > LONGEST_NAME:
        raise InvalidResult(f"The name of a column is longer than {LONGEST_NAME} characters: {name[:40]!r}…")
    if any(character < " " or character == "\x7f" for character in name):
        raise InvalidResult(f"The name {name!r} of a column holds a control character, such as a line break.")
    key = name.casefold()
    if key in used:
        other = used[key]
        same = f"named {name!r}" if other == name else f"whose names differ in capitals alone: {other!r} and {name!r}"
        raise InvalidResult(
            f"The result has two columns {same}. Rename one, or drop the index: .reset_index(drop=True)."
        )
    used[key] = name
    return name


def _described(value: Any) -> str:
    if value is None:
        return "None (is there a return statement?)"
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
