"""What the whole file shows of each column, counted by DuckDB. Knows nothing of how the file was made readable."""

from collections.abc import Iterator
from typing import NamedTuple

import duckdb

from .rules import TEXT, classes_of, column_type
from .sql import FLAGS, UNKNOWN, class_of, nearly

# Expressions hold vectors: too many at once exhaust the memory, and a full test is a large expression.
COLUMNS_AT_ONCE, FULL_TESTS_AT_ONCE = 400, 8


class Column(NamedTuple):
    """`flags`: what a cast has to mind. `nulls` includes misfits that become null. `misfits`: cells an override does not fit."""

    kind: str
    zoned: bool
    flags: int
    nulls: int
    misfits: int = 0


class Wanted(NamedTuple):
    """What is expected of a column: the classes its sample shows, or the type the user chose."""

    bits: int
    kind: str | None = None

    @property
    def needs_no_test(self) -> bool:
        return self.kind == "string" or (
            self.kind is None and column_type(self.bits & ~FLAGS)[0] == "string" and self.bits > 0
        )

    @property
    def usual(self) -> int:
        """Classes that need not be told apart. Of a chosen datetime it is yet open whether it is wall time."""
        if self.kind is None:
            return self.bits & ~TEXT
        return 0 if self.kind == "datetime" else classes_of(self.kind, False)

    @property
    def fits(self) -> list[int]:
        """The classes that a chosen type can hold; of a datetime there are two readings, wall time and instant."""
        if self.kind is None:
            return []
        return [classes_of(self.kind, zoned) for zoned in ((False, True) if self.kind == "datetime" else (False,))]


def profile(
    db: duckdb.DuckDBPyConnection, table: str, wanted: dict[str, Wanted], nulls: tuple[str, ...]
) -> list[Column]:
    """Judges each cell of `table` (SQL); `wanted` by the cell's name, in the order of the result.

    One quick reading settles nearly every column; those with a cell that is not as the sample showed are read again.
    """
    found = {}
    for group in _groups(list(wanted), COLUMNS_AT_ONCE):
        found |= _confirm(db, table, {cell: wanted[cell] for cell in group})
    for group in _groups([cell for cell in wanted if cell not in found], FULL_TESTS_AT_ONCE):
        found |= _judge(db, table, {cell: wanted[cell] for cell in group}, nulls)
    return [found[cell] for cell in wanted]


def _confirm(db, table: str, wanted: dict[str, Wanted]) -> dict[str, Column]:
    """The columns in which every cell is as usual, or nearly so."""
    tests = {
        cell: "0" if want.needs_no_test else f"bit_or({nearly(cell, want.usual)})" for cell, want in wanted.items()
    }
    figures = [f"{test}, count(*) - count({cell})" for cell, test in tests.items()]
    row = iter(db.execute(f"SELECT {', '.join(figures)} FROM {table}").fetchone())
    found = {cell: (next(row) or 0, next(row)) for cell in wanted}
    return {
        cell: _column(wanted[cell], bits, empty, empty, [0])
        for cell, (bits, empty) in found.items()
        if not bits & (~wanted[cell].usual if wanted[cell].kind else UNKNOWN)
    }


def _judge(db, table: str, wanted: dict[str, Wanted], nulls: tuple[str, ...]) -> dict[str, Column]:
    classes, figures = [], []
    for cell, want in wanted.items():
        found = f"class_{cell}"
        classes.append(f"{cell}, {class_of(cell, nulls, want.usual)} AS {found}")
        misfits = [f"count(*) FILTER (({found} & {~(fit | FLAGS)}) <> 0)" for fit in want.fits]
        figures.append(f"bit_or({found}), count(*) - count({cell}), count(*) - count({found}), [{', '.join(misfits)}]")
    query = f"SELECT {', '.join(figures)} FROM (SELECT {', '.join(classes)} FROM {table})"
    row = iter(db.execute(query).fetchone())
    return {cell: _column(want, *(next(row) for _ in range(4))) for cell, want in wanted.items()}


def _column(want: Wanted, found: int | None, empty: int, null: int, misfits: list[int]) -> Column:
    """`empty`: cells that are null as they stand; `null`: those that are, without the blanks around them, too."""
    bits = (found or 0) | (0 if want.kind else want.bits)
    if want.kind:
        fewest = min(misfits)
        zoned = misfits.index(fewest) == 1
        return Column(want.kind, zoned, bits & FLAGS, null + fewest, fewest)
    kind, zoned = column_type(bits & ~FLAGS)
    return Column(kind, zoned, bits & FLAGS, empty if kind == "string" else null)


def _groups(columns: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(columns), size):
        yield columns[start : start + size]
