"""Every cell that is not null has exactly one class; the type of a column follows from the set of its classes.

`cell_class` is the readable reference; `sql.py` says the same to DuckDB, and a test holds the two equal.
"""

import datetime as dt
import re

NULLS = ("", "NULL", "null", "NA", "N/A", "NaN")
TYPES = ("int64", "float64", "bool", "date", "datetime", "string")
BLANKS = " \t"
SAFE = 2**53

INT, BIGINT, FLOAT, BOOL, DATE, WALL, INSTANT, TEXT = (1 << i for i in range(8))

# A leading zero, '+' and '-0' are no integers.
INT_FORM = r"0|-?[1-9][0-9]*"
# With a point any exponent is one; without, it needs a sign, because 12E4 is a product code.
MANTISSA = r"-?(?:(?:0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)"
FLOAT_FORM = rf"{MANTISSA}(?:[eE][+-]?[0-9]+)?|-?(?:0|[1-9][0-9]*)[eE][+-][0-9]+|-0"
DATE_FORM = r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"
MINUTE_FORM = (
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3])|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2} (?:[01]?[0-9]|2[0-3]))"
    r":[0-5][0-9]"
)
# A seventh digit that is not zero would be lost as microseconds: such a column stays text.
SECOND_FORM = r":[0-5][0-9](?:\.[0-9]{1,6}0{0,3})?"
WALL_FORM = f"{MINUTE_FORM}(?:{SECOND_FORM})?"
ZONE_FORM = r"Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?"
BOOLS = {"true": True, "yes": True, "false": False, "no": False}

_INT = re.compile(INT_FORM)
_FLOAT = re.compile(FLOAT_FORM)
_DATE = re.compile(DATE_FORM)
_WALL = re.compile(WALL_FORM)
_INSTANT = re.compile(f"({WALL_FORM})({ZONE_FORM})")
_USUAL = {DATE: re.compile(r"[0-9]{4}-.*"), INSTANT: re.compile(f"{MINUTE_FORM}{SECOND_FORM}(?:{ZONE_FORM})")}


def parse_date(text: str) -> dt.date | None:
    """The day of a text of DATE_FORM; None when the calendar has no such day."""
    try:
        return dt.date(*map(int, re.split("[-/年月]", text.rstrip("日"))))
    except ValueError:
        return None


def parse_wall(text: str) -> dt.datetime | None:
    """The wall time of a text of WALL_FORM or DATE_FORM (midnight)."""
    day_text, _, time_text = text.replace("T", " ").partition(" ")
    day = parse_date(day_text)
    if day is None:
        return None
    hour, minute, second = ((time_text or "0:0") + ":0").split(":")[:3]
    second, _, fraction = second.partition(".")
    return dt.datetime(
        day.year, day.month, day.day, int(hour), int(minute), int(second), int((fraction + "000000")[:6])
    )


def parse_instant(text: str) -> dt.datetime | None:
    """The UTC time, without tzinfo, of a text of WALL_FORM with a zone; None outside the years 1 to 9999."""
    wall_text, zone = _INSTANT.fullmatch(text).groups()
    wall = parse_wall(wall_text)
    if zone == "Z" or wall is None:
        return wall
    offset = dt.timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].lstrip(":") or 0))
    try:
        return wall - offset if zone[0] == "+" else wall + offset
    except OverflowError:
        return None


def cell_class(text: str, nulls: tuple[str, ...] = NULLS) -> int | None:
    """The class of a cell as a bit, None for a null. Spaces and tabs around it do not count."""
    if text in nulls:
        return None
    text = text.strip(BLANKS)
    if text in nulls:
        return None
    if text.lower() in BOOLS:
        return BOOL
    if _INT.fullmatch(text):
        return _int_class(text)
    if _FLOAT.fullmatch(text):
        return FLOAT if abs(float(text)) != float("inf") else TEXT
    if _DATE.fullmatch(text):
        return DATE if parse_date(text) else TEXT
    if _WALL.fullmatch(text):
        return WALL if parse_wall(text) else TEXT
    if _INSTANT.fullmatch(text):
        return INSTANT if parse_instant(text) else TEXT
    return TEXT


def _int_class(text: str) -> int:
    if len(text) > 20:
        return TEXT
    value = int(text)
    if abs(value) <= SAFE:
        return INT
    return BIGINT if -(2**63) <= value < 2**63 else TEXT


def has_odd_form(text: str, found: int) -> bool:
    """Is it a date that is not YYYY-MM-DD or an instant without seconds, which DuckDB casts only once rewritten?"""
    return found in _USUAL and not _USUAL[found].fullmatch(text.strip(BLANKS))


def column_type(bits: int) -> tuple[str, bool]:
    """(type, stored as a UTC instant?) of a column in which the classes `bits` occur; no class at all is a string."""
    for allowed, kind, zoned in (
        (INT | BIGINT, "int64", False),
        (INT | FLOAT, "float64", False),
        (BOOL, "bool", False),
        (DATE, "date", False),
        (DATE | WALL, "datetime", False),
        (INSTANT, "datetime", True),
    ):
        if bits and not bits & ~allowed:
            return kind, zoned
    return "string", False


def classes_of(kind: str, zoned: bool) -> int:
    """The classes whose cells a column of this type can hold without loss."""
    if kind == "datetime":
        return INSTANT if zoned else DATE | WALL
    return {"int64": INT | BIGINT, "float64": INT | FLOAT, "bool": BOOL, "date": DATE, "string": 2 * TEXT - 1}[kind]


def classes_that_keep(bits: int) -> int:
    """The classes that may join `bits` without changing the column's type."""
    return sum(bit for bit in (1 << i for i in range(8)) if column_type(bits | bit) == column_type(bits))
