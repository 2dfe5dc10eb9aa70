"""Judges many records at once: how much of a text is strict CSV of one width. Knows nothing of what to do with the rest.

Vectors, because most files are clean nearly everywhere. Strict means: every quote opens a field right at its start or closes
it right at its end or stands doubled inside; every record has the width; every line ends as the file's lines do; UTF-8, no NUL.
"""

from typing import NamedTuple

import numpy as np

from .records import MAX_RECORD, Grammar, count_lines

CR, LF = 13, 10
WHITE = np.isin(np.arange(256), list(b" \t\n\r\x0b\x0c"))


class CleanRun(NamedTuple):
    """The strict records at the beginning of a text: `ends` are the positions after each, `text` is what they are with LF,
    `lines` the physical lines they take. `stopped`: a record that is not strict follows (else the text merely ends)."""

    ends: np.ndarray
    text: bytes
    lines: int
    stopped: bool


class Marks(NamedTuple):
    """The bytes that make the structure, few among many: their positions, what they are, and which lie outside quotes."""

    at: np.ndarray
    kind: np.ndarray
    outside: np.ndarray

    def of(self, byte: int) -> np.ndarray:
        """Positions of `byte` outside quotes."""
        return self.at[self.outside & (self.kind == byte)]


class CleanCheck:
    """Finds the strict beginning of texts of one dialect."""

    def __init__(self, grammar: Grammar, width: int, eol: bytes):
        self.width, self.eol = width, eol
        self.delimiter, self.quote = grammar.delimiter[0], grammar.quote[0]
        self.end_byte = eol[-1]

    def run(self, text: bytes) -> CleanRun:
        """The longest strict beginning of `text`, in whole records."""
        data = np.frombuffer(text, np.uint8)
        marks = self._marks(data, text)
        ends = marks.of(self.end_byte)
        separators = marks.at[marks.outside & ((marks.kind == self.end_byte) | (marks.kind == self.delimiter))]
        limit = min(_readable(text), self._wrong_quote(data, marks), self._wrong_line_end(marks, ends, len(text)))
        good = min(
            self._right_width(ends, separators),
            int(np.searchsorted(ends, limit)),
            self._too_long(ends),
            self._blank(data, ends),
        )
        stopped = good < len(ends) or limit < len(text)
        ends = ends[:good]
        return CleanRun(ends + 1, self._with_lf(data, text, ends), self._lines(data, text, ends), stopped)

    def _marks(self, data: np.ndarray, text: bytes) -> Marks:
        is_mark = (data == self.delimiter) | (data == self.end_byte)
        for other in {self.quote, CR, LF} - {self.end_byte}:
            if other in text:
                is_mark |= data == other
        at = np.flatnonzero(is_mark)
        kind = data[at]
        return Marks(at, kind, ~np.bitwise_xor.accumulate(kind == self.quote))

    def _wrong_quote(self, data: np.ndarray, marks: Marks) -> int:
        """Where the first quote stands that neither opens a field at its start, nor closes it at its end, nor is doubled."""
        quotes = marks.at[marks.kind == self.quote]
        opening, closing = quotes[::2], quotes[1::2]
        before = data[np.maximum(opening - 1, 0)]
        after = data[np.minimum(closing + 1, len(data) - 1)]
        bad_opening = opening[~(self._borders(before, self.end_byte) | (opening == 0))]
        bad_closing = closing[~(self._borders(after, self.eol[0]) | (closing == len(data) - 1))]
        return min(_first(bad_opening, len(data)), _first(bad_closing, len(data)))

    def _borders(self, neighbours: np.ndarray, line_end: int) -> np.ndarray:
        return (neighbours == self.delimiter) | (neighbours == line_end) | (neighbours == self.quote)

    def _right_width(self, ends: np.ndarray, separators: np.ndarray) -> int:
        """Records before the first of another width: every `width`-th separator must be a line end, and no other."""
        expected = separators[self.width - 1 :: self.width]
        count = min(len(expected), len(ends))
        wrong = np.flatnonzero(expected[:count] != ends[:count])
        return int(wrong[0]) if len(wrong) else count

    def _wrong_line_end(self, marks: Marks, ends: np.ndarray, length: int) -> int:
        """Where the first line end outside quotes stands that is not the file's."""
        if self.eol != b"\r\n":
            return _first(marks.of(LF if self.eol == b"\r" else CR), length)
        after_returns = marks.of(CR) + 1
        count = min(len(after_returns), len(ends))
        wrong = np.flatnonzero(after_returns[:count] != ends[:count])
        if len(wrong):
            return int(min(after_returns[wrong[0]], ends[wrong[0]])) - 1
        longer = after_returns if len(after_returns) > count else ends
        at = _first(longer[count:], length)
        return at if at == length else at - 1

    def _too_long(self, ends: np.ndarray) -> int:
        if not len(ends) or ends[-1] < MAX_RECORD:
            return len(ends)
        return _first(np.flatnonzero(np.diff(ends, prepend=-1) > MAX_RECORD), len(ends))

    def _blank(self, data: np.ndarray, ends: np.ndarray) -> int:
        """With one column a blank line has the right width: records before the first with nothing but white space."""
        if self.width > 1 or not len(ends):
            return len(ends)
        ink = np.cumsum(~WHITE[data], dtype=np.int64)[ends]
        return _first(np.flatnonzero(np.diff(ink, prepend=0) == 0), len(ends))

    def _with_lf(self, data: np.ndarray, text: bytes, ends: np.ndarray) -> bytes:
        if not len(ends):
            return b""
        stop = int(ends[-1]) + 1
        if self.eol == b"\n":
            return text[:stop]
        if self.eol == b"\r":
            changed = data[:stop].copy()
            changed[ends] = LF
            return changed.tobytes()
        return np.delete(data[:stop], ends - 1).tobytes()

    def _lines(self, data: np.ndarray, text: bytes, ends: np.ndarray) -> int:
        stop = int(ends[-1]) + 1 if len(ends) else 0
        if CR in text:
            return count_lines(text[:stop])
        return int(np.count_nonzero(data[:stop] == LF))


def _first(positions: np.ndarray, otherwise: int) -> int:
    return int(positions[0]) if len(positions) else otherwise


def _readable(text: bytes) -> int:
    """Position of the first byte that is NUL or no UTF-8; a character that the end of the text cuts off is none of these."""
    nul = text.find(b"\0")
    limit = len(text) if nul < 0 else nul
    if not text.isascii():
        try:
            text.decode()
        except UnicodeDecodeError as error:
            if error.reason != "unexpected end of data":
                limit = min(limit, error.start)
    return limit
