"""The names that card code finds already imported."""

from typing import Any

from .convert.html import HTMLResult
from .convert.number import number
from .more_libraries import module

MODULES = {
    "pd": "pandas",
    "np": "numpy",
    "px": "plotly.express",
    "go": "plotly.graph_objects",
    "plt": "matplotlib.pyplot",
    "sns": "seaborn",
    "pl": "polars",
    "pa": "pyarrow",
    "duckdb": "duckdb",
    "alt": "altair",
}


def globals_for(datasets: dict[str, Any]) -> dict[str, Any]:
    """The module globals of one card: libraries, helpers, and its frames by name."""
    modules = {short: module(name) for short, name in MODULES.items()}
    return {"__name__": "__card__", **modules, "HTMLResult": HTMLResult, "number": number, "datasets": datasets}
