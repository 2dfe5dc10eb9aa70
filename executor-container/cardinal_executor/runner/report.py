"""The child's way out: one JSON line on the result descriptor, then a body of exactly the length that the line says."""

import codecs
import json
import os
from typing import Any

RESULT_FD = 3
REPLACEMENT = "�".encode()


def _replace(error: UnicodeError) -> tuple[bytes, int]:
    """As bytes: the UTF-8 encoder accepts no replacement text that is not ASCII."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return REPLACEMENT * (error.end - error.start), error.end


codecs.register_error("replacement", _replace)


def clean(text: str) -> str:
    """Lone surrogates and NULs become U+FFFD: neither JSON nor HTML can carry them."""
    return text.encode("utf-8", "replacement").decode("utf-8").replace("\0", "�")


def _clean_all(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): _clean_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_all(item) for item in value]
    return value


def write(report: dict[str, Any], body: bytes = b"") -> None:
    """Sends the one report of this child."""
    line = json.dumps(_clean_all({**report, "len": len(body)})).encode() + b"\n"
    _write_all(line)
    _write_all(body)


def progress(step: str, done: int, total: int) -> None:
    """Sends a line on how far a long job is; any number of them may come before the report."""
    _write_all(json.dumps({"progress": step, "done": done, "total": total}).encode() + b"\n")


def _write_all(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(RESULT_FD, view) :]
