"""A standard output whose lines are seen while the code runs."""

import io
from typing import BinaryIO


class PromptOutput(io.TextIOWrapper):
    """Writes line by line until `promptly` characters are out, of which more are not kept; then in blocks, which cost less."""

    def __init__(self, buffer: BinaryIO, promptly: int) -> None:
        super().__init__(buffer, encoding="utf-8", errors="replacement", line_buffering=True)
        self._left = promptly

    def write(self, text: str) -> int:
        written = super().write(text)
        self._left -= written
        if self._left <= 0:
            self.reconfigure(line_buffering=False)
            self.write = super().write  # type: ignore[method-assign]  # print() finds it there, and calls nothing of ours
        return written
