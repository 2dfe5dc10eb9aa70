"""Frames as accessible tables: the first 1,000 rows, headings with a scope, numbers right aligned, everything escaped."""

import sys
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
from pandas.io.formats.style import Styler

from .artefact import Artefact
from .values import decimal_text, decimals_of, is_missing, moment_text, plain_text

MAX_ROWS = 1000
ROW_HEIGHT, HEAD_HEIGHT, MORE_HEIGHT = 28, 32, 28


def from_table(value: Any, scripts: bool) -> Artefact | None:
    """pandas, polars, Arrow and DuckDB results, Series and Stylers; None for anything else."""
    if isinstance(value, Styler):
        return _styled(value)
    duckdb = sys.modules.get("duckdb")  # not imported: no value can be its
    if duckdb is not None and isinstance(value, duckdb.DuckDBPyRelation):
        value = value.to_arrow_table()
    if isinstance(value, pl.LazyFrame):
        value = value.collect()
    if isinstance(value, pl.Series):
        value = value.to_frame()
    if isinstance(value, pl.DataFrame):
        return _table(value.head(MAX_ROWS).to_pandas(), value.height)
    if isinstance(value, pa.Table):
        return _table(value.slice(0, MAX_ROWS).to_pandas(), value.num_rows)
    if isinstance(value, pd.Series):
        value = value.to_frame(value.name if value.name is not None else "")
    if isinstance(value, pd.DataFrame):
        return _table(value.head(MAX_ROWS), len(value))
    return None


def _height(rows: int, heads: int, more: bool) -> int:
    return rows * ROW_HEIGHT + heads * HEAD_HEIGHT + (MORE_HEIGHT if more else 0)


def _more(total: int) -> str:
    return f'<p class="c-more">{MAX_ROWS:,} of {total:,} rows</p>' if total > MAX_ROWS else ""


def _table(shown: pd.DataFrame, total: int) -> Artefact:
    """`shown` holds the first rows of `total`.  A plain numbered index is left out; a caption comes from `df.attrs["title"]`."""
    with_index = not (isinstance(shown.index, pd.RangeIndex) and shown.index.name is None)
    numeric = [_is_numeric(shown.iloc[:, position]) for position in range(shown.shape[1])]
    cells = [_texts(shown.iloc[:, position]) for position in range(shown.shape[1])]
    labels = _index_texts(shown.index) if with_index else []
    rows = []
    for row in range(len(shown)):
        heads = "".join(f'<th scope="row">{escape(column[row])}</th>' for column in labels)
        data = "".join(_cell(column[row], right) for column, right in zip(cells, numeric, strict=True))
        rows.append(f"<tr>{heads}{data}</tr>")
    head = _head(shown, numeric, with_index)
    title = shown.attrs.get("title")
    caption = f"<caption>{escape(str(title))}</caption>" if title else ""
    body = f'<table class="c-table">{caption}<thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>{_more(total)}'
    return Artefact("html", body, height=_height(len(shown), shown.columns.nlevels, total > MAX_ROWS))


def _cell(text: str, right: bool) -> str:
    return f'<td class="num">{escape(text)}</td>' if right else f"<td>{escape(text)}</td>"


def _head(frame: pd.DataFrame, numeric: list[bool], with_index: bool) -> str:
    """One row per level of the columns; equal neighbours of an outer level share a heading."""
    lines = []
    levels = frame.columns.nlevels
    names = [plain_text(name) for name in frame.index.names] if with_index else []
    for level in range(levels):
        last = level == levels - 1
        corner = "".join(f'<th scope="col">{escape(name if last else "")}</th>' for name in names)
        labels = [plain_text(label) for label in frame.columns.get_level_values(level)]
        lines.append(f"<tr>{corner}{_inner_heads(labels, numeric) if last else _outer_heads(labels)}</tr>")
    return "".join(lines)


def _inner_heads(labels: list[str], numeric: list[bool]) -> str:
    classes = (' class="num"' if right else "" for right in numeric)
    return "".join(f'<th scope="col"{kind}>{escape(label)}</th>' for label, kind in zip(labels, classes, strict=True))


def _outer_heads(labels: list[str]) -> str:
    heads, start = [], 0
    for position in range(1, len(labels) + 1):
        if position == len(labels) or labels[position] != labels[start]:
            heads.append(f'<th scope="colgroup" colspan="{position - start}">{escape(labels[start])}</th>')
            start = position
    return "".join(heads)


def _is_numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype)


def _index_texts(index: pd.Index) -> list[list[str]]:
    return [_texts(pd.Series(index.get_level_values(level))) for level in range(index.nlevels)]


def _texts(column: pd.Series) -> list[str]:
    """Every cell of one column, formatted alike."""
    present = column[~column.isna()]
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        only_days = bool((present == present.dt.normalize()).all())
        return ["" if is_missing(value) else moment_text(value, only_days) for value in column]
    if pd.api.types.is_float_dtype(column.dtype):
        decimals = decimals_of([float(value) for value in present if np.isfinite(value)])
        return ["" if is_missing(value) else decimal_text(float(value), decimals) for value in column]
    return [plain_text(value) for value in column.tolist()]


def _styled(styler: Styler) -> Artefact:
    """A Styler writes its own HTML: only its length is capped."""
    total = len(styler.data)
    if not styler.table_attributes:
        styler.set_table_attributes('class="c-table"')
    body = styler.to_html(max_rows=MAX_ROWS) + _more(total)
    return Artefact("html", body, height=_height(min(total, MAX_ROWS), styler.columns.nlevels, total > MAX_ROWS))
