"""One Arrow column of a result -> a column of a dataset: one of its six types, or words on why it is none.

Knows no pandas and no files."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .convert.artefact import InvalidResult

EXACT = 2**53
MICROSECONDS = pa.timestamp("us")
INSTANTS = pa.timestamp("us", "UTC")
A_DAY = 86_400_000_000
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
# 0001-01-01 to 9999-12-31: what ISO 8601 writes in four digits
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799
FIRST_DAY, LAST_DAY = FIRST_SECOND // 86_400, LAST_SECOND // 86_400


class Column(NamedTuple):
    """`values` are of the one Arrow type that `type` and `zoned` have in a dataset's files."""

    name: str
    type: str
    zoned: bool
    values: pa.ChunkedArray


class Before(NamedTuple):
    """The input column of the same name.  What pandas cannot tell apart stays of its type."""

    type: str
    zoned: bool
    nulls: bool


@dataclass
class Notes:
    """Columns that were changed on the way into the file."""

    decimals: list[str] = field(default_factory=list)
    nanoseconds: list[str] = field(default_factory=list)

    def warnings(self) -> list[str]:
        return [
            f"{text}: {', '.join(names[:10])}{' …' if len(names) > 10 else ''}"
            for text, names in (
                ("Decimals are stored as float64", self.decimals),
                ("Fractions of a microsecond were cut off", self.nanoseconds),
            )
            if names
        ]


def refuse(name: str, found: str, advice: str) -> NoReturn:
    """InvalidResult: which column, what it holds, what to do."""
    raise InvalidResult(f"The column {name!r} holds {found}. {advice}")


def typed(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Column:
    """The column as a dataset has it; InvalidResult when no type fits."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    for matches, convert in _CONVERTERS:
        if matches(values.type):
            return Column(name, *convert(name, values, before, notes))
    for matches, found, advice in _REFUSED:
        if matches(values.type):
            refuse(name, found, advice)
    refuse(name, f"values of type {values.type}", "Convert it to numbers, text, dates or booleans.")


Typed = tuple[str, bool, pa.ChunkedArray]


def _empty(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    """No value tells the type: that of the input column of this name, or text."""
    kind, zoned = (before.type, before.zoned) if before else ("string", False)
    return kind, zoned, values.cast(arrow_type(kind, zoned))


def _bools(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    return "bool", False, values


def _integers(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    try:
        return "int64", False, values.cast(pa.int64())
    except pa.ArrowInvalid:
        refuse(name, "integers beyond 64 bits", "Make them text: .astype(str).")


def _floats(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    """NaN is no value.  Integers that pandas holds as floats because some are missing become integers again."""
    values = values.cast(pa.float64())
    missing = pc.is_nan(values)
    if pc.any(missing).as_py():
        values = pc.if_else(missing, pa.scalar(None, pa.float64()), values)
    was_integer = before is not None and before.type == "int64" and (before.nulls or values.null_count > 0)
    if was_integer and _are_whole(values):
        return "int64", False, values.cast(pa.int64())
    return "float64", False, values


def _are_whole(values: pa.ChunkedArray) -> bool:
    whole = pc.and_(pc.equal(values, pc.trunc(values)), pc.less_equal(pc.abs(values), float(EXACT)))
    return pc.all(whole).as_py() is not False  # None: there are no values


def _decimals(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    notes.decimals.append(name)
    return "float64", False, values.cast(pa.float64())


def _texts(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    return "string", False, values.cast(pa.large_string())


def _dates(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    days = values.cast(pa.date32(), safe=False)
    _check_range(name, days.cast(pa.int32()), FIRST_DAY, LAST_DAY)
    return "date", False, days


def _datetimes(name: str, values: pa.ChunkedArray, before: Before | None, notes: Notes) -> Typed:
    """Without a zone and all at midnight they are dates, as dates are midnights in pandas; unless they were datetimes before."""
    zone, per_second = values.type.tz, PER_SECOND[values.type.unit]
    ticks = values.cast(pa.int64())
    _check_range(name, ticks, FIRST_SECOND * per_second, LAST_SECOND * per_second + per_second - 1)
    kept = before is not None and before.type == "datetime"
    try:
        micros = values.cast(pa.timestamp("us", zone))
    except pa.ArrowInvalid:
        kept = True
        notes.nanoseconds.append(name)
        micros = values.cast(pa.timestamp("us", zone), safe=False)
    if zone is not None:
        return "datetime", True, micros.cast(INSTANTS)
    has_values = micros.null_count < len(micros) or (before is not None and before.type == "date")
    if has_values and not kept and _are_midnights(micros):
        return "date", False, micros.cast(pa.date32())
    return "datetime", False, micros


def _are_midnights(micros: pa.ChunkedArray) -> bool:
    chunks = (chunk.cast(pa.int64()).fill_null(0).to_numpy() for chunk in micros.chunks)
    return all(not np.any(chunk % A_DAY) for chunk in chunks)


def _check_range(name: str, ticks: pa.ChunkedArray, first: int, last: int) -> None:
    ends = pc.min_max(ticks).as_py()
    if ends["min"] is not None and (ends["min"] < first or ends["max"] > last):
        refuse(name, "dates outside the years 1 to 9999", "Replace them, for example by None.")


def arrow_type(kind: str, zoned: bool) -> pa.DataType:
    """The type of a dataset's column in its files."""
    if kind == "datetime":
        return INSTANTS if zoned else MICROSECONDS
    simple = {"int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_(), "date": pa.date32()}
    return simple.get(kind, pa.large_string())


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _is_bytes(kind: pa.DataType) -> bool:
    fixed = pa.types.is_fixed_size_binary(kind) and not pa.types.is_decimal(kind)
    return fixed or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_binary_view(kind)


_Matches = Callable[[pa.DataType], bool]
_CONVERTERS: tuple[tuple[_Matches, Callable[..., Typed]], ...] = (
    (pa.types.is_null, _empty),
    (pa.types.is_boolean, _bools),
    (pa.types.is_integer, _integers),
    (pa.types.is_floating, _floats),
    (pa.types.is_decimal, _decimals),
    (_is_text, _texts),
    (pa.types.is_date, _dates),
    (pa.types.is_timestamp, _datetimes),
)
NESTED = ("lists or records", "Spread them first: .explode() makes rows, pd.json_normalize columns.")
DURATIONS = ("durations", "Make them numbers: .dt.total_seconds().")
TIMES = ("times of day", "Make them text: .astype(str).")
BYTES = ("bytes", "Make them text: .str.decode('utf-8').")
_REFUSED: tuple[Any, ...] = (
    (pa.types.is_nested, *NESTED),
    (pa.types.is_duration, *DURATIONS),
    (pa.types.is_time, *TIMES),
    (_is_bytes, *BYTES),
)
