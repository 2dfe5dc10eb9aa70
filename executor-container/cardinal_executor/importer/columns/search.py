"""Finds the first cells of a column that are not of the classes looked for. Knows nothing of physical lines."""

import duckdb

from .rules import cell_class
from .sql import FLAGS, class_of, fits


def first_outside(
    db: duckdb.DuckDBPyConnection, table: str, cell: str, allowed: int, nulls: tuple[str, ...], most: int = 1
) -> list[tuple[int, str]]:
    """(ordinal of the record from 0, text) of the first `most` cells whose class is not among `allowed`, in file order.

    Only the one column is read, and no further than needed: numbering whole rows would cost more than the profile. The
    cells that merely do not fit are mostly those looked for; only where some are not is the full test worth its cost."""
    numbered = f"SELECT {cell}, row_number() OVER () - 1 AS ordinal FROM {table}"
    unusual = f"{cell} IS NOT NULL AND ({fits(cell, allowed)}) IS NOT TRUE"
    query = f"SELECT ordinal, {cell} FROM ({numbered}) WHERE {unusual}"
    found = db.execute(f"{query} LIMIT {most}").fetchall()
    if all((cell_class(text, nulls) or allowed) & ~allowed for _, text in found):
        return found
    return db.execute(f"{query} AND ({class_of(cell, nulls)} & {~(allowed | FLAGS)}) <> 0 LIMIT {most}").fetchall()
