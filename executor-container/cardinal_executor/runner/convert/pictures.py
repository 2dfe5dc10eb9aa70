"""matplotlib and seaborn: one SVG whose text stays text and whose ink follows the page."""

import io
import re
from typing import Any

import matplotlib.axes
import matplotlib.figure
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from ..theme import INK
from .artefact import Artefact

PIXELS_PER_POINT = 96 / 72
_SIZE = re.compile(r'<svg([^>]*?) width="([\d.]+)pt" height="([\d.]+)pt"')


def _figure_of(value: Any) -> matplotlib.figure.Figure | None:
    if isinstance(value, matplotlib.figure.Figure):
        return value
    if isinstance(value, matplotlib.axes.Axes):
        return value.get_figure(root=True)
    if isinstance(value, sns.axisgrid.Grid):
        return value.figure
    if isinstance(value, np.ndarray) and value.size and isinstance(value.flat[0], matplotlib.axes.Axes):
        return value.flat[0].get_figure(root=True)
    if value is plt:
        return plt.gcf() if plt.get_fignums() else None
    return None


def from_matplotlib(value: Any, scripts: bool) -> Artefact | None:
    """A figure, axes, an array of axes, a seaborn grid, or `plt` itself with a figure open."""
    figure = _figure_of(value)
    if figure is None:
        return None
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :].replace(INK, "currentColor")
    size = _SIZE.search(text)
    height = round(float(size[3]) * PIXELS_PER_POINT) if size else None
    text = _SIZE.sub(r'<svg\1 class="c-figure" role="img" width="\2pt" height="\3pt"', text, count=1)
    return Artefact("html", text, height=height)
