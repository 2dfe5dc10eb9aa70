"""Writes the table that the import is measured on: ten columns, each with one trap. Knows nothing of the importer."""

import numpy as np

HEADER = "id,code,big,maybe,price,late,day,stamp,flag,note\n"
BATCH = 50_000


def batch(rng: np.random.Generator, first: int, count: int, total: int) -> list[str]:
    """`count` lines from row `first`; of `total` rows the last ten turn the int column `late` into a float."""
    ids = np.arange(first, first + count)
    codes = rng.integers(0, 100_000, count)
    bigs = rng.integers(2**53, 2**62, count)
    maybes = rng.integers(0, 1000, count)
    prices = rng.random(count) * 1000
    lates = rng.integers(0, 10_000, count)
    days = np.datetime_as_string(np.datetime64("2020-01-01") + rng.integers(0, 1826, count))
    seconds = rng.integers(0, 157_766_400, count)
    stamps = np.datetime_as_string(np.datetime64("2020-01-01T00:00:00") + seconds)
    flags = rng.integers(0, 2, count)
    lines = []
    for i in range(count):
        row = int(ids[i])
        maybe = "" if row % 7 == 0 else maybes[i]
        late = f"{lates[i]}.5" if row >= total - 10 else lates[i]
        note = f"note {row}"
        if row % 5 == 0:
            note = f'"note ""{row}"", quoted\nsecond line"' if row % 25 == 0 else f'"note ""{row}"", quoted"'
        flag = "true" if flags[i] else "false"
        lines.append(
            f"{row},{codes[i]:05d},{bigs[i]},{maybe},{prices[i]:.4f},{late},{days[i]},{stamps[i]}+09:00,{flag},{note}\n"
        )
    return lines


def write(path: str, rows: int) -> None:
    """About 100 bytes a row; the same bytes for the same `rows`."""
    rng = np.random.default_rng(7)
    with open(path, "w", encoding="utf-8", newline="") as out:
        out.write(HEADER)
        for first in range(0, rows, BATCH):
            out.writelines(batch(rng, first, min(BATCH, rows - first), rows))
