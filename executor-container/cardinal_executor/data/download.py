"""A whole object into a file: the source of an import."""

import os
from collections.abc import Callable

import httpx

from .fetch import fetch_range
from .intervals import PIECE


def download(
    http: httpx.Client,
    url: str,
    etag: str | None,
    size: int,
    path: str,
    deadline: float,
    on_progress: Callable[[int, int], None],
) -> None:
    """Writes exactly `size` bytes to the new file `path`; `on_progress(done, size)` after each piece.  FetchFailed."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        for start in range(0, size, PIECE):
            end = min(start + PIECE, size)
            fetch_range(http, url, etag, fd, start, end, deadline)
            on_progress(end, size)
    finally:
        os.close(fd)
