"""DuckDB's CSV reader, told a type, reads every cell that fits the type as the cast of its text would."""

import random

import duckdb
import pytest

from cardinal_executor.importer.columns.rules import NULLS, TYPES, cell_class, classes_of, has_odd_form
from cardinal_executor.importer.columns.sql import BLANKS_AROUND, ODD_FORM, cast, read_type

COUNT = 3000


def digits(rng: random.Random, most: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(rng.randrange(1, most + 1)))


def spelled(rng: random.Random, kind: str, zoned: bool) -> str:
    """A cell that may fit the type, in any of the forms that the rules know."""
    if kind == "int64":
        return rng.choice(["", "-"]) + digits(rng, 19)
    if kind == "float64":
        exponent = rng.choice(["", "", f"e-{digits(rng, 3)}", f"E+{digits(rng, 3)}", f"e{digits(rng, 2)}"])
        return rng.choice(["", "-"]) + digits(rng, 17) + rng.choice([".", "", f".{digits(rng, 20)}"]) + exponent
    year, month, day = rng.choice([1, 1582, 1900, 2024, 9999]), rng.randrange(1, 13), rng.randrange(1, 32)
    slashed = kind == "datetime" and rng.random() < 0.4
    date = f"{year:04d}/{month}/{day}" if slashed else f"{year:04d}-{month:02d}-{day:02d}"
    if kind == "date":
        return date
    second = rng.choice(["", ":07", ":59.5", ":00.123456", ":00.123456000"])
    time = f"{rng.randrange(24):02d}:{rng.randrange(60):02d}{second}"
    zone = rng.choice(["Z", "+09", "-0330", "+14:00", "-00:30"]) if zoned else ""
    return date + (" " if slashed else rng.choice("T ")) + time + zone


@pytest.mark.parametrize(
    ("kind", "zoned"), [("int64", False), ("float64", False), ("date", False), ("datetime", False), ("datetime", True)]
)
def test_a_cell_that_fits_is_read_as_it_is_cast(tmp_path, kind, zoned):
    rng = random.Random(kind)
    cells = sorted({spelled(rng, kind, zoned) for _ in range(COUNT)})
    classes = {text: cell_class(text) for text in cells}
    fitting = [
        text for text in cells if classes[text] & classes_of(kind, zoned) and not has_odd_form(text, classes[text])
    ]
    assert len(fitting) > COUNT / 10
    source = tmp_path / "cells.csv"
    source.write_text("".join(f'{number},"{text}"\n' for number, text in enumerate([*fitting, *NULLS])))
    read = f"read_csv('{source}', auto_detect=false, header=false, nullstr=[{', '.join(map(repr, NULLS))}], columns={{n: 'BIGINT', x: '%s'}})"
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        typed = db.execute(f"SELECT n, x::VARCHAR FROM {read % read_type(kind, zoned, 0)} ORDER BY n").fetchall()
        casted = db.execute(
            f"SELECT n, ({cast('x', kind, zoned, 0)})::VARCHAR FROM {read % 'VARCHAR'} ORDER BY n"
        ).fetchall()
    assert typed == casted
    assert [value is None for _, value in typed] == [False] * len(fitting) + [True] * len(NULLS)


def test_what_only_a_cast_understands_is_read_as_text():
    assert {kind for kind in TYPES if read_type(kind, False, 0) == "VARCHAR"} == {"bool", "string"}
    assert {read_type(kind, False, flag) for kind in TYPES for flag in (BLANKS_AROUND, ODD_FORM)} == {"VARCHAR"}
