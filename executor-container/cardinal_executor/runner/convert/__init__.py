"""From whatever `render` returned to an artefact: the first converter that knows the type wins."""

import sys
from typing import Any

from . import figures, html, number, tables
from .artefact import Artefact, InvalidResult

ACCEPTED = (
    "an HTML string, HTMLResult(html), number(value), a pandas or polars DataFrame or Series, a Styler, "
    "a plotly figure, an altair chart, a matplotlib or seaborn figure"
)


def _from_picture(value: Any, scripts: bool) -> Artefact | None:
    """Where matplotlib is not imported, no value can be its."""
    if "matplotlib" not in sys.modules:
        return None
    from . import pictures

    return pictures.from_matplotlib(value, scripts)


def close_figures() -> None:
    """Figures that a run leaves open would show up in nothing, but keep its memory."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


_CONVERTERS = (
    html.from_result,
    number.from_number,
    figures.from_plotly,
    figures.from_altair,
    _from_picture,
    tables.from_table,
    html.from_repr,
)


def convert(value: Any, scripts: bool) -> Artefact:
    """The artefact of a result.  `scripts`: the card may run its own.  InvalidResult names what came and what is accepted."""
    for converter in _CONVERTERS:
        artefact = converter(value, scripts)
        if artefact is not None:
            return artefact
    raise InvalidResult(f"render returned {_name(value)}. Return {ACCEPTED}.")


def _name(value: Any) -> str:
    if value is None:
        return "None (is there a return statement?)"
    kind = type(value)
    if isinstance(value, bool | int | float):
        return f"a bare {kind.__name__} (write number({value!r}))"
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
