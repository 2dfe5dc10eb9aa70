"""A small line without axes, as inline SVG: how a figure came to be what it is."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

from .values import is_missing, number_text

MOST_POINTS = 1000
# In units of the picture, which is stretched to the width of its place.
WIDTH, HEIGHT, MARGIN = 100, 24, 2


def sparkline(values: Iterable[Any]) -> str:
    """Empty where there are not two points to join.  Missing values are gaps.  ValueError past 1,000 points, or for no numbers."""
    points = [None if is_missing(value) else _finite(value) for value in values]
    if len(points) > MOST_POINTS:
        raise ValueError(f"trend takes at most {MOST_POINTS:,} values, not {len(points):,}: group them first.")
    known = [value for value in points if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    text = f"{number_text(known[0])} → {number_text(known[-1])} ({number_text(low)} … {number_text(high)})"
    lines = "".join(f'<polyline points="{line}"/>' for line in _lines(points, low, high))
    return (
        f'<svg class="c-number-trend" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(text)}">{lines}</svg>'
    )


def _finite(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _lines(points: list[float | None], low: float, high: float) -> list[str]:
    """The coordinates of each stretch without a gap; a level line runs through the middle."""
    stretches: list[list[str]] = [[]]
    for index, value in enumerate(points):
        if value is None:
            stretches.append([])
            continue
        x = index / (len(points) - 1) * WIDTH
        share = 0.5 if high == low else (value - low) / (high - low)
        y = HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
        stretches[-1].append(f"{x:.5g},{y:.4g}")
    # A point between two gaps is a dot: a line from it to itself, with a round end.
    return [" ".join(line if len(line) > 1 else line * 2) for line in stretches if line]
