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
    MINUTE_FORM,
    SAFE,
    SECOND_FORM,
    TEXT,
    WALL,
    WALL_FORM,
    ZONE_FORM,
    column_type,
)

# Beside the class: the cell has blanks around it; it `has_odd_form`.
BLANKS_AROUND, ODD_FORM = 256, 512
FLAGS = BLANKS_AROUND | ODD_FORM
# No class: the cell is not of those that were tried.
UNKNOWN = 1024

DUCKDB_TYPES = {
    "int64": "BIGINT",
    "float64": "DOUBLE",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "instant": "TIMESTAMPTZ",
    "string": "VARCHAR",
}


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def trimmed(cell: str) -> str:
    return f"trim({cell}, chr(32) || chr(9))"


def _usual_date(cell: str) -> str:
    return f"replace(replace(replace({cell}, '年', '-'), '月', '-'), '日', '')"


def _usual_instant(cell: str) -> str:
    return rf"regexp_replace({cell}, '([T ][0-9]{{1,2}}:[0-9]{{2}})([Z+-])', '\1:00\2')"


def _is(cell: str, form: str) -> str:
    return f"regexp_full_match({cell}, {literal(form)})"


def _is_day(cell: str) -> str:
    return f"try_cast({cell} AS date) BETWEEN DATE '0001-01-01' AND DATE '9999-12-31'"


def _is_instant(cell: str) -> str:
    earliest, latest = "TIMESTAMPTZ '0001-01-01 00:00:00+00'", "TIMESTAMPTZ '10000-01-01 00:00:00+00'"
    instant = f"try_cast({cell} AS timestamptz)"
    return f"{instant} >= {earliest} AND {instant} < {latest}"


def _tests(cell: str) -> dict[int, str]:
    """Class → its test. A cast that gives the same text back is a cheaper proof of the usual form than a regular expression."""
    whole = f"try_cast({cell} AS bigint)"
    return {
        INT: f"{whole}::varchar = {cell} AND (strlen({cell}) <= 15 OR {whole} BETWEEN {-SAFE} AND {SAFE})",
        BIGINT: f"{whole}::varchar = {cell}",
        FLOAT: f"{_is(cell, FLOAT_FORM)} AND isfinite(try_cast({cell} AS double))",
        BOOL: f"lower({cell}) IN ('true', 'yes', 'false', 'no')",
        DATE: f"strlen({cell}) = 10 AND try_cast({cell} AS date)::varchar = {cell}",
        DATE | ODD_FORM: f"{_is(cell, DATE_FORM)} AND {_is_day(_usual_date(cell))}",
        WALL: f"{_is(cell, WALL_FORM)} AND try_cast({cell} AS timestamp) >= TIMESTAMP '0001-01-01'",
        INSTANT: f"{_is(cell, f'{MINUTE_FORM}{SECOND_FORM}(?:{ZONE_FORM})')} AND {_is_instant(cell)}",
        INSTANT | ODD_FORM: f"{_is(cell, f'{MINUTE_FORM}(?:{ZONE_FORM})')} AND {_is_instant(_usual_instant(cell))}",
    }


def fits(cell: str, bits: int) -> str:
    """True when the cell's class is among `bits` and it needs no care (no blanks, no odd form): the cheap test."""
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


def nearly(cell: str, usual: int) -> str:
    """0 for a null and for a cell that fits `usual`, the class of one that widens it in the commonest way, else UNKNOWN.

    Far quicker than `class_of`, which costs even where it is not evaluated."""
    kind, _ = column_type(usual & ~FLAGS)
    wider = FLOAT if kind == "int64" else WALL if kind == "date" else 0
    widens = f"WHEN {fits(cell, wider)} THEN {wider} " if wider else ""
    return f"CASE WHEN {cell} IS NULL OR {fits(cell, usual)} THEN 0 {widens}ELSE {UNKNOWN} END"


def read_type(kind: str, zoned: bool, flags: int) -> str:
    """The type as which DuckDB's CSV reader may read a column of which every cell was proved to fit; VARCHAR: it must be cast."""
    if flags or kind == "bool":
        return "VARCHAR"
    return DUCKDB_TYPES["instant" if zoned else kind]


def cast(cell: str, kind: str, zoned: bool, flags: int) -> str:
    """The VARCHAR cell as its type, for columns of which every cell was proved to fit; `flags` is what the profile saw."""
    if kind == "string":
        return cell
    bare = trimmed(cell) if flags & BLANKS_AROUND else cell
    if kind == "bool":
        return (
            f"CASE WHEN lower({bare}) IN ('true', 'yes') THEN true WHEN lower({bare}) IN ('false', 'no') THEN false END"
        )
    if flags & ODD_FORM:
        bare = _usual_instant(bare) if zoned else _usual_date(bare)
    return f"try_cast({bare} AS {DUCKDB_TYPES['instant' if zoned else kind]})"
