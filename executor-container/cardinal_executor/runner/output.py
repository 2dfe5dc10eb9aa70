"""Where print() goes: the descriptors 1 and 2, which the supervisor reads as the log."""

import io
import sys
import warnings
from typing import BinaryIO


def open_output(promptly: int = 0) -> None:
    """print() goes to the log descriptor; text that UTF-8 cannot carry is replaced.  `promptly`: so many characters go there line by
    line, for somebody who reads them meanwhile."""
    sys.stdin = open(0)  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="replacement", closefd=False, buffering=1 << 13)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="replacement", closefd=False, buffering=1)  # noqa: SIM115
    if promptly > 0:
        sys.stdout = PromptOutput(sys.stdout.detach(), promptly)
    sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
    warnings.simplefilter("ignore")  # a library's advice to its users is not the card's output


def flush_output() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # the card closed it, or the supervisor stopped reading: nothing is left to say


class PromptOutput(io.TextIOWrapper):
    """A standard output whose lines are seen while the code runs: writes line by line until `promptly` characters are out, of which
    more are not kept; then in blocks, which cost less."""

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
