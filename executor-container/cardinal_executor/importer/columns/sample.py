"""What the first records show of each column, by the reference rule. Knows nothing of the rest of the file."""

import csv
import io
from dataclasses import dataclass, field

from ..structure.dialect import Dialect
from ..structure.scan import Scanner
from .rules import BLANKS, DATE, TEXT, cell_class
from .sql import BLANKS_AROUND, DATE_REFORMED

SAMPLED = 5000
csv.field_size_limit(1 << 30)


@dataclass
class Sample:
    """Records of the text, and the rows the scan found in it. `bits`: classes and flags seen, by column."""

    rows: list[list[str]]
    bits: list[int]
    nulls: list[int]
    records: int = 0
    blank_lines: int = 0
    rejects: list[dict] = field(default_factory=list)
    rejected: int = 0


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
    sample = Sample(rows, [0] * dialect.width, [0] * dialect.width, scanner.records, scanner.blank_lines, found.rejects)
    sample.rejected = len(found.rejects)
    for column in range(dialect.width):
        _classify(sample, column, nulls)
    return sample


def _classify(sample: Sample, column: int, nulls: tuple[str, ...]) -> None:
    """Once a column has text in it, its type is settled and the rest need not be looked at but for nulls."""
    bits = empty = 0
    for row in sample.rows:
        cell = row[column]
        if bits & TEXT:
            empty += cell in nulls
            continue
        found = cell_class(cell, nulls)
        if found is None:
            empty += 1
            continue
        bits |= found
        if cell[0] in BLANKS or cell[-1] in BLANKS:
            bits |= BLANKS_AROUND
        if found == DATE and cell.strip(BLANKS)[4] != "-":
            bits |= DATE_REFORMED
    sample.bits[column], sample.nulls[column] = bits, empty
