"""Reads the whole source once: every record judged, a clean copy made only if the source is not clean as it stands."""

import os
from collections.abc import Callable
from typing import NamedTuple

from ..beginning import Beginning
from .clean import CleanCheck
from .records import count_lines
from .rejects import Rejects
from .scan import DETAILS, Scanner
from .source import BLOCK, Source


class Table(NamedTuple):
    """A file that DuckDB can read as it is: records of one width, LF, UTF-8, below `skip` lines of something else."""

    path: str
    skip: int


class Survey:
    """The pass over the source. `table` tells what to import from: the source itself, until a record is found that
    DuckDB must not see, then the clean copy."""

    def __init__(self, source: Source, beginning: Beginning, rejects: Rejects, reject_limit: float, work_dir: str):
        self.source, self.codec, self.dialect = source, beginning.encoding.codec, beginning.dialect
        self.rejects, self.reject_limit = rejects, reject_limit
        self.scanner = Scanner(self.dialect, self)
        self._copy_path = os.path.join(work_dir, "clean.csv")
        self._copy = None
        self._kept = 0
        if not self._source_will_do(beginning.above_data):
            self._begin_copy()

    @property
    def records(self) -> int:
        return self.scanner.records

    @property
    def blank_lines(self) -> int:
        return self.scanner.blank_lines

    @property
    def table(self) -> Table:
        if self._copy:
            return Table(self._copy_path, 0)
        return Table(self.source.path, self.dialect.line - 1)

    def run(self, progress: Callable[[int], None]) -> None:
        """Reads to the end. `progress` gets the bytes of text read. Raises `too_many_rejects` and what the source raises."""
        for line, reason, raw in self.dialect.broken:
            self.rejects.add(line, reason, DETAILS[reason], raw)
        for block in self.source.text(self.codec, self.dialect.offset):
            self.scanner.feed(block)
            progress(self.scanner.offset)
        self.scanner.feed(b"", final=True)
        if self._copy:
            self._copy.close()
        self.rejects.check_limit(self.records, self.reject_limit)

    def lines_of(self, ordinals: list[int]) -> list[int]:
        """The physical lines on which records begin, counted from 0. Reads again only the block around each."""
        return [self._line_of(ordinal) for ordinal in ordinals]

    def _line_of(self, ordinal: int) -> int:
        start = max((point for point in self.scanner.checkpoints if point.records <= ordinal), key=lambda p: p.offset)
        scanner = Scanner(self.dialect, Nowhere(), start, [ordinal])
        for block in self.source.text(self.codec, start.offset):
            scanner.feed(block)
            if ordinal in scanner.lines:
                return scanner.lines[ordinal]
        scanner.feed(b"", final=True)
        return scanner.lines[ordinal]

    def keep(self, text: bytes) -> None:
        if self._copy:
            self._copy.write(text)
        else:
            self._kept += len(text)

    def replace(self, record: bytes) -> None:
        if not self._copy:
            self._begin_copy()
        self._copy.write(record)

    def reject(self, line: int, reason: str, detail: str, raw: bytes) -> None:
        self.rejects.add(line, reason, detail, raw)
        self.rejects.check_hopeless(self.records, self.reject_limit)

    def _source_will_do(self, head: bytes) -> bool:
        """DuckDB skips whole lines and minds the quotes in them, so above the data they must be a strict header or none."""
        if self.codec != "utf-8" or self.source.packed or self.dialect.eol != b"\n":
            return False
        if self.dialect.grammar.quote in head:
            header = CleanCheck(self.dialect.grammar, self.dialect.width, b"\n").run(head)
            return list(header.ends) == [len(head)] and count_lines(head) == 1
        return b"\r" not in head and (bool(head) or not self.source.has_bom)

    def _begin_copy(self) -> None:
        self._copy = open(self._copy_path, "wb", BLOCK)  # noqa: SIM115 closed when the scan ends
        if self._kept:
            self.source.copy_text(self.dialect.offset, self._kept, self._copy)


class Nowhere:
    """A sink for scans that only look for lines."""

    def keep(self, text: bytes) -> None:
        """Seen by the first scan."""

    def replace(self, record: bytes) -> None:
        """Seen by the first scan."""

    def reject(self, line: int, reason: str, detail: str, raw: bytes) -> None:
        """Seen by the first scan."""
