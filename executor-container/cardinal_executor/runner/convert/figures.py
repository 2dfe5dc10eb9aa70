"""plotly and altair: the specification as JSON, and the smallest library that can draw it.  No script of theirs is ever sent."""

import json
import sys
from typing import Any

import plotly.graph_objects as go

from .artefact import Artefact

# The bundles that plotly.js publishes, smallest first; `strict` draws every trace without building functions from text.
BASIC = frozenset({"scatter", "bar", "pie"})
CARTESIAN = BASIC | {
    "box",
    "contour",
    "heatmap",
    "histogram",
    "histogram2d",
    "histogram2dcontour",
    "image",
    "scatterternary",
    "violin",
}


def plotly_library(kinds: set[str]) -> str:
    if kinds <= BASIC:
        return "plotly-basic"
    return "plotly-cartesian" if kinds <= CARTESIAN else "plotly-strict"


def from_plotly(value: Any, scripts: bool) -> Artefact | None:
    if not isinstance(value, go.Figure):
        return None
    kinds = {trace.type or "scatter" for trace in value.data}
    height = value.layout.height
    return Artefact("figure", value.to_json(), (plotly_library(kinds),), height=round(height) if height else None)


def from_altair(value: Any, scripts: bool) -> Artefact | None:
    altair = sys.modules.get("altair")  # not imported: no value can be its
    if altair is None or not isinstance(value, altair.TopLevelMixin):
        return None
    specification = value.to_dict()
    height = specification.get("height")
    text = json.dumps(specification, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Artefact("figure", text, ("vega",), height=height if isinstance(height, int) else None)
