"""Frames from a worker thread to a streaming response, with the reader's pace.  Of their meanings it knows failure alone."""

import asyncio
import concurrent.futures
import json
import os
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from .errors import ExecutorError

PIECE = 1 << 18
AHEAD = 8  # pieces that may wait for the reader
STALL = 120.0  # seconds without the reader taking anything
GLANCE = 0.5  # seconds between looks at whether the reader has gone

CONTENT_TYPE = "application/x-cardinal-frames"


class ReaderGone(Exception):
    """Nobody takes the frames any more."""


class FrameStream:
    """One writer thread, one reader on the event loop."""

    def __init__(self) -> None:
        self.gone = threading.Event()
        self.left = asyncio.Event()  # the same, for the event loop
        self._loop = asyncio.get_running_loop()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue(AHEAD)

    def frame(self, **fields: Any) -> None:
        """One JSON line; a frame with `bytes` must be followed by that many through file()."""
        self._put(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n")

    def file(self, fd: int, size: int) -> None:
        """Exactly the first `size` bytes of a file.  One that has become shorter ends the stream: the frame cannot be kept."""
        sent = 0
        while sent < size:
            piece = os.pread(fd, min(PIECE, size - sent), sent)
            if not piece:
                raise ReaderGone
            self._put(piece)
            sent += len(piece)

    async def end(self) -> None:
        """On the event loop, when the writer is done.  At once when nobody reads any more."""
        if not self.gone.is_set():
            ending = asyncio.ensure_future(self._pieces.put(None))
            leaving = asyncio.ensure_future(self.left.wait())
            await asyncio.wait({ending, leaving}, timeout=STALL, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if ending.done():
                return
            ending.cancel()
            self.gone.set()
        if self._pieces.full():
            self._pieces.get_nowait()  # it is not missed: a stream without a result has failed anyway
        self._pieces.put_nowait(None)

    def _put(self, piece: bytes) -> None:
        """Blocks the writer until there is room."""
        waiting = asyncio.run_coroutine_threadsafe(self._pieces.put(piece), self._loop)
        given_up = time.monotonic() + STALL
        while not self.gone.is_set() and time.monotonic() < given_up:
            try:
                waiting.result(GLANCE)
                return
            except concurrent.futures.TimeoutError:
                continue
        self.gone.set()
        waiting.cancel()
        raise ReaderGone

    async def pieces(self) -> AsyncIterator[bytes]:
        """Until end()."""
        while (piece := await self._pieces.get()) is not None:
            yield piece

    def leave(self) -> None:
        """On the event loop: tells the writer that nobody reads any more."""
        self.gone.set()
        self.left.set()


class FrameResponse(StreamingResponse):
    """The frames as they come.  The writer is told of a reader that leaves, also of one that leaves before the first frame."""

    def __init__(self, stream: FrameStream) -> None:
        super().__init__(stream.pieces(), media_type=CONTENT_TYPE)
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._stream.leave()


def fail(stream: FrameStream, error: ExecutorError) -> str:
    """The last frame of a run that failed.  Returns the outcome for the log."""
    try:
        stream.frame(type="result", **error.body())
    except ReaderGone:
        return "cancelled"
    return error.code
