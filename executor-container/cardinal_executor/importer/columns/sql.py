"""The rules of `rules.py` as SQL expressions, and the casts they license. Knows nothing of tables or files.

An expression below takes the name of a VARCHAR column and is evaluated on cells that are not null.
"""

from .rules import (
    BIGINT,
    BOOL,
    DATE,
    DATE_FORM,
    FLOAT,
    FLOAT_FORM,
    INSTANT,
    INT,
    SAFE,
    TEXT,
    WALL,
    WALL_FORM,
    ZONE_FORM,
)

# Beside the class: the cell has blanks around it; the cell is a date in another form than YYYY-MM-DD.
BLANKS_AROUND, DATE_REFORMED = 256, 512
FLAGS = BLANKS_AROUND | DATE_REFORMED

PARQUET_TYPES = {"int64": "BIGINT", "float64": "DOUBLE", "bool": "BOOLEAN", "date": "DATE", "string": "VARCHAR"}


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def trimmed(cell: str) -> str:
    return f"trim({cell}, chr(32) || chr(9))"


def _iso(cell: str) -> str:
    return f"replace(replace(replace({cell}, '年', '-'), '月', '-'), '日', '')"


def _instant(cell: str) -> str:
    """DuckDB does not cast 10:00Z: the seconds are added."""
    seconds = rf"regexp_replace({cell}, '([T ][0-9]{{1,2}}:[0-9]{{2}})([Z+-])', '\1:00\2')"
    return f"try_cast(CASE WHEN {cell}[17] = ':' THEN {cell} ELSE {seconds} END AS timestamptz)"


def _is(cell: str, form: str) -> str:
    return f"regexp_full_match({cell}, {literal(form)})"


def _day_is_real(date: str) -> str:
    return f"{date} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


def _tests(cell: str) -> dict[int, str]:
    """Class → its test. A cast that gives the same text back is a cheaper proof of the usual form than a regular expression."""
    whole, day = f"try_cast({cell} AS bigint)", f"try_cast({cell} AS date)"
    earliest, latest = "TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '10000-01-01 00:00:00+00'"
    return {
        INT: f"{whole}::varchar = {cell} AND {whole} BETWEEN {-SAFE} AND {SAFE}",
        BIGINT: f"{whole}::varchar = {cell}",
        FLOAT: f"{_is(cell, FLOAT_FORM)} AND isfinite(try_cast({cell} AS double))",
        BOOL: f"lower({cell}) IN ('true', 'yes', 'false', 'no')",
        DATE: f"{day}::varchar = {cell} AND {_day_is_real(day)}",
        DATE | DATE_REFORMED: f"{_is(cell, DATE_FORM)} AND {_day_is_real(f'try_cast({_iso(cell)} AS date)')}",
        WALL: f"{_is(cell, WALL_FORM)} AND try_cast({cell} AS timestamp) >= TIMESTAMP '0001-01-01'",
        INSTANT: f"{_is(cell, f'(?:{WALL_FORM})(?:{ZONE_FORM})')} "
        f"AND {_instant(cell)} >= {earliest} AND {_instant(cell)} < {latest}",
    }


def fits(cell: str, bits: int) -> str:
    """True when the cell's class is among `bits` and it needs no care (no blanks, dates as YYYY-MM-DD): the cheap test."""
    if bits & BIGINT:
        bits &= ~INT
    return " OR ".join(f"({test})" for bit, test in _tests(cell).items() if bits & bit == bit) or "false"


def class_of(cell: str, nulls: tuple[str, ...], usual: int = 0) -> str:
    """The cell's class and flags, NULL for a null; 0, without a closer look, for a cell that fits `usual`.

    CASE evaluates a branch only for the rows that reach it, so on a clean column the long rest costs nothing.
    """
    bare = trimmed(cell)
    is_null = f"{bare} IN ({', '.join(map(literal, nulls))})" if nulls else "false"
    return (
        f"CASE WHEN {cell} IS NULL THEN NULL WHEN {fits(cell, usual)} THEN 0 WHEN {cell} = {bare} THEN {_class(cell)} "
        f"WHEN {is_null} THEN NULL ELSE {BLANKS_AROUND} | {_class(bare)} END"
    )


def _class(cell: str) -> str:
    """Classes exclude each other, so the order of the tests is only a matter of speed."""
    return "(CASE " + " ".join(f"WHEN {test} THEN {bit}" for bit, test in _tests(cell).items()) + f" ELSE {TEXT} END)"


def cast(cell: str, kind: str, zoned: bool, flags: int) -> str:
    """The cell as its type, for columns of which every cell was proved to fit; `flags` is what the profile saw."""
    if kind == "string":
        return cell
    bare = trimmed(cell) if flags & BLANKS_AROUND else cell
    if kind == "bool":
        return (
            f"CASE WHEN lower({bare}) IN ('true', 'yes') THEN true WHEN lower({bare}) IN ('false', 'no') THEN false END"
        )
    if kind == "datetime" and zoned:
        return _instant(bare)
    if flags & DATE_REFORMED:
        bare = _iso(bare)
    return f"try_cast({bare} AS {'TIMESTAMP' if kind == 'datetime' else PARQUET_TYPES[kind]})"
