"""What the first records show of each column, by the reference rule. Knows nothing of the rest of the file."""

import csv
import io
from typing import NamedTuple

from ..structure.dialect import Dialect
from ..structure.scan import Scanner
from .profile import Column
from .rules import BLANKS, TEXT, cell_class, column_type, has_odd_form
from .sql import BLANKS_AROUND, FLAGS, ODD_FORM

SAMPLED = 5000
csv.field_size_limit(1 << 30)


class Seen(NamedTuple):
    """Of one column: classes and flags, cells that are null as they stand, and cells that are without the blanks around them.
    `nulls` is not counted further once there is text."""

    bits: int
    empty: int
    nulls: int


class Sample(NamedTuple):
    """The records that were classified, and what the scan found in the text, which may be more."""

    rows: list[list[str]]
    columns: list[Seen]
    records: int
    rejects: list[dict]

    @property
    def all_classified(self) -> bool:
        return len(self.rows) == self.records

    def settled_columns(self) -> list[Column]:
        """The columns of a file that was classified whole."""
        return [_settled(seen) for seen in self.columns]


def _settled(seen: Seen) -> Column:
    kind, zoned = column_type(seen.bits & ~FLAGS)
    return Column(kind, zoned, seen.bits & FLAGS, seen.empty if kind == "string" else seen.nulls)


class Collected:
    """A sink that keeps the clean text and lists rejects."""

    def __init__(self):
        self.text, self.rejects = io.BytesIO(), []

    def keep(self, text: bytes) -> None:
        self.text.write(text)

    def replace(self, record: bytes) -> None:
        self.text.write(record)

    def reject(self, line: int, reason: str, detail: str, raw: bytes) -> None:
        self.rejects.append({"line": line, "reason": reason, "detail": detail})


def take_sample(
    text: bytes, whole: bool, dialect: Dialect, nulls: tuple[str, ...], most: int | None = SAMPLED
) -> Sample:
    """`text`: the beginning of the file, or the `whole` of it, as UTF-8. At most `most` records are classified."""
    found = Collected()
    scanner = Scanner(dialect, found)
    scanner.feed(text[dialect.offset :], whole)
    grammar = dialect.grammar
    clean = io.StringIO(found.text.getvalue().decode(), newline="")
    reader = csv.reader(clean, delimiter=grammar.delimiter.decode(), quotechar=grammar.quote.decode())
    rows = [row for _, row in zip(range(scanner.records if most is None else most), reader, strict=False)]
    columns = [_classify((row[number] for row in rows), nulls) for number in range(dialect.width)]
    return Sample(rows, columns, scanner.records, found.rejects)


def _classify(cells, nulls: tuple[str, ...]) -> Seen:
    """Once there is text in a column its type is settled, and only the nulls need counting."""
    bits = empty = blank = 0
    for cell in cells:
        if cell in nulls:
            empty += 1
        elif not bits & TEXT:
            found = cell_class(cell, nulls)
            if found is None:
                blank += 1
                continue
            bits |= found
            if cell.strip(BLANKS) != cell:
                bits |= BLANKS_AROUND
            if has_odd_form(cell, found):
                bits |= ODD_FORM
    return Seen(bits, empty, empty + blank)
