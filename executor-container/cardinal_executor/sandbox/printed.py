"""What a child prints, as text.  Hostile bytes: bounded, and decoded so that no cut between two reads goes through a character."""

import codecs
import time
from collections.abc import Callable

EVERY = 1.0  # seconds between two times that it is told


class Printed:
    """Of all that comes the first `limit` bytes; `notes_cut`: with a last line that says so when that is not all.

    `on_new` is given what is new, about once a second: all that it was given is text()."""

    def __init__(self, limit: int, notes_cut: bool, on_new: Callable[[str], None] | None = None) -> None:
        self.bytes = 0  # of all
        self._kept = bytearray()
        self._limit = limit
        self._notes_cut = notes_cut
        self._on_new = on_new
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._told = 0  # bytes of those kept
        self._next = 0.0

    @property
    def kept(self) -> bytes:
        return bytes(self._kept)

    @property
    def is_cut(self) -> bool:
        return self.bytes > self._limit

    def add(self, data: bytes) -> None:
        self._kept += data[: max(0, self._limit - len(self._kept))]
        self.bytes += len(data)

    def text(self) -> str:
        return _clean(self.kept.decode("utf-8", "replace")) + self._note()

    def tell(self, is_over: bool = False) -> None:
        """Tells what is new, if it is time for it.  `is_over`: nothing more comes."""
        now = time.monotonic()
        if self._on_new is None or (now < self._next and not is_over):
            return
        on_new, is_last = self._on_new, is_over or self.is_cut
        new = _clean(self._decoder.decode(self._kept[self._told :], is_last))
        self._told = len(self._kept)
        if is_last:
            new += self._note()
            self._on_new = None
        if new:
            self._next = now + EVERY
            on_new(new)

    def _note(self) -> str:
        is_noted = self.is_cut and self._notes_cut
        return f"\n… what was printed after the first {self._limit:,} bytes is left out" if is_noted else ""


def _clean(text: str) -> str:
    return text.replace("\0", "�")
