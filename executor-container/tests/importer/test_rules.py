"""The rules in SQL are the rules in Python, cell by cell; each cast keeps what the rules promise."""

import random

import duckdb
import pytest

from cardinal_executor.importer.columns.display import display
from cardinal_executor.importer.columns.rules import (
    DATE,
    INSTANT,
    NULLS,
    TEXT,
    cell_class,
    classes_that_keep,
    column_type,
    has_odd_form,
)
from cardinal_executor.importer.columns.sql import BLANKS_AROUND, FLAGS, ODD_FORM, cast, class_of, fits

PLAIN = """
0 1 -1 -0 007 +5 9007199254740992 9007199254740993 9223372036854775807 9223372036854775808 -9223372036854775808
1.5 .5 5. -.5 1e5 1e+5 1e-5 1.0E10 1e999 1.0e999 12E4 inf NaN nan NA N/A NULL null true False YES no y
2024-01-05 2024/1/5 2024年1月5日 2024-02-30 2024-1-5 0000-01-01 0001-01-01 9999-12-31 12345-01-01 infinity epoch
2024-01-05T10:00 2024-01-05T10:00Z 2024-01-05T10:00:00+09:00 2024-01-05T10:00:00.123456789
2024-01-05T10:00:00.123456000 2024-01-05T24:00 2024/1/5T9:05 10:00 0001-01-01T00:00+09:00 9999-12-31T23:59-01:00
1_000 0x1F 1,5 - . e 年 2024-01-05T10:00+1
""".split()
SPACED = ["2024-01-05 10:00", "2024/1/5 9:05", "2024/01/05 09:05:01.5", "2024-01-05 9:05", "2024-01-05 10:00 Z"]
SPACED += [" 12", "12 ", " NA ", "\t1", "  ", "", "1 2", "2024-01-05 (BC)", "2024-01-05 10:00:00-03:30", " 2024/1/5"]
HARD = [*PLAIN, *SPACED]
ALPHABET = "0123456789-+.eE/:TZ 年月日\t"
COUNT = 60_000


def mutated(count: int) -> list[str]:
    """Hard values, and what comes of changing, dropping, adding a character or joining two."""
    rng, pool, values = random.Random(7), list(HARD), set(HARD)
    while len(values) < count:
        text = rng.choice(pool)
        at, char = rng.randrange(len(text) + 1), rng.choice(ALPHABET)
        text = rng.choice(
            [
                text[:at] + char + text[at + 1 :],
                text[:at] + text[at + 1 :],
                text[:at] + char + text[at:],
                text + rng.choice(pool),
            ]
        )
        values.add(text)
        if rng.random() < 0.05:
            pool.append(text)
    return sorted(values)


@pytest.fixture(scope="module")
def cells():
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'; CREATE TABLE cells (x VARCHAR)")
        values = [text for text in mutated(COUNT) if text not in NULLS]
        for start in range(0, len(values), 5000):
            db.execute("INSERT INTO cells SELECT unnest(?)", [values[start : start + 5000]])
        yield db


def found(cells, usual: int = 0) -> dict[str, int | None]:
    return dict(cells.execute(f"SELECT x, {class_of('x', NULLS, usual)} FROM cells").fetchall())


def test_the_class_in_sql_is_the_class_in_python_for_every_mutated_value(cells):
    different = [
        (text, cell_class(text), bits)
        for text, bits in found(cells).items()
        if cell_class(text) != (None if bits is None else bits & ~FLAGS)
    ]
    assert different == []


def test_the_flags_tell_blanks_around_a_cell_and_dates_or_instants_of_an_odd_form(cells):
    for text, bits in found(cells).items():
        if bits is not None:
            assert bool(bits & BLANKS_AROUND) == (text != text.strip(" \t")), text
            assert bool(bits & ODD_FORM) == has_odd_form(text, bits & ~FLAGS), text


@pytest.mark.parametrize("usual", [*(1 << i for i in range(7)), DATE | ODD_FORM, INSTANT | ODD_FORM])
def test_the_cheap_test_accepts_only_what_the_full_one_does(cells, usual):
    full = found(cells)
    for text, is_usual in cells.execute(f"SELECT x, {fits('x', usual)} FROM cells").fetchall():
        clean = not (full[text] is None or full[text] & BLANKS_AROUND or full[text] & ODD_FORM & ~usual)
        allowed = usual | 1 if usual == 2 else usual
        assert bool(is_usual) == (clean and bool(full[text] & allowed & ~FLAGS)), text


@pytest.mark.parametrize("usual", [0, 3, 5, DATE, DATE | 32])
def test_a_usual_cell_is_passed_over_and_any_other_classified_as_ever(cells, usual):
    full = found(cells)
    for text, bits in found(cells, usual).items():
        assert bits in (full[text], 0), text
        if bits == 0:
            assert full[text] & usual, text


def test_a_cast_gives_what_the_preview_shows(cells):
    full = found(cells)
    for allowed, kind, zoned in (
        (3, "int64", False),
        (8, "bool", False),
        (16, "date", False),
        (48, "datetime", False),
        (64, "datetime", True),
    ):
        flags = BLANKS_AROUND | ODD_FORM
        shown = f"{cast('x', kind, zoned, flags)}" + (" AT TIME ZONE 'UTC'" if zoned else "")
        for text, value in cells.execute(f"SELECT x, ({shown})::VARCHAR FROM cells").fetchall():
            if full[text] is not None and full[text] & allowed & ~FLAGS:
                expected = display(text, kind, zoned, NULLS).replace("T", " ").removesuffix("Z")
                assert value == expected.rstrip("0") if "." in expected else value == expected, text


def test_no_class_can_bring_a_string_column_back():
    for bits in range(1, 256):
        if column_type(bits)[0] == "string":
            assert classes_that_keep(bits) == 2 * TEXT - 1
