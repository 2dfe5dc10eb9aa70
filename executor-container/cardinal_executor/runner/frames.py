"""Descriptors of Parquet files -> filtered pandas frames.  Our code on untrusted bytes, so it runs inside the jail like the card."""

import mmap
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from .filters import polars_type, predicates

UNREADABLE = (pl.exceptions.PolarsError, pa.ArrowException, OSError)


class LoadFailed(Exception):
    """The bytes could not be read as the plan says: a hole in a sparse file, or a damaged object."""


@dataclass(frozen=True)
class Loaded:
    frames: dict[str, pd.DataFrame]  # by dataset name, in the request's order
    rows_input: int
    rows_filtered: int
    originals: list[pd.DataFrame]  # see load()


def load(datasets: list[dict[str, Any]], filters: list[dict[str, Any]], zone: str, data: list[int]) -> Loaded:
    """`datasets` as in the protocol, with indexes into the descriptors `data`: `files`, or `rows` where a reader has left those it
    keeps.  All descriptors are closed afterwards.

    Memory of the frames cannot be written.  They share it with the `originals`, so pandas copies a column before it changes it."""
    originals = []
    try:
        for dataset in datasets:
            if "rows" in dataset:
                table = _left_by_reader(data[dataset["rows"]])
            else:
                conditions = predicates(filters, dataset["schema"], zone)
                table = decode(dataset, conditions, [data[index] for index in dataset["files"]])
            originals.append(to_pandas(table, dataset["schema"]))
    except UNREADABLE as error:
        raise LoadFailed(f"{type(error).__name__}: {error}") from error
    finally:
        for fd in data:
            os.close(fd)
    lengths = [len(frame) for frame in originals]
    # How many rows somebody may not see is not theirs to know either.
    counts = [
        length if dataset["rowCount"] is None else dataset["rowCount"]
        for dataset, length in zip(datasets, lengths, strict=True)
    ]
    frames = {dataset["name"]: frame.copy(deep=False) for dataset, frame in zip(datasets, originals, strict=True)}
    return Loaded(frames, sum(counts), sum(lengths), originals)


def _left_by_reader(fd: int) -> pa.Table:
    """Without a copy."""
    rows = mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    return pa.ipc.open_stream(pa.py_buffer(rows)).read_all()


def kept_rows(dataset: dict[str, Any], filters: list[dict[str, Any]], zone: str, data: list[int]) -> pa.Table:
    """For a reader: the rows that the viewer may see, of those the ones that `filters` leave, in buffers that hold no others."""
    own = predicates(dataset["rowFilters"], dataset["schema"], zone)
    if len(own) < len(dataset["rowFilters"]):  # it would show them all
        raise LoadFailed("a row filter is on a column that the data lack")
    conditions = [*own, *predicates(filters, dataset["schema"], zone)]
    try:
        return _compact(decode(dataset, conditions, [data[index] for index in dataset["files"]]))
    except UNREADABLE as error:
        raise LoadFailed(f"{type(error).__name__}: {error}") from error


def _compact(table: pa.Table) -> pa.Table:
    """Every column taken row by row into new buffers.  Those of a filtered column may reach into rows that were left out, and a null
    may keep the value of one beneath it; taken, nulls are zeros."""
    return table.combine_chunks().take(pa.array(np.arange(table.num_rows))) if table.num_columns else table


def decode(dataset: dict[str, Any], conditions: list[pl.Expr], fds: list[int]) -> pa.Table:
    """One dataset in the types that pandas is given: the predicate goes into the decoder."""
    schema = {column["name"]: column for column in dataset["schema"]}
    wanted = list(schema) if dataset["columns"] is None else [name for name in schema if name in dataset["columns"]]
    if not fds:
        return _plain(pl.DataFrame(schema={name: polars_type(schema[name]) for name in wanted}).to_arrow())
    scans = []
    for fd, groups in zip(fds, dataset.get("rowGroups") or [None] * len(fds), strict=True):
        for scan in _row_groups(fd, groups):
            for condition in conditions:
                scan = scan.filter(condition)
            scans.append(scan)
    rows = pl.concat(scans) if len(scans) > 1 else scans[0]
    if dataset.get("most") is not None:
        rows = rows.head(dataset["most"])
    if not wanted:
        return _without_columns(rows.select(pl.len()).collect().item())
    return _plain(rows.select(wanted).collect().to_arrow())


def _row_groups(fd: int, groups: list[int] | None) -> list[pl.LazyFrame]:
    """The whole file, or only the named row groups of it: the bytes of others need not be there."""
    file = os.fdopen(fd, "rb", closefd=False)
    if groups is None:
        return [pl.scan_parquet(file, glob=False, cache=False)]
    metadata = pq.read_metadata(file)
    counts = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    os.lseek(fd, 0, os.SEEK_SET)  # polars reads from where a file stands
    scan = pl.scan_parquet(file, glob=False, cache=False)
    return [scan.slice(sum(counts[:group]), counts[group]) for group in groups] or [scan.head(0)]


def _without_columns(rows: int) -> pa.Table:
    return pa.Table.from_batches([pa.RecordBatch.from_struct_array(pa.array([{}] * rows, pa.struct([])))])


def _plain(table: pa.Table) -> pa.Table:
    return table.cast(pa.schema([field.with_type(_plain_type(field.type)) for field in table.schema]))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Dates become microsecond timestamps; text comes as pandas' own `str`, never as a category."""
    if pa.types.is_date(kind):
        return pa.timestamp("us")
    if pa.types.is_dictionary(kind) or pa.types.is_string_view(kind):
        return pa.large_string()
    return kind


def to_pandas(table: pa.Table, schema: list[dict[str, Any]]) -> pd.DataFrame:
    """What ordinary code expects: numpy numbers, `str`, datetime64[us].

    An int64 with nulls becomes float64 with NaN, pandas' habit, unless its values pass 2^53 (`exact`): then Int64.  A bool with
    nulls becomes `boolean`, not object."""
    types = {column["name"]: column for column in schema}
    nullable_bools = any(pa.types.is_boolean(field.type) and table[field.name].null_count for field in table.schema)
    masked = {pa.bool_(): pd.BooleanDtype()} if nullable_bools else {}
    frame = table.to_pandas(use_threads=False, types_mapper=masked.get, split_blocks=True)
    for name in frame.columns:
        if types[name].get("exact") and table[name].null_count:
            frame[name] = pd.array(table[name].to_pylist(), "Int64")
    return frame
