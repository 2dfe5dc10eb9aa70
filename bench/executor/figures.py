"""Prints the figures of a bench in the form that `npm run bench` reads: one JSON object a line."""

import json


def figure(
    row: str,
    name: str,
    value: float,
    unit: str,
    *,
    most: float | None = None,
    least: float | None = None,
    peer: str | None = None,
) -> None:
    """One figure of the row `row`, judged by `most` or `least`; with neither it is printed for the record."""
    goal, ok = "none", None
    if most is not None:
        goal, ok = f"≤ {most:g}", value <= most
    elif least is not None:
        goal, ok = f"≥ {least:g}", value >= least
    found = {"id": row, "name": name, "value": value, "unit": unit, "goal": goal, "ok": ok}
    print(json.dumps({**found, "peer": peer} if peer else found, ensure_ascii=False), flush=True)


def percentile(values: list[float], part: float) -> float:
    """The nearest of `values`; `part` from 0 to 1."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]
