"""Cells and numbers as people read them."""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

MAX_DECIMALS = 4
MANY = 10_000  # four digits are not grouped: years and small counts read better whole


def number_text(value: Any) -> str:
    """A single number: whole when it is whole, else with at most two decimals, or four significant digits when it is small."""
    number = float(value)
    if math.isinf(number):
        return "∞" if number > 0 else "−∞"
    if number.is_integer():
        return grouped(int(value))
    return _sign(f"{number:,.2f}" if abs(number) >= 1 else f"{number:.4g}")


def grouped(value: int) -> str:
    return _sign(f"{value:,}" if abs(value) >= MANY else str(value))


def _sign(text: str) -> str:
    return "−" + text[1:] if text.startswith("-") else text


def decimals_of(values: list[float]) -> int:
    """The fewest decimals, at most four, that show every value of a column as it is; two when four do not suffice."""
    for decimals in range(MAX_DECIMALS + 1):
        if all(math.isclose(value, round(value, decimals), rel_tol=1e-9, abs_tol=1e-12) for value in values):
            return decimals
    return 2 if any(abs(value) >= 1 for value in values) else MAX_DECIMALS


def decimal_text(value: float, decimals: int) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return _sign(f"{value:,.{decimals}f}" if abs(value) >= MANY else f"{value:.{decimals}f}")


def is_missing(value: Any) -> bool:
    """None, NaN, NaT and pd.NA."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return str(value) == "<NA>"  # pd.NA refuses a truth value; an array is a value


def moment_text(value: Any, only_days: bool) -> str:
    """A date or datetime: without its time when the whole column is at midnight."""
    return value.strftime("%Y-%m-%d") if only_days else value.isoformat(sep=" ")


def plain_text(value: Any) -> str:
    if is_missing(value):
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Decimal):
        return _sign(f"{value:,}")
    if isinstance(value, dt.datetime):
        return moment_text(value, only_days=False)
    return str(value)
