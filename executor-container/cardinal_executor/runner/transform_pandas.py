"""A pandas frame as named Arrow columns: its index, its object columns, and the dtypes that only pandas has."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from . import report
from .convert.artefact import InvalidResult
from .transform_columns import BYTES, DURATIONS, NESTED, TIMES, Notes, refuse

TO_TEXT = "Make it one type, for example text: .astype(str)."
# The first that a value's type is a kind of.  A bool is an int and a datetime is a date, so they come first.
KINDS: tuple[tuple[str, tuple[type, ...]], ...] = (
    ("bool", (bool, np.bool_)),
    ("str", (str,)),
    ("int", (int, np.integer)),
    ("float", (float, np.floating)),
    ("Decimal", (Decimal,)),
    ("datetime", (dt.datetime, np.datetime64)),
    ("date", (dt.date,)),
    ("duration", (dt.timedelta, np.timedelta64)),
    ("time", (dt.time,)),
    ("bytes", (bytes, bytearray, memoryview)),
    ("nested", (list, tuple, dict, set, frozenset, np.ndarray, pd.Series, pd.DataFrame)),
)
ADVICE = {"duration": DURATIONS, "time": TIMES, "bytes": BYTES, "nested": NESTED}


def columns_of(frame: pd.DataFrame, notes: Notes) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """The columns in order, named levels of the index first.  InvalidResult when one cannot be stored."""
    if isinstance(frame.columns, pd.MultiIndex):
        example = tuple(map(str, frame.columns[0])) if len(frame.columns) else ()
        advice = "Flatten them: df.columns = ['_'.join(map(str, c)) for c in df.columns]."
        raise InvalidResult(f"The result has columns on several levels, such as {example}. {advice}")
    yield from ((name, _column(name, level, notes)) for name, level in _levels(frame.index))
    for position, label in enumerate(frame.columns):
        name = str(label)
        yield name, _column(name, frame.iloc[:, position], notes)


def _levels(index: pd.Index) -> Iterator[tuple[str, pd.Series]]:
    """What of the index is data: named levels, and unnamed ones that are not integers.

    Unnamed integers are row numbers, or what filtering, sorting and joining left of them."""
    for number in range(index.nlevels):
        level = index.get_level_values(number)
        is_numbering = index.nlevels == 1 and pd.api.types.is_integer_dtype(level.dtype)
        if level.name is not None:
            yield str(level.name), pd.Series(level)
        elif index.nlevels > 1:
            yield f"level_{number}", pd.Series(level)
        elif not is_numbering and len(level):
            yield "index", pd.Series(level)


def _column(name: str, series: pd.Series, notes: Notes) -> pa.ChunkedArray:
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _categories(series)
    if isinstance(dtype, pd.SparseDtype):
        return _column(name, series.sparse.to_dense(), notes)
    if isinstance(dtype, pd.PeriodDtype):
        refuse(name, "periods", "Make them dates, .dt.to_timestamp(), or text, .astype(str).")
    if isinstance(dtype, pd.IntervalDtype):
        refuse(name, "intervals", "Make them text: .astype(str).")
    if dtype.kind == "c":
        refuse(name, "complex numbers", "Store real and imaginary parts as two columns.")
    if pd.api.types.is_object_dtype(dtype):
        return _chunked(_objects(name, series, notes))
    try:
        return _chunked(pa.array(series, from_pandas=True))
    except UnicodeEncodeError:
        return _chunked(_texts(series.to_numpy(object), series.isna().to_numpy()))
    except (pa.ArrowException, TypeError):
        refuse(name, f"values of the dtype {dtype}", TO_TEXT)


def _chunked(values: pa.Array | pa.ChunkedArray) -> pa.ChunkedArray:
    return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])


def _categories(series: pd.Series) -> pa.ChunkedArray:
    """As text, whatever the categories are."""
    labels = pa.array([report.clean(str(label)) for label in series.cat.categories], pa.large_string())
    codes = series.cat.codes.to_numpy()
    return _chunked(labels.take(pa.array(codes, mask=codes < 0)))


def _kind_of(type_: type) -> str:
    return next((kind for kind, types in KINDS if issubclass(type_, types)), type_.__qualname__)


def _objects(name: str, series: pd.Series, notes: Notes) -> pa.Array:
    """An object column by the types of the values in it."""
    cells: np.ndarray[Any, Any] = series.to_numpy(object)
    missing = series.isna().to_numpy()
    kinds = sorted({_kind_of(type_) for type_ in set(map(type, cells[~missing]))})
    try:
        return _of_kinds(kinds, cells, missing, name, notes)
    except (pa.ArrowException, OverflowError, ValueError):
        refuse(name, f"{' and '.join(kinds)} values beyond what is stored", TO_TEXT)


def _of_kinds(kinds: list[str], cells: Any, missing: Any, name: str, notes: Notes) -> pa.Array:
    match kinds:
        case []:
            return pa.nulls(len(cells))
        case ["str"]:
            return _texts(cells, missing)
        case ["bool"]:
            return pa.array(cells, pa.bool_(), mask=missing)
        case ["int"]:
            return _integers(name, cells, missing)
        case ["date"]:
            return pa.array(cells, pa.date32(), mask=missing)
        case ["datetime"]:
            return _datetimes(name, cells, missing)
        case [kind] if kind in ADVICE:
            refuse(name, *ADVICE[kind])
        case [kind] if kind not in ("float", "Decimal"):
            refuse(name, f"values of the type {kind}", TO_TEXT)
    if not set(kinds) <= {"int", "float", "Decimal"}:
        refuse(name, f"{', '.join(kinds[:-1])} and {kinds[-1]} mixed", TO_TEXT)
    if "Decimal" in kinds:
        notes.decimals.append(name)
    numbers = [None if absent else float(cell) for cell, absent in zip(cells, missing, strict=True)]
    return pa.array(numbers, pa.float64(), from_pandas=True)


def _texts(cells: Any, missing: Any) -> pa.Array:
    try:
        return pa.array(cells, pa.large_string(), mask=missing)
    except UnicodeEncodeError:  # lone surrogates
        texts = [None if absent else report.clean(str(cell)) for cell, absent in zip(cells, missing, strict=True)]
        return pa.array(texts, pa.large_string())


def _integers(name: str, cells: Any, missing: Any) -> pa.Array:
    try:
        return pa.array(
            [None if absent else int(cell) for cell, absent in zip(cells, missing, strict=True)], pa.int64()
        )
    except (OverflowError, pa.ArrowInvalid):
        refuse(name, "integers beyond 64 bits", "Make them text: .astype(str).")


def _datetimes(name: str, cells: Any, missing: Any) -> pa.Array:
    """Instants when all have a zone, wall times when none has."""
    zoned = {getattr(cell, "tzinfo", None) is not None for cell in cells[~missing]}
    if len(zoned) > 1:
        refuse(name, "datetimes with and without a zone", "Make them alike: pd.to_datetime(column, utc=True).")
    present = pd.to_datetime(pd.Series(np.where(missing, None, cells), dtype=object), utc=zoned == {True})
    return pa.array(present, from_pandas=True)
