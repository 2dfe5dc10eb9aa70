"""An author's error in words: exception, message, line of their code, and a traceback without our frames.

Made inside the jail from the source in memory; no file is ever opened by name."""

import os
import sys
import traceback
from types import TracebackType
from typing import Any

CARD_FILE, TRANSFORM_FILE = "card.py", "transform.py"
AUTHORS = (CARD_FILE, TRANSFORM_FILE)
MAX_FRAMES, MAX_TEXT, MAX_MESSAGE = 30, 8000, 2000
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def describe(error: BaseException, code: str) -> dict[str, Any]:
    """{message, line, traceback, details: {exception}}: `line` counts from 1 in the author's code, None when it is not theirs."""
    name = type(error).__name__
    text = _text(error)
    return {
        "message": f"{name}: {text}" if text else name,
        "line": line_of(error),
        "traceback": _traceback(error, code.splitlines())[-MAX_TEXT:],
        "details": {"exception": name},
    }


def line_of(error: BaseException) -> int | None:
    """The last line of the author's code that the error went through."""
    if isinstance(error, SyntaxError) and error.filename in AUTHORS:
        return error.lineno
    lines = [number for file, number, _ in _frames(error.__traceback__) if file in AUTHORS]
    return lines[-1] if lines else None


def chain(error: BaseException) -> list[BaseException]:
    """The error and what it was raised from, innermost first, as Python prints them."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found and len(found) < 5:
        found.append(current)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found[::-1]


def _text(error: BaseException) -> str:
    try:
        # As text, an error of syntax names file and line, and the line is told beside the message.
        return str(error.msg if isinstance(error, SyntaxError) and error.filename in AUTHORS else error)[:MAX_MESSAGE]
    except BaseException:
        return "(its message cannot be shown)"  # the author's __str__ raised


def _frames(trace: TracebackType | None) -> list[tuple[str, int, str]]:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if not os.path.abspath(code.co_filename).startswith(PACKAGE + "/"):
            found.append((code.co_filename, trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return found


def _short(path: str) -> str:
    """A library's path from its package on: where the installation lies is nobody's business."""
    for folder in sorted(sys.path, key=len, reverse=True):
        if folder and path.startswith(folder + "/"):
            return path[len(folder) + 1 :]
    return path.rsplit("/", 1)[-1]


def _one(error: BaseException, source: list[str]) -> list[str]:
    lines = []
    frames = _frames(error.__traceback__)
    if len(frames) > MAX_FRAMES:
        frames = [*frames[: MAX_FRAMES // 3], ("", 0, ""), *frames[-2 * MAX_FRAMES // 3 :]]
    for file, number, function in frames:
        if not file:
            lines.append("  …\n")
            continue
        lines.append(f'  File "{_short(file)}", line {number}, in {function}\n')
        if file in AUTHORS and 0 < number <= len(source):
            lines.append(f"    {source[number - 1].strip()}\n")
    head = ["Traceback (most recent call last):\n"] if lines else []
    if isinstance(error, SyntaxError):
        return head + lines + traceback.format_exception_only(type(error), error)
    text = _text(error)
    return [*head, *lines, f"{type(error).__name__}: {text}\n" if text else f"{type(error).__name__}\n"]


def _traceback(error: BaseException, source: list[str]) -> str:
    between = "\nThe error above led to this one:\n\n"
    return between.join("".join(_one(one, source)) for one in chain(error))
