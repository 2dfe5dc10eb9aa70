"""Descriptors of Parquet files -> filtered pandas frames.  Our code on untrusted bytes, so it runs inside the jail like the card."""

import os
from dataclasses import dataclass
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa

from .filters import polars_type, predicates


class LoadFailed(Exception):
    """The bytes could not be read as the plan says: a hole in a sparse file, or a damaged object."""


@dataclass(frozen=True)
class Loaded:
    frames: dict[str, pd.DataFrame]  # by dataset name, in the request's order
    rows_input: int
    rows_filtered: int


def load(datasets: list[dict[str, Any]], filters: list[dict[str, Any]], zone: str, data: list[int]) -> Loaded:
    """`datasets` as in the protocol, with `files`: indexes into the descriptors `data`, all of which are closed afterwards."""
    frames = {}
    try:
        for dataset in datasets:
            conditions = [*own_rows(dataset, zone), *predicates(filters, dataset["schema"], zone)]
            frames[dataset["name"]] = read(dataset, conditions, [data[index] for index in dataset["files"]])
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        raise LoadFailed(f"{type(error).__name__}: {error}") from error
    finally:
        for fd in data:
            os.close(fd)
    rows = sum(len(frame) for frame in frames.values())
    # How many rows somebody may not see is not theirs to know either.
    known = sum(len(frames[each["name"]]) if each["rowFilters"] else each["rowCount"] for each in datasets)
    return Loaded(frames, known, rows)


def own_rows(dataset: dict[str, Any], zone: str) -> list[pl.Expr]:
    """What leaves the rows that the viewer may see.  One that could not be applied would show them all."""
    conditions = predicates(dataset["rowFilters"], dataset["schema"], zone)
    if len(conditions) < len(dataset["rowFilters"]):
        raise LoadFailed("a row filter is on a column that the data lack")
    return conditions


def read(dataset: dict[str, Any], conditions: list[pl.Expr], fds: list[int]) -> pd.DataFrame:
    """One dataset: the predicate goes into the decoder, then one conversion to pandas."""
    schema = {column["name"]: column for column in dataset["schema"]}
    wanted = list(schema) if dataset["columns"] is None else [name for name in schema if name in dataset["columns"]]
    if not fds:
        empty = pl.DataFrame(schema={name: polars_type(schema[name]) for name in wanted})
        return to_pandas(empty.to_arrow(), schema)
    scans = []
    for fd in fds:
        scan = pl.scan_parquet(os.fdopen(fd, "rb", closefd=False), glob=False, cache=False)
        for condition in conditions:
            scan = scan.filter(condition)
        scans.append(scan)
    rows = pl.concat(scans) if len(scans) > 1 else scans[0]
    if not wanted:
        return pd.DataFrame(index=pd.RangeIndex(rows.select(pl.len()).collect().item()))
    return to_pandas(rows.select(wanted).collect().to_arrow(), schema)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Dates become microsecond timestamps; text comes as pandas' own `str`, never as a category."""
    if pa.types.is_date(kind):
        return pa.timestamp("us")
    if pa.types.is_dictionary(kind) or pa.types.is_string_view(kind):
        return pa.large_string()
    return kind


def to_pandas(table: pa.Table, schema: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """What ordinary code expects: numpy numbers, `str`, datetime64[us].

    An int64 with nulls becomes float64 with NaN, pandas' habit, unless its values pass 2^53 (`exact`): then Int64.  A bool with
    nulls becomes `boolean`, not object."""
    table = table.cast(pa.schema([field.with_type(_plain_type(field.type)) for field in table.schema]))
    nullable_bools = any(pa.types.is_boolean(field.type) and table[field.name].null_count for field in table.schema)
    masked = {pa.bool_(): pd.BooleanDtype()} if nullable_bools else {}
    frame = table.to_pandas(use_threads=False, types_mapper=masked.get, split_blocks=True)
    for name in frame.columns:
        if schema[name].get("exact") and table[name].null_count:
            frame[name] = pd.array(table[name].to_pylist(), "Int64")
    return frame
