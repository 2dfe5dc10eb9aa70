"""The import as one would write it with pandas: the first pass judges all cells, the second casts and writes."""

import os
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

NULLS = ["", "NULL", "null", "NA", "N/A", "NaN"]
ROWS = 131_072
DATE = r"\d{4}-\d{2}-\d{2}"
INSTANT = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:?\d{2})"
# Type → the form of its cells, and the types that a column may widen to.
FORMS = {
    "int64": (r"0|-?[1-9]\d{0,18}", ["float64", "string"]),
    "float64": (r"-?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d+)?", ["string"]),
    "bool": (r"(?i:true|false|yes|no)", ["string"]),
    "date": (DATE, ["string"]),
    "instant": (INSTANT, ["string"]),
    "string": (r"(?s:.*)", []),
}
ARROW = {
    "int64": pa.int64(),
    "float64": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", "UTC"),
    "string": pa.string(),
}
CASTS: dict[str, Callable] = {
    "int64": lambda cells: cells.astype("Int64"),
    "float64": lambda cells: cells.astype("Float64"),
    "bool": lambda cells: cells.str.lower().map({"true": True, "yes": True, "false": False, "no": False}),
    "date": lambda cells: pd.to_datetime(cells, format="%Y-%m-%d"),
    "instant": lambda cells: pd.to_datetime(cells, format="ISO8601", utc=True),
    "string": lambda cells: cells,
}


def chunks(source: str):
    return pd.read_csv(source, dtype=str, keep_default_na=False, na_values=NULLS, chunksize=ROWS)


def judge(source: str) -> dict[str, str]:
    """Column → type; each chunk is tested against the type so far, and against wider ones only where a cell does not fit."""
    types: dict[str, str] = {}
    for chunk in chunks(source):
        for name, cells in chunk.items():
            present = cells.dropna()
            tried = [types[name], *FORMS[types[name]][1]] if name in types else list(FORMS)
            types[name] = next(kind for kind in tried if present.str.fullmatch(FORMS[kind][0]).all())
    return types


def import_in_chunks(source: str, target: str) -> dict:
    """Writes `target`; returns rows, types and bytes."""
    types, rows = judge(source), 0
    schema = pa.schema([(name, ARROW[kind]) for name, kind in types.items()])
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for chunk in chunks(source):
            typed = pd.DataFrame({name: CASTS[types[name]](cells) for name, cells in chunk.items()})
            writer.write_table(pa.Table.from_pandas(typed, schema, preserve_index=False))
            rows += len(chunk)
    return {"rows": rows, "types": list(types.values()), "bytes": os.path.getsize(target)}
