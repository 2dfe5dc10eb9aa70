"""Delimiter, preamble, header and names, told from the first records. Every answer can be overridden."""

import collections
import unicodedata
from typing import NamedTuple

from ..columns.rules import BIGINT, BOOL, DATE, FLOAT, INSTANT, INT, WALL, cell_class
from .records import OPEN, Grammar, count_lines, is_blank, line_end

DELIMITERS = (b",", b"\t", b";", b"|")
LOOKED_AT, MAX_PREAMBLE, MAX_NAME = 200, 20, 255


class Seen(NamedTuple):
    """A record of the sample: where it stands and on which physical line it begins."""

    fields: list[bytes]
    line: int
    start: int
    end: int


class Dialect(NamedTuple):
    """`names` is None without a header. Data begin at byte `offset` of the text, on physical line `line`.
    `broken`: (line, reason, raw) of lines above the data that are no records. `width` 0: there is no record."""

    grammar: Grammar
    names: list[str] | None
    width: int
    first_line: int
    line: int
    offset: int
    eol: bytes
    broken: list[tuple[int, str, bytes]]

    @property
    def columns(self) -> list[str]:
        return self.names or [f"column_{number}" for number in range(1, self.width + 1)]


def settle_dialect(text: bytes, whole: bool, options) -> Dialect:
    """From the UTF-8 sample `text`, which is the `whole` file or its beginning, and the user's options."""
    grammar, width = _grammar(text, whole, options)
    records, broken = _records(text, grammar, whole)
    records = records[_preamble(records, width, options.skip_rows) :]
    if not records:
        return Dialect(grammar, None, 0, 1, 1, len(text), b"\n", broken)
    first = records[0]
    header = options.has_header
    if header is None:
        header = len(records) < 2 or not _alike(first.fields, records[1].fields)
    offset = first.end if header else first.start
    line = first.line + (count_lines(text[first.start : offset].rstrip(b"\r\n")) + 1 if header else 0)
    return Dialect(
        grammar,
        unique_names(first.fields) if header else None,
        len(first.fields),
        first.line,
        line,
        offset,
        _line_end_of(text, first),
        [entry for entry in broken if entry[0] < line and not (options.skip_rows and entry[0] <= options.skip_rows)],
    )


def _grammar(text: bytes, whole: bool, options) -> tuple[Grammar, int]:
    """The delimiter that cuts most records to one width above 1, then the wider; and that width."""
    best = None
    for delimiter in [options.delimiter] if options.delimiter else DELIMITERS:
        if delimiter == options.quote:
            continue
        grammar = Grammar(delimiter, options.quote)
        records = [seen.fields for seen in _records(text, grammar, whole)[0] if not is_blank(seen.fields)]
        widths = collections.Counter(map(len, records)) or {1: 0}
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        rank = (width > 1, round(count / max(1, len(records)), 1), width)
        if best is None or rank > best[0]:
            best = rank, grammar, width
    return best[1], best[2]


def _records(text: bytes, grammar: Grammar, whole: bool) -> tuple[list[Seen], list[tuple[int, str, bytes]]]:
    """The first records, and the lines that are none. Stops at a record that the sample cuts off."""
    position, line, seen, broken = 0, 1, [], []
    while position < len(text) and len(seen) < LOOKED_AT:
        record = grammar.parse(text, position, whole)
        end = record.end
        if record.fault == OPEN and not whole and seen:
            break
        if record.fault:
            end = line_end(text, position)
            broken.append((line, record.fault, text[position:end]))
        else:
            seen.append(Seen(record.fields, line, position, end))
        line += count_lines(text[position:end])
        position = end
    return seen, broken


def _preamble(records: list[Seen], width: int, skip_rows: int | None) -> int:
    """How many records stand above the table: blank ones, titles with nothing but a first cell, what the user skips."""

    def is_title(fields: list[bytes]) -> bool:
        return width > 1 and bool(fields[0].strip()) and not any(field.strip() for field in fields[1:])

    if skip_rows is None:
        leading = records[:MAX_PREAMBLE]
        count = next((i for i, seen in enumerate(leading) if not (is_blank(seen.fields) or is_title(seen.fields))), 0)
    else:
        count = next((i for i, seen in enumerate(records) if seen.line > skip_rows), len(records))
    while count < len(records) and is_blank(records[count].fields):
        count += 1
    return count


def _alike(first: list[bytes], second: list[bytes]) -> bool:
    """Is the first record data? When a cell and the one below have the same class, and one that names do not have."""
    for column, cells in enumerate(zip(first, second, strict=False)):
        above, below = (cell_class(cell.decode("utf-8", "replace")) for cell in cells)
        if above == below and above in (FLOAT, BOOL, DATE, WALL, INSTANT):
            return True
        if above == below and above in (INT, BIGINT) and column == 0:
            return True
    return False


def _line_end_of(text: bytes, first: Seen) -> bytes:
    """The file's usual line end: that of its first record, or what there is."""
    if b"\r\n" in text[first.start : first.end]:
        return b"\r\n"
    rest = text[first.start :]
    return b"\r" if b"\r" in rest and b"\n" not in rest else b"\n"


def unique_names(fields: list[bytes]) -> list[str]:
    """Trimmed, control characters as spaces, at most 255 characters; blank → `column_3`; a repeat → `name_2`, or the next
    free number. Case does not tell names apart, because DuckDB folds it."""
    wanted = [_name(field) or f"column_{number}" for number, field in enumerate(fields, 1)]
    reserved = {name.casefold() for name in wanted}
    used, last_number, names = set(), {}, []
    for name in wanted:
        key = name.casefold()
        number, unique = last_number.get(key, 1), name
        while unique.casefold() in used or (unique != name and unique.casefold() in reserved):
            number += 1
            unique = f"{name}_{number}"
        last_number[key] = number
        used.add(unique.casefold())
        names.append(unique)
    return names


def _name(field: bytes) -> str:
    text = field.decode("utf-8", "replace")
    printable = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return " ".join(printable.split())[:MAX_NAME]
