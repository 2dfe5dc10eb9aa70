"""Filters of a request as polars predicates.  Values are typed data, cast to the column's type; they never become text in code."""

import datetime as dt
import math
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

NO_MATCH = object()
TRUTH = {"true": True, "false": False}


def predicates(filters: list[dict[str, Any]], schema: list[dict[str, Any]], zone: str) -> list[pl.Expr]:
    """One expression per filter whose column `schema` has; the others do not apply to this dataset.

    `filters` and `schema` are those of the protocol; days of a date range begin at midnight in `zone`."""
    columns = {column["name"]: column for column in schema}
    expressions = []
    for condition in filters:
        column = columns.get(condition["column"])
        if column is None:
            continue
        build = _date_range if condition["type"] == "date_range" else _category
        expressions.append(build(condition, column, ZoneInfo(zone)))
    return expressions


def _category(condition: dict[str, Any], column: dict[str, Any], zone: ZoneInfo) -> pl.Expr:
    cell = pl.col(column["name"])
    cast = [cast_value(value, column, zone) for value in condition["values"]]
    wanted = [value for value in cast if value is not NO_MATCH]
    if not wanted:
        matches = pl.lit(False)
    elif len(wanted) == 1:
        matches = cell == _literal(wanted[0], column)
    else:
        matches = cell.is_in(pl.Series(wanted, dtype=polars_type(column)).implode())
    return matches | cell.is_null() if condition.get("includeNull") else matches


def _date_range(condition: dict[str, Any], column: dict[str, Any], zone: ZoneInfo) -> pl.Expr:
    """Inclusive days: a datetime counts until the end of the last one."""
    cell = pl.col(column["name"])
    if column["type"] not in ("date", "datetime"):
        return pl.lit(False)
    first, last = (dt.date.fromisoformat(day) if day else None for day in (condition["start"], condition["end"]))
    if first is None and last is None:
        return pl.lit(True)
    expression = pl.lit(True)
    if first is not None:
        expression = cell >= _literal(_start_of(first, column, zone), column)
    if last is not None:
        before = cell < _literal(_start_of(last + dt.timedelta(1), column, zone), column)
        expression = before if first is None else expression & before
    return expression


def _start_of(day: dt.date, column: dict[str, Any], zone: ZoneInfo) -> dt.date | dt.datetime:
    if column["type"] == "date":
        return day
    midnight = dt.datetime(day.year, day.month, day.day)
    return midnight.replace(tzinfo=zone).astimezone(dt.UTC) if column["zoned"] else midnight


def polars_type(column: dict[str, Any]) -> pl.DataType:
    """The type that the column has in Parquet."""
    if column["type"] == "datetime":
        return pl.Datetime("us", "UTC" if column["zoned"] else None)
    simple = {"int64": pl.Int64, "float64": pl.Float64, "bool": pl.Boolean, "date": pl.Date, "string": pl.String}
    return simple[column["type"]]()


def _literal(value: Any, column: dict[str, Any]) -> pl.Expr:
    return pl.lit(value, dtype=polars_type(column))


def cast_value(value: str | int | float | bool, column: dict[str, Any], zone: ZoneInfo) -> Any:
    """`value` as the column's type, or NO_MATCH when no cell can equal it."""
    try:
        return _CASTS[column["type"]](value, column, zone)
    except (ValueError, OverflowError):
        return NO_MATCH


def _to_string(value: Any, column: dict[str, Any], zone: ZoneInfo) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_int(value: Any, column: dict[str, Any], zone: ZoneInfo) -> Any:
    if isinstance(value, bool) or (isinstance(value, float) and not value.is_integer()):
        return NO_MATCH
    number = int(value)
    return number if -(2**63) <= number < 2**63 else NO_MATCH


def _to_float(value: Any, column: dict[str, Any], zone: ZoneInfo) -> Any:
    if isinstance(value, bool):
        return NO_MATCH
    number = float(value)
    return NO_MATCH if math.isnan(number) else number


def _to_bool(value: Any, column: dict[str, Any], zone: ZoneInfo) -> Any:
    if isinstance(value, str):
        return TRUTH.get(value.lower(), NO_MATCH)
    return value if isinstance(value, bool) else NO_MATCH


def _to_date(value: Any, column: dict[str, Any], zone: ZoneInfo) -> Any:
    return dt.date.fromisoformat(value) if isinstance(value, str) else NO_MATCH


def _to_datetime(value: Any, column: dict[str, Any], zone: ZoneInfo) -> Any:
    """Text without an offset is wall time, in a zoned column that of `zone`; a zone-less column compares wall times."""
    if not isinstance(value, str):
        return NO_MATCH
    moment = dt.datetime.fromisoformat(value)
    if column["zoned"]:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(dt.UTC)
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


_CASTS = {
    "string": _to_string,
    "int64": _to_int,
    "float64": _to_float,
    "bool": _to_bool,
    "date": _to_date,
    "datetime": _to_datetime,
}
