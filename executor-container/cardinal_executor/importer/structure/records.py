"""One record of a CSV text, by its grammar, and the counting of physical lines. Knows nothing of where records come from."""

import re
from typing import NamedTuple

MAX_RECORD = 4 << 20
LINE_END = re.compile(rb"\r\n|\n|\r")

OPEN, BROKEN = "unclosed_quote", "broken_quote"


class Record(NamedTuple):
    """`fields` and the position after the record, or a `fault` (OPEN: the quote does not close in what there is)."""

    fields: list[bytes]
    end: int
    fault: str | None = None


class Grammar:
    """The delimiter and the quote. A quote opens a field only at its start, spaces before it and after its end are dropped;
    elsewhere it is text. CRLF, LF and CR each end a record outside quotes."""

    def __init__(self, delimiter: bytes, quote: bytes):
        self.delimiter, self.quote = delimiter, quote
        d, q = re.escape(delimiter), re.escape(quote)
        spaces = b"" if delimiter == b" " else b" *+"
        self._opening = re.compile(spaces + q)
        self._quoted = re.compile(b"(?:[^" + q + b"]++|" + q + q + b")*+")
        self._plain = re.compile(b"[^" + d + b"\r\n]*+")
        self._end = re.compile(spaces + b"(?:(" + d + b")|(\r\n|\n|\r)|\\Z)")

    def parse(self, text: bytes, start: int, final: bool) -> Record:
        """The record at `start`. Without `final` a record that reaches the end of `text` may go on: OPEN."""
        position, fields = start, []
        while True:
            opening = self._opening.match(text, position)
            if opening:
                close = self._quoted.match(text, opening.end()).end()
                if close == len(text):
                    return Record([], start, OPEN)
                fields.append(text[opening.end() : close].replace(self.quote * 2, self.quote))
                position = close + 1
            else:
                plain = self._plain.match(text, position)
                fields.append(plain[0])
                position = plain.end()
            end = self._end.match(text, position)
            if not end:
                return Record([], start, BROKEN)
            position = end.end()
            if end[1] is None:
                cut_off = end[2] is None and not final
                return Record([], start, OPEN) if cut_off else Record(fields, position)

    def write(self, fields: list[bytes]) -> bytes:
        """RFC 4180, ended by LF; a lone empty cell is quoted, or it would be a blank line."""
        quote = self.quote
        if fields == [b""]:
            return quote * 2 + b"\n"
        quoted = (quote + field.replace(quote, quote * 2) + quote if field else b"" for field in fields)
        return self.delimiter.join(quoted) + b"\n"


def is_blank(fields: list[bytes]) -> bool:
    return len(fields) == 1 and not fields[0].strip()


def line_end(text: bytes, start: int) -> int:
    """Where the physical line at `start` ends, its line end included."""
    end = LINE_END.search(text, start)
    return end.end() if end else len(text)


def count_lines(text: bytes) -> int:
    """Line ends in `text`; CRLF is one."""
    returns = text.count(b"\r")
    return text.count(b"\n") + (returns - text.count(b"\r\n") if returns else 0)
