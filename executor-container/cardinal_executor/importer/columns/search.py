"""Finds the first cells of a column that are not of the classes looked for. Knows nothing of physical lines."""

import duckdb

from .sql import FLAGS, class_of, fits


def first_outside(
    db: duckdb.DuckDBPyConnection, table: str, cell: str, allowed: int, nulls: tuple[str, ...], most: int = 1
) -> list[tuple[int, str]]:
    """(ordinal of the record from 0, text) of the first `most` cells whose class is not among `allowed`, in file order.

    Only the one column is read, and no further than needed: numbering whole rows would cost more than the profile."""
    outside = f"({fits(cell, allowed)}) IS NOT TRUE AND ({class_of(cell, nulls)} & {~(allowed | FLAGS)}) <> 0"
    numbered = f"SELECT {cell}, row_number() OVER () - 1 AS ordinal FROM {table}"
    return db.execute(f"SELECT ordinal, {cell} FROM ({numbered}) WHERE {outside} LIMIT {most}").fetchall()
