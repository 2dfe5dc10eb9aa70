"""One figure, large: `number(value, label, delta)`."""

import math
from dataclasses import dataclass
from html import escape
from numbers import Real
from typing import Any

from .artefact import Artefact, InvalidResult
from .values import number_text

HEIGHT = 104


@dataclass(frozen=True)
class Number:
    value: Any
    label: str | None = None
    delta: Any = None
    format: str | None = None

    @property
    def html(self) -> str:
        """For cards that put several figures into HTML of their own."""
        return _html(self)

    def _repr_html_(self) -> str:
        return self.html


def number(value: Any, label: str | None = None, delta: Any = None, format: str | None = None) -> Number:
    """A big number.  `format`: a Python format specification such as ",.1f" or ".0%"; `delta` a change, shown with its sign."""
    return Number(value, label, delta, format)


def _text(value: Any, specification: str | None) -> str:
    if isinstance(value, str):
        return value
    if specification is not None:
        return format(value, specification)
    if value is None or (isinstance(value, Real) and math.isnan(value)):
        return "–"
    if isinstance(value, Real):
        return number_text(value)
    raise InvalidResult(f"number() takes a number or a string, not {type(value).__name__}.")


def _delta(item: Number) -> str:
    if item.delta is None:
        return ""
    rising = falling = False
    text = str(item.delta)
    if isinstance(item.delta, Real):
        rising, falling = bool(item.delta > 0), bool(item.delta < 0)
        text = ("+" if rising else "−" if falling else "") + _text(abs(item.delta), item.format)
    direction = " up" if rising else " down" if falling else ""
    return f'<div class="c-number-delta{direction}">{escape(text)}</div>'


def _html(item: Number) -> str:
    label = f'<div class="c-number-label">{escape(str(item.label))}</div>' if item.label else ""
    value = f'<div class="c-number-value">{escape(_text(item.value, item.format))}</div>'
    return f'<div class="c-number">{label}{value}{_delta(item)}</div>'


def from_number(value: Any, scripts: bool) -> Artefact | None:
    return Artefact("html", value.html, height=HEIGHT) if isinstance(value, Number) else None
