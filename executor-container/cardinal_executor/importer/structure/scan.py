"""Reads a CSV text block by block, judges every record, counts all of them. Knows nothing of types.

Strict records are kept as they stand, lenient ones are rewritten, bad ones are rejected: what is kept and rewritten is
RFC 4180 of the right width with LF. A fault costs one physical line where quotes are at fault, else one record.
"""

from typing import NamedTuple, Protocol

from .clean import CleanCheck, CleanRun
from .dialect import Dialect
from .records import LINE_END, MAX_RECORD, OPEN, Record, count_lines, is_blank, line_end

WINDOW, SMALL_WINDOW = 2 << 20, 16 << 10
PATIENCE, MOST_PATIENCE = 4, 1024
DETAILS = {
    "broken_quote": "text after a closing quote",
    "unclosed_quote": "a quote that is not closed",
    "record_too_long": "a line of more than 4 MiB",
    "bad_encoding": "a byte that is not valid in the file's encoding",
    "nul_byte": "a NUL character",
}


class Sink(Protocol):
    """Where the scan's findings go."""

    def keep(self, text: bytes) -> None:
        """Strict records, as they stand in the source but for the line ends."""

    def replace(self, record: bytes) -> None:
        """What stands in place of a record that could not be kept; empty when nothing does."""

    def reject(self, line: int, reason: str, detail: str, raw: bytes) -> None:
        """A record that is not imported. May raise to stop the scan."""


class Checkpoint(NamedTuple):
    """A state from which a scan can start again: byte of the text, physical line, records before."""

    offset: int
    line: int
    records: int


class Scanner:
    """`feed` it the text from `start` on. `wanted`: ordinals of records, ascending, whose lines are put into `lines`."""

    def __init__(self, dialect: Dialect, sink: Sink, start: Checkpoint | None = None, wanted: list[int] | None = None):
        self.grammar, self.width, self.eol = dialect.grammar, dialect.width, dialect.eol
        self.offset, self.line, self.records = start or Checkpoint(dialect.offset, dialect.line, 0)
        self.sink, self.wanted, self.lines = sink, list(wanted or []), {}
        self.blank_lines = 0
        self.checkpoints: list[Checkpoint] = []
        self._check = CleanCheck(self.grammar, self.width, self.eol)
        self._carry, self._in_long_line = b"", False

    def feed(self, block: bytes, final: bool = False) -> None:
        """The next block of UTF-8 (broken bytes as 0xFF). After `final` nothing more may come."""
        text = self._carry + block if self._carry else block
        self._carry = b""
        if self._in_long_line:
            text = self._end_long_line(text, final)
            if self._in_long_line:
                return
        self.checkpoints.append(Checkpoint(self.offset, self.line, self.records))
        cut = len(text) if final else _last_line_end(text)
        endless = len(text) - cut > MAX_RECORD
        complete, tail = (text[:cut], text[cut:]) if cut < len(text) else (text, b"")
        self._carry = self._walk(complete, final, final or endless) + tail
        if endless:
            self._reject("record_too_long", tail)
            self.offset += len(tail)
            self._carry, self._in_long_line = b"", True

    def _end_long_line(self, text: bytes, final: bool) -> bytes:
        """What follows the line; nothing while its end has not come. A CR at the very end may be half of a line end."""
        end = LINE_END.search(text)
        if not final and (not end or (end[0] == b"\r" and end.end() == len(text))):
            self._carry = b"\r" if end else b""
            self.offset += len(text) - len(self._carry)
            return b""
        dropped = end.end() if end else len(text)
        self.offset += dropped
        self.line += 1
        self._in_long_line = False
        return text[dropped:]

    def _walk(self, text: bytes, final: bool, exhausted: bool) -> bytes:
        """Judges the records of `text`, which ends a line; returns the rest, a record whose quote is still open.
        `exhausted`: an open quote can no longer be closed."""
        position, window, patience = 0, WINDOW, PATIENCE
        while position < len(text):
            stop = min(position + window, len(text))
            run = self._check.run(text[position:stop])
            if len(run.ends):
                self._keep_run(run, text[position:stop])
                position += int(run.ends[-1])
            if run.stopped or (stop == len(text) and not len(run.ends)):
                position, is_open = self._walk_slowly(text, position, patience, final, exhausted)
                if is_open:
                    return text[position:]
                window, patience = SMALL_WINDOW, min(patience * 4, MOST_PATIENCE)
            elif not len(run.ends):
                window *= 4
            else:
                window = min(window * 2, WINDOW) if window < WINDOW else WINDOW
                patience = PATIENCE
        return b""

    def _keep_run(self, run: CleanRun, text: bytes) -> None:
        while self.wanted and self.wanted[0] < self.records + len(run.ends):
            ordinal = self.wanted.pop(0)
            before = ordinal - self.records
            start = int(run.ends[before - 1]) if before else 0
            self.lines[ordinal] = self.line + count_lines(text[:start])
        self.sink.keep(run.text)
        self.records += len(run.ends)
        self.line += run.lines
        self.offset += int(run.ends[-1])

    def _walk_slowly(self, text: bytes, position: int, most: int, final: bool, exhausted: bool) -> tuple[int, bool]:
        """Up to `most` records one by one. Returns where they end and whether the next one is still open."""
        for _ in range(most):
            if position == len(text):
                break
            record = self.grammar.parse(text, position, final)
            if record.fault == OPEN and not exhausted and len(text) - position <= MAX_RECORD:
                return position, True
            record = self._within_limits(text, position, record)
            raw = text[position : record.end]
            self._take(record, raw)
            self.line += count_lines(raw)
            self.offset += len(raw)
            position = record.end
        return position, False

    def _within_limits(self, text: bytes, start: int, record: Record) -> Record:
        """A fault of quotes, or a record that is too long, ends with the first physical line."""
        if not record.fault and record.end - start <= MAX_RECORD:
            return record
        end = line_end(text, start)
        fault = "record_too_long" if end - start > MAX_RECORD else record.fault or OPEN
        return Record([], end, fault)

    def _take(self, record: Record, raw: bytes) -> None:
        fault = record.fault or self._fault(record.fields, raw)
        if fault:
            self._reject(fault, raw, len(record.fields))
        elif is_blank(record.fields) and self.grammar.quote not in raw:
            self.blank_lines += 1
            self.sink.replace(b"")
        else:
            if self.wanted and self.wanted[0] == self.records:
                self.lines[self.wanted.pop(0)] = self.line
            self.records += 1
            self.sink.replace(self.grammar.write(record.fields[: self.width]))

    def _fault(self, fields: list[bytes], raw: bytes) -> str | None:
        if b"\0" in raw:
            return "nul_byte"
        try:
            raw.decode()
        except UnicodeDecodeError:
            return "bad_encoding"
        if is_blank(fields) and self.grammar.quote not in raw:
            return None
        if len(fields) < self.width:
            return "too_few_fields"
        return "too_many_fields" if any(fields[self.width :]) else None

    def _reject(self, reason: str, raw: bytes, found: int = 0) -> None:
        detail = DETAILS.get(reason) or f"{found} fields, expected {self.width}"
        self.sink.replace(b"")
        self.sink.reject(self.line, reason, detail, raw)


def _last_line_end(text: bytes) -> int:
    """Position after the last line end that is complete: a CR at the very end may be half of CRLF."""
    return max(text.rfind(b"\n"), text.rfind(b"\r", 0, max(0, len(text) - 1))) + 1
