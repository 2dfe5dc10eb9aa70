"""One figure, large: `number(value, label)`, with the change of it and the way there."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from numbers import Real
from typing import Any, Literal

from .artefact import Artefact
from .sparkline import sparkline
from .values import is_missing, moment_text, number_text

HEIGHT = 104
TREND_HEIGHT = 32
MISSING = "–"


@dataclass(frozen=True)
class Number:
    html: str
    """For cards that put several figures into HTML of their own."""
    height: int

    def _repr_html_(self) -> str:
        return self.html


def number(
    value: Any,
    label: str | None = None,
    delta: Any = None,
    format: str | None = None,
    *,
    delta_format: str | None = None,
    prefix: str = "",
    suffix: str = "",
    good: Literal["up", "down"] = "up",
    caption: str | None = None,
    trend: Iterable[Any] | None = None,
) -> Number:
    """A big number.

    `value`: a number, a date or a text; what is missing is shown as a dash.  `format`: a Python format specification such as ",.1f" or
    ".0%"; `delta_format` the same for the change, by default that of the value.  `delta`: a change, shown with its sign, in the colour
    of good news when it goes the way of `good`; a text is shown as it is.  `caption`: what the change is against.  `trend`: up to
    1,000 numbers, drawn as a small line.  TypeError or ValueError for what cannot be shown, at the line that asked for it."""
    if good not in ("up", "down"):
        raise ValueError(f'good is "up" or "down", not {good!r}.')
    line = "" if trend is None else sparkline(trend)
    parts = [
        _part("label", label),
        f'<div class="c-number-value">{escape(_text(value, format, prefix, suffix))}</div>',
        _note(delta, format if delta_format is None else delta_format, good, caption),
        line,
    ]
    return Number(f'<div class="c-number">{"".join(parts)}</div>', HEIGHT + (TREND_HEIGHT if line else 0))


def _part(name: str, text: str | None) -> str:
    return f'<div class="c-number-{name}">{escape(str(text))}</div>' if text else ""


def _note(delta: Any, specification: str | None, good: str, caption: str | None) -> str:
    """The change and what it is against, on one line."""
    change = "" if is_missing(delta) else _change(delta, specification, good)
    words = escape(str(caption)) if caption else ""
    return f'<div class="c-number-note">{" ".join(filter(None, (change, words)))}</div>' if change or words else ""


def _change(delta: Any, specification: str | None, good: str) -> str:
    if isinstance(delta, str):
        return f'<span class="c-number-delta">{escape(delta)}</span>'
    text = _text(delta, specification)
    if delta > 0:
        text = f"+{text}"
    news = "" if delta == 0 else " good" if (delta > 0) == (good == "up") else " bad"
    return f'<span class="c-number-delta{news}">{escape(text)}</span>'


def _text(value: Any, specification: str | None, prefix: str = "", suffix: str = "") -> str:
    """As people read it; a sign stands before the prefix."""
    if is_missing(value):
        return MISSING
    text = value if isinstance(value, str) else _written(value, specification)
    sign = "−" if isinstance(value, Real | Decimal) and text[:1] in ("-", "−") else ""
    return f"{sign}{prefix}{text[len(sign) :]}{suffix}"


def _written(value: Any, specification: str | None) -> str:
    infinite = isinstance(value, Real | Decimal) and math.isinf(value)
    if specification is not None and not infinite:
        return format(value, specification)
    if isinstance(value, Real | Decimal):
        return number_text(value)
    if isinstance(value, dt.date):
        midnight = not isinstance(value, dt.datetime) or value.time() == dt.time()
        return moment_text(value, only_days=midnight)
    raise TypeError(f"number() takes a number, a date or a text, not {type(value).__name__}.")


def from_number(value: Any, scripts: bool) -> Artefact | None:
    return Artefact("html", value.html, height=value.height) if isinstance(value, Number) else None
