"""From whatever `render` returned to an artefact: the first converter that knows the type wins."""

from typing import Any

from . import figures, html, number, pictures, tables
from .artefact import Artefact, InvalidResult

ACCEPTED = (
    "an HTML string, HTMLResult(html), number(value), a pandas or polars DataFrame or Series, a Styler, "
    "a plotly figure, an altair chart, a matplotlib or seaborn figure"
)

_CONVERTERS = (
    html.from_result,
    number.from_number,
    figures.from_plotly,
    figures.from_altair,
    pictures.from_matplotlib,
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
